"""One message of a broker, as the way back of its replies: a Respondent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from protocol import Event, Json
    from servers.deliveries import Delivery
    from servers.hooks import Hooks
    from servers.server.endpoints import Reception
    from servers.server.respondent import Running

    from .publishing import Publisher


class Source(Protocol):
    """What received a message: a service at a broker."""

    name: str
    number: int
    reception: Reception
    starting: bool

    @property
    def publisher(self) -> Publisher[Any]:
        """Publishes the replies."""

    def reply(self, respondent: MessageRespondent, body: bytes) -> None:
        """Publish a reply soon."""

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool) -> None:
        """Run work in a task."""

    def streaming(self) -> None:
        """Note that the current task is a stream now."""

    def unhandled(self, event: Event) -> None:
        """Report an event that has no handler."""


class MessageRespondent:
    """The way back of a message: a :class:`~servers.server.respondent.Respondent`.

    Args:
        source: What received the message.
        identity: The id of the request; UNDEFINED for an event.
        reply_to: Where the caller waits for the replies; None for nowhere.
        carrier: What the broker says of the message.

    Attributes:
        identity: The id of the request.
        reply_to: Where the caller waits for the replies.
        carrier: What the broker says of the message.
    """

    __slots__ = ("_source", "carrier", "identity", "reply_to")

    def __init__(
        self,
        source: Source,
        identity: Json,
        reply_to: str | None,
        carrier: Delivery,
    ) -> None:
        self._source = source
        self.identity = identity
        self.reply_to = reply_to
        self.carrier = carrier

    @property
    def server(self) -> Running:
        """The server that the message came to."""
        return self._source.reception.server

    @property
    def peer(self) -> str:
        """The broker: it does not say who the caller is."""
        return self._source.name

    @property
    def number(self) -> int:
        """The number of the connection to the broker, from 1."""
        return self._source.number

    @property
    def hooks(self) -> Hooks | None:
        """Callbacks for calls; None for no callbacks."""
        return self._source.reception.hooks

    @property
    def write_paused(self) -> bool:
        """Whether replies wait because the broker reads too slowly."""
        return self._source.publisher.paused

    @property
    def starting(self) -> bool:
        """Whether a task was started that has not run yet."""
        return self._source.starting

    def send(self, body: bytes) -> None:
        """Send a reply, if the caller waits for one."""
        if self.reply_to is not None:
            self._source.reply(self, body)

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        """Run work in a task, which counts as a message in flight until it finishes.

        Args:
            work: What to run.
            stream: Whether it is a stream. Brokers do not say when its caller has gone.
        """
        self._source.start(work, stream=stream)

    def streaming(self) -> None:
        """Note that the current task is a stream now."""
        self._source.streaming()

    def finished(self) -> None:
        """Do nothing: the task says itself that it is done."""

    async def drained(self) -> None:
        """Wait until the broker has caught up with the replies."""
        await self._source.publisher.drained()

    def retry(self) -> bool:
        """Return False: not every broker can bring a message back."""
        return False

    def unhandled(self, event: Event) -> None:
        """Report an event that has no handler."""
        self._source.unhandled(event)
