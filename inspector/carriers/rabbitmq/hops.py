"""Data packets that are one plain hop of a call or an event, read in one go.

::

    ┌─ publish or deliver ─┐┌─ header: id, reply_to ─┐┌─ body ─┐   in one data packet
    queue of a service      both                      {"pattern":…     a request
    queue of a service      neither                   {"pattern":…     an event
    queue of replies        the id                    {"response":…    a reply

    ┌─ ack of the broker ─┐                           of one publish: a confirm

Whoever reads them so wants figures, and looks at the body himself. Who takes a message
is one that does not acknowledge it. All else is read by :mod:`.talk`.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    CONFIRMED,
    EMITTED,
    SPREAD,
    TOLD,
    PlainHop,
)
from protocol.named_tuple import NamedTuple

from .channels import DIRECT_REPLY_TO
from .frames import BODY, END, HEADER, METHOD
from .methods import ACK, DELIVER, PUBLISH, read_arguments
from .passing import queue_of, short
from .settling import Published, Publishes

if TYPE_CHECKING:
    from collections.abc import Hashable

    from .channels import Channel, Consumer
    from .contents import Contents
    from .frames import FrameReader
    from .meanings import Meanings

MOST = 4_096
"""Ways of a message that are remembered; after that many all are read anew."""
_METHOD = Struct(">BHII")  # type, channel, size; class and method
_HEADER = Struct(">BHIIQH")  # the same, and size of the body, flags
_BODY = Struct(">BHI")
_ACKNOWLEDGED = Struct(">QB")  # number, and whether all before it
_CONFIRM = 21  # bytes of an ack
_READ = {PUBLISH, DELIVER, ACK}
_HEAD, _FIRST, _AROUND, _CODE = 7, 11, 8, 60 << 16
_HEADERS, _MODE, _CORRELATION, _REPLY_TO = 1 << 13, 1 << 12, 1 << 10, 1 << 9
_USUAL = _HEADERS | _MODE | _CORRELATION | _REPLY_TO
_NONE = b"\0\0\0\0"  # the table of no headers
_ENVELOPE = b'{"response":'


class _Way(NamedTuple):
    """Where messages with the same method go.

    Attributes:
        channel: What that is known by.
        address: The queue of replies that it may be.
        queue: The queue that it is delivered from; None for what is published.
        consumer: Who takes it from there …
        subscription: … and by which of its subscriptions.
    """

    channel: str
    address: str
    queue: str | None = None
    consumer: Consumer | None = None
    subscription: Hashable = ""


class _Content(NamedTuple):
    """What follows on a method.

    Attributes:
        body: The body.
        correlation: The id of request and reply, if any …
        reply_to: … and where that is to go.
    """

    body: bytes
    correlation: str | None
    reply_to: str | None


class HopReader:
    """Reads plain hops of one side.

    Args:
        reader: Cuts its frames …
        contents: … and puts messages together, of all else.
        meanings: What is known of both sides.
    """

    __slots__ = ("_confirmed", "_contents", "_meanings", "_reader", "_ways")

    def __init__(
        self, reader: FrameReader, contents: Contents, meanings: Meanings
    ) -> None:
        self._reader = reader
        self._contents = contents
        self._meanings = meanings
        self._ways: dict[bytes, _Way | None] = {}
        # Of what the confirm is that was read last, and its number.
        self._confirmed: tuple[Publishes, int] = Publishes(None), 0

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a method."""
        reader = self._reader
        return not (reader.buffered or reader.lost) and self._contents.idle

    def read(self, data: bytes) -> PlainHop | None:
        """Return the hop that some bytes are; None where that is not plain."""
        if len(data) < _FIRST:
            return None
        kind, number, size, code = _METHOD.unpack_from(data)
        end = _HEAD + size
        if kind != METHOD or code not in _READ:
            return None
        channel = self._meanings.channels.get(number)
        if channel is None or end >= len(data) or data[end] != END:
            return None
        if code == ACK:
            return self._confirm(data, channel) if len(data) == _CONFIRM else None
        content = _content_of(data, end + 1, number)
        read = self._publish if code == PUBLISH else self._deliver
        return None if content is None else read(data, end, channel, content)

    def pass_by(self, hop: PlainHop, size: int, _time_ns: int) -> Hashable | None:
        """Learn that a hop was counted; return what confirms it, if that is to come."""
        self._reader.received += size
        if hop.what == CONFIRMED:
            confirmed, number = self._confirmed
            confirmed.confirm(number, multiple=False)
            return None
        if hop.reply_channel is not None:
            self._meanings.passing.name(hop.reply_channel, by_nest=True)
        if hop.what >= ASKED_OF:
            return None
        channel = hop.subscription
        assert isinstance(channel, int)  # its number
        publishes = self._meanings.channels[channel].publishes
        tag = self._meanings.next_tag(channel)
        publishes.add(Published(tag))
        return tag if publishes.confirmed else None

    def _publish(
        self, data: bytes, end: int, channel: Channel, content: _Content
    ) -> PlainHop | None:
        """Return a hop to the broker, which says at once whether it confirms it."""
        if channel.publishes.confirmed is None or channel.uncommitted is not None:
            return None
        text = data[_FIRST:end]
        way = self._ways[text] if text in self._ways else self._published(text)
        if way is None:
            return None
        hop = self._hop_of(way, content, len(data), ANSWERED)
        if hop is not None:
            hop.subscription = int.from_bytes(data[1:3])
        return hop

    def _published(self, text: bytes) -> _Way | None:
        """Return where the arguments of a publish send it; None for what is unusual."""
        said, way = read_arguments(PUBLISH, text, 0, len(text)), None
        if said is not None and not said[3]:
            exchange, key = str(said[1]), str(said[2])
            address = short(key)
            way = _Way(address if key else exchange, address)
        return self._remember(text, way)

    def _deliver(
        self, data: bytes, end: int, channel: Channel, content: _Content
    ) -> PlainHop | None:
        """Return a hop from the broker, to who has it with that."""
        named = _FIRST + 1 + data[_FIRST]
        numbered = named + 8
        text = data[1:3] + data[_FIRST:named] + data[numbered:end]
        way = self._ways.get(text)
        if way is None or way.consumer is not channel.consumer(way.subscription[1]):  # type: ignore[index]
            said = read_arguments(DELIVER, data, _FIRST, end)
            way = None if said is None else self._delivered(text, said, channel)
        if way is None:
            return None
        return self._hop_of(way, content, len(data), TOLD)

    def _delivered(
        self, text: bytes, said: list[int | str | bytes], channel: Channel
    ) -> _Way | None:
        """Return where a delivery comes from; None for one to be acknowledged."""
        name, _, again, exchange, key = said
        consumer = channel.consumer(str(name))
        if again or consumer.acknowledges is not False:
            return None
        queue, address = queue_of(consumer, str(exchange), str(key)), short(str(key))
        way = _Way(
            address if key else str(exchange),
            queue if queue == DIRECT_REPLY_TO else address,
            queue,
            consumer,
            (int.from_bytes(text[:2]), str(name)),
        )
        return self._remember(text, way)

    def _confirm(self, data: bytes, channel: Channel) -> PlainHop | None:
        """Return the confirm of one packet of Nest's, as the broker numbers them."""
        number, several = _ACKNOWLEDGED.unpack_from(data, _FIRST)
        published = channel.publishes.waiting(number)
        if several or published is None or published.tag is None:
            return None
        self._confirmed = channel.publishes, number
        return PlainHop(CONFIRMED, "", None, published.tag, verb="confirm")

    def _remember(self, text: bytes, way: _Way | None) -> _Way | None:
        if len(self._ways) >= MOST:
            self._ways.clear()
        self._ways[text] = way
        return way

    def _hop_of(
        self, way: _Way, content: _Content, size: int, answers: int
    ) -> PlainHop | None:
        """Return a hop, by where it goes and by what it says of the reply.

        Args:
            way: Where it goes.
            content: What it says.
            size: Its bytes.
            answers: What it is if it is a reply.
        """
        body, correlation, reply_to = content
        address, delivered = way.address, answers == TOLD
        if address == DIRECT_REPLY_TO or address in self._meanings.passing.named:
            plain = correlation is not None and reply_to is None
            if not (plain and body.startswith(_ENVELOPE)):
                return None
            what, queue, reply = answers, None, None
        elif correlation is None and reply_to is None:
            what, queue, reply = SPREAD if delivered else EMITTED, way.queue, None
        elif correlation and reply_to:
            what, queue = ASKED_OF if delivered else ASKED, way.queue
            reply = short(reply_to)
        else:
            return None
        hop = PlainHop(what, way.channel, reply, way.subscription, body, size)
        hop.destination, hop.correlation = queue, correlation
        hop.bare = what == answers
        return hop


