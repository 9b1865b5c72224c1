"""A client at a RabbitMQ: requests to a queue or an exchange, replies to a queue.

Source: ``packages/microservices/client/client-rmq.ts``, ``publish``, ``dispatchEvent``
and ``consumeChannel``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from protocol import REFUSED, UNDEFINED, EncodeError, Json
from servers.brokers.confirming import ConfirmedWire
from servers.errors import CallError, PatternError
from servers.logs import logger_of

from .connecting import connect
from .declaring import declare_exchange, declare_queue
from .frames import Confirmed, Delivered, Returned, published, route_to, short_string
from .messages import properties_of
from .passage import CHANNEL
from .properties import Stamp, addresses

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms

    from .connecting import Link, Settings
    from .frames import Taken

logger = logger_of("client")


class _Reply(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """The only value, and the end; replies of Nest have no id."""

    id: Json = None
    response: Json = UNDEFINED
    is_disposed: bool = msgspec.field(default=False, name="isDisposed")


_read = msgspec.json.Decoder(_Reply).decode


class RabbitWire(ConfirmedWire):
    """A connection of a client to a RabbitMQ.

    Args:
        settings: Where the broker is, and where messages go.
        terms: What the client gives.
        lost: Called once it is of no use any more.
    """

    def __init__(
        self,
        settings: Settings,
        terms: Terms,
        lost: Callable[[Exception | None], None],
    ) -> None:
        super().__init__(settings.name, terms, lost)
        self._settings = settings
        self._options = options = settings.options
        self._link: Link | None = None
        self._asking = self._stamp(None, asks=True)
        self._telling = self._stamp(None, asks=False)
        self._exchange = options.topic if options.routed else ""
        self._sent = 0  # messages on this channel
        self._returned = 0

    async def connect(self) -> None:
        """Connect, and consume replies.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        await connect(self._settings, self._take, self.end, self._prepare)

    async def _prepare(self, link: Link) -> None:
        """Declare what is to be, and consume replies.

        Raises:
            AMQPError: The broker refuses.
            ConnectError: There is such a queue with other flags.
        """
        self._link = link
        options, channel = self._options, link.channel
        if options.routed:
            await declare_exchange(channel, options)
        elif options.declare:
            await declare_queue(channel, options)
        await channel.confirm_delivery()
        await channel.basic_consume(options.reply_queue, _never, no_ack=True)

    def check_letter(self, letter: Letter) -> None:
        """Refuse what the broker cannot carry.

        Raises:
            PatternError: The pattern is too long for a routing key.
            EncodeError: What is around the data cannot be sent.
        """
        if self._exchange:
            try:
                short_string(letter.channel)
            except ValueError as error:
                raise PatternError(f"as a routing key {error}") from None
        if letter.record is not None:
            try:
                self._stamp(letter, asks=True)
            except ValueError as error:
                raise EncodeError(str(error)) from error

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order."""
        link = self._link
        assert link is not None
        frames: list[bytes] = []
        for letter, identity in letters:
            key = letter.channel if self._exchange else self._options.queue
            route = route_to(self._exchange, key, CHANNEL, mandatory=True)
            stamp = self._stamp_of(letter, identity)
            properties = stamp.on(identity)
            frames.append(published(route, properties, letter, CHANNEL, link.largest))
            self._sent += 1
            self.unconfirmed[self._sent] = identity
        link.write(b"".join(frames))
        with suppress(ConnectionError):  # whoever waits is told by the end of it
            await link.drained()

    def _stamp_of(self, letter: Letter, identity: str | None) -> Stamp:
        if letter.record is not None:
            return self._stamp(letter, asks=identity is not None)
        return self._telling if identity is None else self._asking

    def _stamp(self, letter: Letter | None, *, asks: bool) -> Stamp:
        """Return the properties of a letter, or of any without a record.

        Raises:
            ValueError: They cannot be sent.
        """
        options = self._options
        return Stamp(
            properties_of(
                None if letter is None else letter.record,
                options.headers,
                options.reply_queue if asks else None,
                persistent=options.persistent,
            )
        )

    def _take(self, taken: list[Taken]) -> None:
        for each in taken:
            if isinstance(each, Delivered):
                self.settle(each.body, addresses(each.properties)[0])
            elif isinstance(each, Confirmed):
                self._confirm(each)
            else:
                self._come_back(each)

    def settle_quickly(self, body: bytes, identity: str | None) -> bool:
        """Resolve a call for one value with an ordinary reply; return whether it was.

        Args:
            body: The reply.
            identity: The id of the request, which replies of Nest do not repeat.
        """
        future = self.asked.get(identity or "")
        if future is None or future.done():
            return False
        try:
            reply = _read(body)
        except REFUSED:
            return False
        if not reply.is_disposed:
            return False
        del self.asked[identity or ""]
        future.set_result(reply.response)
        return True

    # decision 140
    def _come_back(self, returned: Returned) -> None:
        """Fail the call that no queue takes; warn of an event."""
        identity = addresses(returned.properties)[0]
        if identity is not None:
            self.nobody(identity)
            return
        self._returned += 1
        if self._returned & (self._returned - 1) == 0:
            logger.warning(
                "%s: no queue takes an event to %r: %s (%d such so far)",
                self.peer,
                returned.routing_key,
                returned.reason,
                self._returned,
            )

    def _confirm(self, confirmed: Confirmed) -> None:
        """Note what the broker has taken; fail what it has refused."""
        done = [confirmed.tag]
        if confirmed.multiple:  # they are in the order of their numbers
            done = []
            for tag in self.unconfirmed:
                if tag > confirmed.tag:
                    break
                done.append(tag)
        for tag in done:
            identity = self.unconfirmed.pop(tag, None)
            if not confirmed.accepted:
                self._refused(identity)
        self.note_confirmed()

    def _refused(self, identity: str | None) -> None:
        if identity is None:
            logger.warning("%s: an event was refused", self.peer)
        else:
            self.refuse(identity, CallError("the broker refused the message"))

    def abandon(self) -> None:
        """Let go of the socket: its event loop does not run."""
        if self._link is not None:
            self._link.abandon()

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()


async def _never(_: object) -> None:
    """Do nothing: messages do not come this way."""
