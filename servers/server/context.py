"""What a handler can learn about a call besides its payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import UNDEFINED, JsonText, dumps, loads
from servers.errors import UsageError
from servers.payloads import to_text

if TYPE_CHECKING:
    from protocol import Json
    from servers.deliveries import Delivery

    from .respondent import Respondent, Running

_KEEP: Any = object()  # for what is not replaced


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
        own_state: The ``state`` if a middleware replaced it; UNDEFINED otherwise.
    """

    pattern: Json
    route: str
    id: Json
    respondent: Respondent
    data_text: JsonText | msgspec.UnsetType
    metadata_text: JsonText | msgspec.UnsetType
    own_state: Any = UNDEFINED

    def replace(
        self,
        *,
        data: Json = _KEEP,
        metadata: Json = _KEEP,
        state: object = _KEEP,
    ) -> Context:
        """Return a copy with other data, metadata or state, for the rest of the call.

        Args:
            data: The payload; UNDEFINED for none.
            metadata: What a handler finds in its ``metadata``; UNDEFINED for none.
            state: What it finds in its ``state``.

        Raises:
            EncodeError: JSON cannot hold the data or the metadata.
        """
        changes: dict[str, Any] = {}
        if data is not _KEEP:
            changes["data_text"] = _text_of(data)
        if metadata is not _KEEP:
            changes["metadata_text"] = _text_of(metadata)
        if state is not _KEEP:
            changes["own_state"] = state
        return msgspec.structs.replace(self, **changes)

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
        own = self.own_state
        return self.respondent.server.state if own is UNDEFINED else own

    @property
    def peer(self) -> str:
        """``host:port`` of the caller."""
        return self.respondent.peer

    @property
    def carrier(self) -> Delivery | None:
        """What a broker says of the message besides its body; None over TCP."""
        return self.respondent.carrier

    def ack(self) -> None:
        """Be done with the message, over RabbitMQ with ``ack="manual"``.

        Raises:
            UsageError: Nothing waits for that, or it was done before.
        """
        self._acknowledged().ack()

    def nack(self, *, requeue: bool = False) -> None:
        """Refuse the message, likewise.

        Args:
            requeue: Whether it is delivered again; or else it becomes a dead letter.

        Raises:
            UsageError: Nothing waits for that, or it was done before.
        """
        self._acknowledged().nack(requeue=requeue)

    def _acknowledged(self) -> Delivery:
        carrier = self.carrier
        if carrier is None:
            raise UsageError("over TCP no message is acknowledged")
        return carrier

    @property
    def connection_id(self) -> int:
        """The number of the connection, from 1, in the order they were accepted."""
        return self.respondent.number


def _text_of(value: Json) -> JsonText | msgspec.UnsetType:
    return UNDEFINED if value is UNDEFINED else JsonText(to_text(value))
