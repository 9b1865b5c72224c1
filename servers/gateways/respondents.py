"""One message of a client, as the way back of its replies: a Respondent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .answers import Failed, Named, answer_in

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import msgspec

    from protocol import Event, Json, JsonText
    from servers.hooks import Hooks
    from servers.server.endpoints import Reception
    from servers.server.respondent import Running

    from .clients import GatewayClient
    from .messages import GatewayMessage


class Source(Protocol):
    """What received a message: a gateway that is open."""

    reception: Reception

    def value_text(self, event: str, value: bytes) -> str | None:
        """Return a value that nobody asked for as it travels; None if it does not."""

    def named_text(self, event: str, data: bytes) -> str:
        """Return an event as it travels."""

    def ack_text(self, number: int, values: bytes) -> str:
        """Return an acknowledgement as it travels."""

    def exception_text(
        self, err: bytes, event: str, data: JsonText | msgspec.UnsetType
    ) -> str:
        """Return an exception as it travels."""

    def unheard(self, event: Json) -> None:
        """Report an event without a handler."""


class ClientRespondent:
    """The way back of a message: a :class:`~servers.server.respondent.Respondent`.

    Args:
        hall: The gateway.
        carrier: What the gateway says of the message.
        data: JSON text of what it carries.
        number: By which the client wants it acknowledged; None if it does not.
    """

    __slots__ = ("_data", "_hall", "_number", "carrier")

    def __init__(
        self,
        hall: Source,
        carrier: GatewayMessage,
        data: JsonText | msgspec.UnsetType,
        number: int | None,
    ) -> None:
        self._hall = hall
        self.carrier = carrier
        self._data = data
        self._number = number

    @property
    def _client(self) -> GatewayClient:
        return self.carrier.client

    @property
    def server(self) -> Running:
        """The server that the message came to."""
        return self._hall.reception.server

    @property
    def peer(self) -> str:
        """``host:port`` of the client."""
        return self._client.peer

    @property
    def number(self) -> int:
        """The number of the client, from 1, in the order in which they came."""
        return self._client.number

    @property
    def hooks(self) -> Hooks | None:
        """Callbacks for calls; None for no callbacks."""
        return self._hall.reception.hooks

    @property
    def write_paused(self) -> bool:
        """Whether replies wait because the client reads too slowly."""
        return self._client.line.paused

    @property
    def starting(self) -> bool:
        """Whether a task was started that has not run yet."""
        return self._client.work.starting

    # decision 149
    def send(self, body: bytes) -> None:
        """Send a reply in the form that Nest's gateways have for it.

        Whoever asks for an acknowledgement gets one: the first value, or nothing when
        the handler has ended without any. In Nest it waits for ever then.
        """
        answer = answer_in(body)
        if isinstance(answer, Failed):
            self._fail(answer)
            return
        if isinstance(answer, Named):
            self._client.put(self._hall.named_text(answer.event, answer.data))
        elif answer.text is not None:
            self._value(answer.text)
        if answer.last:
            self._acknowledge(b"")

    def _value(self, text: bytes) -> None:
        if self._number is not None:
            self._acknowledge(text)
        elif text != b"null":  # which Nest keeps to itself
            unasked = self._hall.value_text(self.carrier.channel, text)
            if unasked is not None:
                self._client.put(unasked)

    def _acknowledge(self, values: bytes) -> None:
        if self._number is not None:
            number, self._number = self._number, None
            self._client.put(self._hall.ack_text(number, values))

    def _fail(self, failed: Failed) -> None:
        event = self.carrier.channel
        if failed.no_handler and self._number is None:
            self._hall.unheard(event)
            return
        self._number = None
        self._client.put(self._hall.exception_text(failed.err, event, self._data))

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        """Run work in a task, which counts as a message in flight until it finishes.

        Args:
            work: What to run.
            stream: Whether it is cancelled when the client leaves.
        """
        self._client.work.start(work, stream=stream)

    def streaming(self) -> None:
        """Note that the current task is a stream now, which ends with the client."""
        self._client.work.streaming()

    def finished(self) -> None:
        """Do nothing: the task says itself that it is done."""

    async def drained(self) -> None:
        """Wait until the client has caught up with the replies, or has gone."""
        await self._client.line.drained()

    def retry(self) -> bool:
        """Return False: nothing is handled twice."""
        return False

    def unhandled(self, event: Event) -> None:
        """Report an event that has no handler."""
        self._hall.unheard(event.pattern)
