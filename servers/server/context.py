"""What a handler can learn about a call besides its payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import UNDEFINED, dumps, loads

if TYPE_CHECKING:
    from protocol import Json, JsonText

    from .respondent import Respondent, Running


class Context(msgspec.Struct, frozen=True, gc=False):
    """The call that a handler answers.

    Attributes:
        pattern: The pattern as it came: a string, or any other JSON value.
        route: The route of the handler.
        id: The id of the request; UNDEFINED for an event.
        respondent: Where the replies go; ``send`` takes a body of one's own.
        data_text: The JSON text of the payload; UNDEFINED if absent.
        metadata_text: The JSON text of what a Nest 12 dispatch hook added; UNDEFINED
            if absent.
    """

    pattern: Json
    route: str
    id: Json
    respondent: Respondent
    data_text: JsonText | msgspec.UnsetType
    metadata_text: JsonText | msgspec.UnsetType

    @property
    def pattern_text(self) -> str:
        """The pattern as a string; JSON text if it came as another value.

        Source: ``packages/microservices/ctx-host/tcp.context.ts``, ``getPattern``.
        """
        pattern = self.pattern
        return pattern if isinstance(pattern, str) else dumps(pattern).decode()

    @property
    def data(self) -> Json:
        """The payload; UNDEFINED if absent."""
        return UNDEFINED if self.data_text is UNDEFINED else loads(self.data_text)

    @property
    def metadata(self) -> Json:
        """What a Nest 12 dispatch hook added; UNDEFINED if absent."""
        text = self.metadata_text
        return UNDEFINED if text is UNDEFINED else loads(text)

    @property
    def is_event(self) -> bool:
        """Whether this is an event, to which there is no reply."""
        return self.id is UNDEFINED

    @property
    def server(self) -> Running:
        """The server that the call came to: its ``connections``, its ``in_flight``."""
        return self.respondent.server

    @property
    def state(self) -> Any:  # noqa: ANN401 — whatever the lifespan yields
        """What the lifespan of the service yielded; None without one."""
        return self.respondent.server.state

    @property
    def peer(self) -> str:
        """``host:port`` of the caller."""
        return self.respondent.peer

    @property
    def connection_id(self) -> int:
        """The number of the connection, from 1, in the order they were accepted."""
        return self.respondent.number
