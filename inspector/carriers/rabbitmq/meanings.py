"""What each method is for, by what is known of its channel.

===================  ==================================================================
publish, deliver     a Transfer, if it is a packet of Nest's
ack of the broker    Errand confirm: of all publishes that it is about
nack of the broker   Errand refuse: it takes them not
return               Errand return: it has no queue for what it was handed
ack, nack, reject    Errand of the client, of all deliveries that it is about
commit, rollback     Errand of all that was published in the transaction
close with an error  Trouble
anything else        Idle
===================  ==================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Fate, Transfer, Trouble
from protocol import Event, Request
from protocol.carriage import parse_request

from .channels import Channel
from .dead_letters import death_of
from .idling import idle_of
from .methods import (
    ACK,
    GET_OK,
    METHODS,
    NACK,
    PUBLISH,
    REJECT,
    RETURN,
)
from .passing import Passing, Route, idle, queue_of
from .settling import Content, Delivered, Published

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from inspector.carriers.base import Concealment, Side, Unit

    from .channels import Consumer
    from .contents import Message
    from .methods import Said

MAX_CHANNELS = 65_536
"""Channels of a connection; a number has 16 bits."""
_SUCCESS = 200  # the code of a close without an error
_MANDATORY = 1
_MULTIPLE = 1
_REQUEUE = {NACK: 2, REJECT: 1}
_NO_ACK = {"basic.consume": 2, "basic.get": 1}


class Meanings:
    """What is said on one connection, in both directions.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        whole: Whether the capture holds the beginning of the connection.

    Attributes:
        client: The side that is not the broker, once that is known.
        channels: Its channels, by their numbers.
        passing: What messages are.
        now_ns: When what is read now was captured, in nanoseconds since 1970.
    """

    def __init__(self, conceal: Concealment | None, *, whole: bool) -> None:
        self.client: Side | None = None
        self.now_ns = 0
        self._conceal = conceal
        self._whole = whole
        self.channels: dict[int, Channel] = {}
        self.passing = Passing(conceal)
        self._published = 0
        self._meanings: dict[str, Callable[[Said, Channel], Unit | None]] = {
            "basic.ack": self._settle,
            "basic.nack": self._settle,
            "basic.reject": self._settle,
            "basic.consume": self._consume,
            "basic.consume-ok": _consuming,
            "basic.cancel": _cancel,
            "basic.qos": _limit,
            "basic.get": self._get,
            "basic.get-empty": _get_nothing,
            "queue.declare": _declare,
            "queue.declare-ok": _declared,
            "confirm.select": self._confirm,
            "channel.open": self._open,
            "channel.close": self._close,
            "connection.close": self._close,
            "connection.blocked": self._block,
            "tx.select": _begin,
            "tx.commit": _commit,
            "tx.commit-ok": _committed,
            "tx.rollback": _roll_back,
            "tx.rollback-ok": _committed,
        }

    def mean(self, said: Said) -> Unit:
        """Return what a method without a message is."""
        meaning = self._meanings.get(METHODS[said.code][0])
        unit = None if meaning is None else meaning(said, self._channel(said.channel))
        return idle_of(said, self._conceal) if unit is None else unit

    def pass_on(self, side: Side, message: Message) -> Unit:
        """Return what a message is."""
        channel = self._channel(message.channel)
        if message.code == PUBLISH:
            self.client = side
            return self._publish(side, message, channel)
        self.client = 1 - side
        if message.code == RETURN:
            return self._give_back(side, message, channel)
        return self._deliver(side, message, channel)

    def next_tag(self, channel: int) -> Hashable:
        """Return what the packet that is published next on a channel is known by."""
        self._published += 1
        return "publish", channel, self._published

    def lose(self, side: Side) -> None:
        """Learn that bytes of a side are missing."""
        for channel in self.channels.values():
            channel.lose(by_client=side == self.client or self.client is None)

    def _channel(self, number: int) -> Channel:
        channel = self.channels.get(number)
        if channel is None:
            channel = self.channels[number] = Channel(whole=self._whole)
        return channel

    def _publish(self, side: Side, message: Message, channel: Channel) -> Unit:
        _, exchange, key, bits = message.arguments
        assert isinstance(exchange, str)
        assert isinstance(key, str)
        assert isinstance(bits, int)
        unit = self.passing.read(side, message, Route(exchange, key))
        mandatory = bits & _MANDATORY
        content = Content(exchange, key, hash(message.body)) if mandatory else None
        publishes, tag = channel.publishes, None
        if isinstance(unit, Transfer):
            tag = self.next_tag(message.channel)
            unit.owed = int(publishes.confirmed is not False)
            if channel.uncommitted is not None:
                channel.commit(tag)
                unit.owed += 2  # the commit, and that it is done
            if unit.owed or mandatory:
                unit.tag = tag
        publishes.add(Published(tag, content))
        return unit or idle(side, message)

    def _deliver(self, side: Side, message: Message, channel: Channel) -> Unit:
        if message.code == GET_OK:
            number, again, exchange, key, _ = message.arguments
            consumer, name = channel.answered(), ""
        else:
            by, number, again, exchange, key = message.arguments
            name = str(by)
            consumer = channel.consumer(name)
        assert isinstance(exchange, str)
        assert isinstance(key, str)
        assert isinstance(number, int)
        route = Route(exchange, key, queue_of(consumer, exchange, key))
        unit = self.passing.read(side, message, route)
        acknowledges = consumer.acknowledges
        if acknowledges is None:
            acknowledges = channel.acknowledges or None
        tag = None
        if isinstance(unit, Transfer):
            unit.again, unit.subscription = bool(again), (message.channel, name)
            assert message.properties is not None
            unit.died = death_of(message.properties)
            if acknowledges is not False:
                unit.tag = tag = ("deliver", message.channel, number)
                unit.owed = int(acknowledges is True)
        if acknowledges is not False:
            delivered = _delivered(unit, tag, consumer)
            after = channel.deliveries.add(number, delivered, self.now_ns)
            if isinstance(unit, Transfer):
                unit.after = after
        return unit or idle(side, message)

    def _give_back(self, side: Side, message: Message, channel: Channel) -> Unit:
        """Return that the broker has no queue for what it was handed."""
        _, _, exchange, key = message.arguments
        content = Content(str(exchange), str(key), hash(message.body))
        published = channel.publishes.give_back(content)
        properties = message.properties
        about: tuple[Hashable, ...]
        if published is not None:
            about = () if published.tag is None else (published.tag,)
        else:
            correlation = None if properties is None else properties.correlation
            about = (correlation,) if correlation else ()
        if not about and (published or parse_request(message.body) is None):
            return idle(side, message)
        return Errand(
            side=side,
            begin=message.begin,
            end=message.end,
            secret=(*message.secrets, *message.pieces),
            verb="return",
            about=about,
            unwanted=True,
            text=message.text,
            original=message.original,
        )

    def _settle(self, said: Said, channel: Channel) -> Unit | None:
        """Return what a confirm, or an acknowledgement, is about."""
        number, bits = said.arguments
        assert isinstance(number, int)
        assert isinstance(bits, int)
        code = said.code
        multiple = bool(bits & _MULTIPLE) and code != REJECT
        if code == REJECT:
            self.client = said.side
        if self.client is None:  # neither side is known: it may be either
            return _errand(said, "ack" if code == ACK else "nack", ())
        if said.side != self.client:
            done = channel.publishes.confirm(number, multiple=multiple)
            verb, fate = ("confirm", Fate.KEPT) if code == ACK else _REFUSED
            return _settled(said, verb, [each.tag for each in done], fate)
        channel.acknowledges = True
        tags = channel.deliveries.settle(number, multiple=multiple)
        if code == ACK:
            return _settled(said, "ack", tags, Fate.ACCEPTED)
        fate = Fate.REQUEUED if bits & _REQUEUE[code] else Fate.REJECTED
        verb = "reject" if code == REJECT else "nack"
        return _settled(said, verb, tags, fate)

    def _consume(self, said: Said, channel: Channel) -> None:
        self.client = said.side
        _, queue, name, bits, _ = said.arguments
        assert isinstance(bits, int)
        acknowledges = not bits & _NO_ACK["basic.consume"]
        channel.consume(str(queue), str(name), acknowledges=acknowledges)

    def _get(self, said: Said, channel: Channel) -> None:
        self.client = said.side
        _, queue, bits = said.arguments
        assert isinstance(bits, int)
        channel.ask(str(queue), acknowledges=not bits & _NO_ACK["basic.get"])

    def _confirm(self, said: Said, channel: Channel) -> None:
        self.client = said.side
        channel.publishes.select()

    def _open(self, said: Said, _channel: Channel) -> None:
        self.client = said.side
        self.channels[said.channel] = Channel(whole=True)

    def _close(self, said: Said, _channel: Channel) -> Unit | None:
        """Return why a channel or a connection is closed, if that is an error."""
        code, words = said.arguments[0], str(said.arguments[1])
        if said.channel:
            del self.channels[said.channel]
        if code in {0, _SUCCESS}:
            return None
        return self._trouble(said, "broker-error", f"{code!s} {words}")

    def _block(self, said: Said, _channel: Channel) -> Unit:
        """Return that the broker takes no more messages, and why."""
        self.client = 1 - said.side
        return self._trouble(said, "blocked-publisher", str(said.arguments[0]))

    def _trouble(self, said: Said, code: str, detail: str) -> Trouble:
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(
            side=said.side,
            begin=said.begin,
            end=said.begin + len(said.text),
            code=code,
            detail=detail,
        )


_REFUSED = "refuse", Fate.WITHDRAWN


def _delivered(
    unit: Transfer | Trouble | None, tag: Hashable | None, consumer: Consumer
) -> Delivered:
    if isinstance(unit, Transfer) and isinstance(unit.packet, Request | Event):
        return Delivered(tag, unit.packet.pattern, consumer.allowance)
    return Delivered(tag, allowance=consumer.allowance)


def _consuming(said: Said, channel: Channel) -> None:
    channel.consuming(str(said.arguments[0]))


def _cancel(said: Said, channel: Channel) -> None:
    channel.cancel(str(said.arguments[0]))


def _get_nothing(_said: Said, channel: Channel) -> None:
    channel.answered()


def _limit(said: Said, channel: Channel) -> None:
    """Learn of ``prefetchCount``, and ``isGlobalPrefetchCount``."""
    _, most, bits = said.arguments
    assert isinstance(most, int)
    channel.limit(most, shared=bool(bits))


def _declare(said: Said, channel: Channel) -> None:
    channel.declare(str(said.arguments[1]))


def _declared(said: Said, channel: Channel) -> None:
    channel.declare(str(said.arguments[0]))


def _begin(_said: Said, channel: Channel) -> None:
    channel.uncommitted = []


def _commit(said: Said, channel: Channel) -> Unit | None:
    return _ended(said, channel.end_transaction())


def _roll_back(said: Said, channel: Channel) -> Unit | None:
    return _ended(said, channel.end_transaction(), Fate.WITHDRAWN)


def _committed(said: Said, channel: Channel) -> Unit | None:
    return _ended(said, channel.ending)


def _ended(
    said: Said, about: tuple[Hashable, ...], fate: Fate = Fate.KEPT
) -> Errand | None:
    verb = METHODS[said.code][0]
    return _errand(said, verb, about, fate) if about else None


def _settled(
    said: Said, verb: str, tags: Iterable[Hashable | None] | None, fate: Fate
) -> Errand | None:
    """Return an errand about tags, of which some are of messages that are not Nest's.

    None where all are; it is about nothing where it is not known what it is about.
    """
    known = list(tags or ())
    about = tuple(tag for tag in known if tag is not None)
    return None if known and not about else _errand(said, verb, about, fate)


def _errand(
    said: Said, verb: str, about: tuple[Hashable, ...], fate: Fate = Fate.KEPT
) -> Errand:
    return Errand(
        side=said.side,
        begin=said.begin,
        end=said.begin + len(said.text),
        verb=verb,
        about=about,
        fate=fate,
        text=said.text,
        original=said.original,
    )