def _content_of(data: bytes, place: int, channel: int) -> _Content | None:
    """Return header and body, if the rest of some bytes is one of each."""
    size = len(data)
    if place + _HEADER.size > size:
        return None
    kind, number, length, code, wanted, flags = _HEADER.unpack_from(data, place)
    end = place + _HEAD + length
    begin = end + _AROUND
    usual = kind == HEADER and number == channel and code == _CODE and wanted
    if (
        not usual
        or begin + wanted + 1 != size
        or _BODY.unpack_from(data, end + 1) != (BODY, channel, wanted)
        or data[end] != END
        or data[-1] != END
    ):
        return None
    said = _correlated(data, place + _HEADER.size, end, flags)
    return None if said is None else _Content(data[begin:-1], *said)


def _correlated(
    data: bytes, place: int, end: int, flags: int
) -> list[str | None] | None:
    """Return what joins a reply, and where it is to go, of the properties at a place.

    None where they say anything unusual.
    """
    if flags & ~_USUAL:
        return None
    if flags & _HEADERS:
        if not data.startswith(_NONE, place):
            return None
        place += len(_NONE)
    place += bool(flags & _MODE)
    said: list[str | None] = [None, None]
    for index, flag in enumerate((_CORRELATION, _REPLY_TO)):
        if flags & flag:
            if place >= end:
                return None
            after = place + 1 + data[place]
            said[index] = data[place + 1 : after].decode("utf-8", "replace")
            place = after
    return said if place == end else None
