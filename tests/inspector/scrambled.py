"""Known conversations as a bad network and a bad capture show them.

::

    frames ─► cut ─► repeated, overlapped ─► reordered ─► dropped ─► captured twice

Each connection says its calls one batch after the other. After a batch the other side
acknowledges all of it: it arrived, whatever the capture lacks.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from protocol import JsonText, Request, Response, encode_packet, loads
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Conversation,
    Side,
    Wire,
    event,
    request,
    response,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from inspector.sources.records import PacketRecord
    from protocol import Packet

_FIRST_PORT = 20_000
_AT_ONCE = 12
"""Connections whose segments are mixed with each other."""
_OVER = object()


class Call(NamedTuple):
    """What of an exchange the capture holds."""

    kind: str
    identity: str | None
    pattern: str | None
    values: tuple[str, ...]


@dataclass
class Said:
    """A frame that was sent, and where it stands in the stream of its side."""

    side: Side
    packet: Packet
    start: int
    end: int


@dataclass
class Scrambled:
    """A conversation, and the troubles that it has.

    Attributes:
        lossy: Whether the capture lacks segments of it.
        garbled: Whether bytes that are sent again may differ.
        late: Whether the capture began after it did.
        said: Its frames, in the order they were written.
    """

    rng: random.Random
    call: Conversation
    lossy: bool = False
    garbled: bool = False
    late: bool = False
    said: list[Said] = field(default_factory=list)

    def speak(self) -> Iterator[None]:
        """Capture the conversation, segment by segment."""
        if not self.late:
            self.call.open()
        for turn in range(self.rng.randint(1, 4)):
            waiting = yield from self._ask(turn)
            self.rng.shuffle(waiting)
            yield from self._answer(waiting)
        self.call.ack(SERVER).ack(CLIENT)
        self._end()
        yield

    def _end(self) -> None:
        match self.rng.randrange(4):
            case 0:
                self.call.close()
            case 1:
                self.call.finish(SERVER).finish(CLIENT).ack(SERVER)
            case 2:
                self.call.reset(CLIENT)
            case _:
                pass

    def _ask(self, turn: int) -> Generator[None, None, list[str]]:
        """Write some requests and events; return the ids of the requests."""
        packets: list[Packet] = []
        waiting = []
        for index in range(self.rng.randint(1, 3)):
            name = f"{turn}.{index}"
            if self.rng.random() < 0.3:
                packets.append(event(f"event {name}", "x" * self.rng.randrange(90)))
            else:
                value = "é" * self.rng.randrange(60)
                packets.append(request(f"message {name}", f"id {name}", value))
                waiting.append(f"id {name}")
        yield from self._write(CLIENT, packets)
        return waiting

    def _answer(self, waiting: list[str]) -> Iterator[None]:
        packets: list[Packet] = []
        for identity in waiting:
            if self.rng.random() < 0.2:
                packets.append(response(identity, identity, last=False))
            packets.append(response(identity, "y" * self.rng.randrange(200)))
        if packets:
            yield from self._write(SERVER, packets)

    def _write(self, side: Side, packets: list[Packet]) -> Iterator[None]:
        """Write packets in one go, and let the other side acknowledge them."""
        start = end = len(self.call.written[side])
        for packet in packets:
            data = encode_packet(packet)
            self.said.append(Said(side, packet, end, end + len(data)))
            self.call.write(side, data)
            end += len(data)
        yield from self._send(side, start, end)
        self.call.acked[1 - side] = self.call.next_seq[side]
        if self.rng.random() < 0.5:
            self.call.ack(Side(1 - side))
            yield

    def _send(self, side: Side, start: int, end: int) -> Iterator[None]:
        # Where a capture begins is known by the first segment alone, to us and tshark.
        orderly = self.late and not start
        ranges = self._cut(start, end)
        for _ in range(self.rng.choice([0, 0, 1, 3])):
            begin = self.rng.randrange(start, end)
            ranges.append((begin, self.rng.randint(begin + 1, end)))
        if self.lossy and not orderly:
            ranges = [each for each in ranges if self.rng.random() > 0.2]
        if self.rng.random() < 0.5 and not orderly:
            self.rng.shuffle(ranges)
        sent: set[int] = set()
        for begin, behind in ranges:
            self._segment(side, begin, behind, sent)
            if self.rng.random() < 0.15:
                self.call.resend(self.call.records[-1])
            if self.rng.random() < 0.1:
                self.call.copy(self.call.records[-1])
            yield

    def _segment(self, side: Side, start: int, end: int, sent: set[int]) -> None:
        """Capture some bytes; what passed before may be other bytes this time."""
        data = bytearray(self.call.written[side][start:end])
        if self.garbled:
            for index in range(start, end):
                if index in sent:
                    data[index - start] ^= self.rng.choice([0, 1])
        sent.update(range(start, end))
        seq = (self.call.isns[side] + 1 + start) % 2**32
        self.call.segment(side, bytes(data), flags="PA", seq=seq)

    def _cut(self, start: int, end: int) -> list[tuple[int, int]]:
        pieces = min(self.rng.choice([1, 2, 3, 6]), end - start)
        places = sorted(self.rng.sample(range(start + 1, end), pieces - 1))
        return list(pairwise([start, *places, end]))

    def calls(self) -> list[Call]:
        """Return the exchanges of which the capture holds a frame, in any order."""
        values: dict[str, list[str]] = {}
        asked: dict[str, str] = {}
        events = []
        for each in self.said:
            packet = each.packet
            if not self._captured(each):
                continue
            if isinstance(packet, Response):
                values.setdefault(str(packet.id), []).append(_value(packet))
            elif isinstance(packet, Request):
                asked[str(packet.id)] = str(packet.pattern)
                values.setdefault(str(packet.id), [])
            else:
                events.append(Call("event", None, str(packet.pattern), ()))
        return events + [
            Call(
                "message" if identity in asked else "orphan",
                identity,
                asked.get(identity),
                tuple(replies),
            )
            for identity, replies in values.items()
        ]

    def _captured(self, said: Said) -> bool:
        carriers = self.call.carriers[said.side][said.start : said.end]
        return None not in carriers


def _value(packet: Response) -> str:
    assert isinstance(packet.response, JsonText)
    return str(loads(packet.response))


def scramble(seed: int, count: int) -> tuple[Wire, list[Scrambled]]:
    """Capture some conversations at once, each with troubles of its own."""
    rng = random.Random(seed)  # noqa: S311 — the same conversations every time
    wire = Wire()
    made = [_scrambled(rng, wire, number) for number in range(count)]
    waiting = [each.speak() for each in made]
    while waiting:
        speaker = rng.choice(waiting[:_AT_ONCE])
        if next(speaker, _OVER) is _OVER:
            waiting.remove(speaker)
    return wire, made


def _scrambled(rng: random.Random, wire: Wire, number: int) -> Scrambled:
    isns = rng.randrange(2**32), rng.choice([2**32 - 50, rng.randrange(2**32)])
    call = Conversation(wire, client=f"10.0.0.1:{_FIRST_PORT + number}", isns=isns)
    lossy, garbled, late = (rng.random() < share for share in (0.3, 0.2, 0.2))
    return Scrambled(rng, call, lossy=lossy, garbled=garbled, late=late)


def damage(records: list[PacketRecord], seed: int, every: int) -> None:
    """Change a byte of every so-many-th record, anywhere in it, by chance."""
    rng = random.Random(seed)  # noqa: S311 — the same damage every time
    for record in rng.sample(records, len(records) // every):
        place = rng.randrange(len(record.data))
        data = bytearray(record.data)
        data[place] = rng.choice([data[place] ^ 1, rng.randrange(256)])
        record.data = bytes(data)
