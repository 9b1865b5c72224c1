"""TCP conversations between Nest services, packet by packet, as a capture has them.

::

    Wire            the capture: records in the order in which they were captured
    └ Conversation  one connection: who says what next, with which sequence number

A conversation remembers which record was the first to carry each byte, so that a
test can hold the inspector against it.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.calls.exchanges import Exchange
from inspector.carriers.registry import described
from inspector.pipeline import Options, Pipeline
from inspector.sources.records import ETHERNET, PacketRecord
from inspector.views.jsonlines import exchange_line, finding_line, summary_line
from protocol import (
    NEWEST,
    UNDEFINED,
    Event,
    JsonText,
    NestVersion,
    Packet,
    Request,
    Response,
    dumps,
    encode_packet,
    loads,
)
from tests.inspector.crafting import Header, packet, with_identification

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from inspector.carriers.base import Carrier
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.limits import Limits

MILLISECOND = 1_000_000  # in nanoseconds
SECOND = 1000 * MILLISECOND
START = 1_795_000_000 * SECOND  # when the captures begin
STEP = MILLISECOND // 10  # between two packets, unless a test waits

Line = dict[str, Any]


class Side(IntEnum):
    """Who speaks."""

    CLIENT = 0
    SERVER = 1


CLIENT, SERVER = Side.CLIENT, Side.SERVER


def request(pattern: Any, identity: Any, data: Any = UNDEFINED) -> Request:  # noqa: ANN401
    """Return a request whose data is a value, not its text."""
    return Request(
        pattern, identity, UNDEFINED if data is UNDEFINED else JsonText(dumps(data))
    )


def event(pattern: Any, data: Any = UNDEFINED) -> Event:  # noqa: ANN401
    """Return an event whose data is a value, not its text."""
    return Event(pattern, UNDEFINED if data is UNDEFINED else JsonText(dumps(data)))


def response(identity: Any, value: Any = UNDEFINED, *, last: bool = True) -> Response:  # noqa: ANN401
    """Return a reply with a value; without one it is nothing but the end."""
    text = UNDEFINED if value is UNDEFINED else JsonText(dumps(value))
    return Response(identity, text, is_disposed=last)


def failure(identity: Any, error: Any) -> Response:  # noqa: ANN401
    """Return the reply of a handler that threw."""
    return Response(identity, err=JsonText(dumps(error)), is_disposed=True)


class Records(list[PacketRecord]):
    """Records of a capture.

    Attributes:
        protos: What ``--proto`` is given when they are inspected.
    """

    protos: tuple[str, ...] = ()


class Wire:
    """A capture in the making."""

    def __init__(self) -> None:
        self.records: list[PacketRecord] = Records()
        self.now_ns = START

    def wait(self, time_ns: int) -> None:
        """Let time pass before the next packet."""
        self.now_ns += time_ns

    def add(self, data: bytes, link_type: int = ETHERNET) -> int:
        """Capture a packet and return its number."""
        self.now_ns += STEP
        number = len(self.records) + 1
        self.records.append(
            PacketRecord(number, self.now_ns, link_type, data, len(data))
        )
        return number

    def linger(self, time_ns: int = 2 * SECOND) -> Wire:
        """Capture on until what waits has waited too long to be in flight."""
        self.wait(time_ns)
        self.add(bytes(12) + b"\x08\x06" + bytes(28))  # ARP
        return self

    def identification(self) -> int:
        """Return the IP identification of the next packet, as senders count them up."""
        return len(self.records) % 0xFFFF + 1

    def connect(self, **options: Any) -> Conversation:  # noqa: ANN401
        """Capture the handshake of a new connection."""
        return Conversation(self, **options).open()

    def join(self, **options: Any) -> Conversation:  # noqa: ANN401
        """Begin to capture a connection that has been open for long."""
        return Conversation(self, **options)


class Conversation:
    """One connection.

    Attributes:
        written: Side → all bytes that it wrote.
        carriers: Side → for each of them the number of the record that was the first
            to carry it, None while none did.
        records: The numbers of its records.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        client: str = "10.0.0.1:40000",
        server: str = "10.0.0.2:8888",
        isns: tuple[int, int] = (1_000, 900_000),
    ) -> None:
        self.wire = wire
        ends = [end.rpartition(":") for end in (client, server)]
        self.addresses = [address for address, _, _ in ends]
        self.ports = [int(port) for _, _, port in ends]
        self.isns = isns
        self.next_seq = [(isn + 1) % 2**32 for isn in isns]
        self.acked = list(reversed(self.next_seq))
        self.written = (bytearray(), bytearray())
        self.carriers: tuple[list[int | None], list[int | None]] = ([], [])
        self.records: list[int] = []

    def open(self) -> Conversation:
        """Capture SYN, SYN/ACK and ACK."""
        self.segment(CLIENT, flags="S", seq=self.isns[0])
        self.segment(SERVER, flags="SA", seq=self.isns[1])
        return self.ack(CLIENT)

    def send(
        self, side: Side, *packets: Packet | bytes, captured: bool = True
    ) -> Conversation:
        """Write packets, all in one segment.

        Args:
            captured: False for a segment that arrived, but that the capture lacks.
        """
        data = b"".join(
            packet if isinstance(packet, bytes) else encode_packet(packet)
            for packet in packets
        )
        start = self.write(side, data)
        if captured:
            self.part(side, start, start + len(data))
        self.acked[1 - side] = self.next_seq[side]
        return self

    def write(self, side: Side, data: bytes) -> int:
        """Write bytes that are not captured yet; return where they begin."""
        start = len(self.written[side])
        self.written[side].extend(data)
        self.next_seq[side] = (self.next_seq[side] + len(data)) % 2**32
        self.carriers[side].extend([None] * len(data))
        return start

    def part(self, side: Side, start: int, end: int) -> Conversation:
        """Capture a segment with some of the bytes that were written."""
        seq = (self.isns[side] + 1 + start) % 2**32
        return self.segment(
            side, bytes(self.written[side][start:end]), flags="PA", seq=seq
        )

    def ask(
        self,
        pattern: Any,  # noqa: ANN401
        identity: Any,  # noqa: ANN401
        data: Any = UNDEFINED,  # noqa: ANN401
    ) -> Conversation:
        """Send a request, alone in its segment."""
        return self.send(CLIENT, request(pattern, identity, data))

    def answer(self, identity: Any, value: Any = UNDEFINED) -> Conversation:  # noqa: ANN401
        """Send the one reply to a request, alone in its segment."""
        return self.send(SERVER, response(identity, value))

    def emit(self, pattern: Any, data: Any = UNDEFINED) -> Conversation:  # noqa: ANN401
        """Send an event, alone in its segment."""
        return self.send(CLIENT, event(pattern, data))

    def split(self, side: Side, packet: Packet | bytes, *cuts: int) -> Conversation:
        """Write a packet in several segments, cut at some places."""
        data = packet if isinstance(packet, bytes) else encode_packet(packet)
        for piece in cut(data, *cuts):
            self.send(side, piece)
        return self

    def ack(self, side: Side) -> Conversation:
        """Acknowledge all that the other side has written."""
        return self.segment(side, flags="A", seq=self.next_seq[side])

    def keep_alive(self, side: Side) -> Conversation:
        """Probe whether the other side is still there."""
        return self.segment(side, flags="A", seq=(self.next_seq[side] - 1) % 2**32)

    def finish(self, side: Side) -> Conversation:
        """Send a FIN."""
        seq = self.next_seq[side]
        self.segment(side, flags="FA", seq=seq)
        self.next_seq[side] = (seq + 1) % 2**32
        self.acked[1 - side] = self.next_seq[side]
        return self

    def close(self) -> Conversation:
        """Capture FIN, FIN/ACK and ACK."""
        return self.finish(CLIENT).finish(SERVER).ack(CLIENT)

    def reset(self, side: Side) -> Conversation:
        """Send an RST."""
        return self.segment(side, flags="RA", seq=self.next_seq[side])

    def resend(self, number: int) -> Conversation:
        """Send what an earlier record holds once more, as a packet of its own."""
        data = self.wire.records[number - 1].data
        again = with_identification(data, self.wire.identification())
        self.records.append(self.wire.add(again))
        return self

    def copy(self, number: int) -> Conversation:
        """Capture the packet of an earlier record a second time."""
        self.records.append(self.wire.add(self.wire.records[number - 1].data))
        return self

    def segment(  # noqa: PLR0913 — the fields of a header
        self,
        side: Side,
        payload: bytes = b"",
        *,
        flags: str,
        seq: int,
        ack: int | None = None,
        window: int = 8192,
    ) -> Conversation:
        """Capture any segment."""
        header = Header(
            (self.addresses[side], self.ports[side]),
            (self.addresses[1 - side], self.ports[1 - side]),
            seq,
            (self.acked[side] if ack is None else ack) if "A" in flags else 0,
            flags,
            window,
        )
        data = packet(header, payload, self.wire.identification())
        number = self.wire.add(data)
        self.records.append(number)
        self._carry(side, seq + ("S" in flags), payload, number)
        return self

    def _carry(self, side: Side, seq: int, payload: bytes, number: int) -> None:
        start = (seq - self.isns[side] - 1) % 2**32
        carriers = self.carriers[side]
        for place in range(start, start + len(payload)):
            if place < len(carriers) and carriers[place] is None:
                carriers[place] = number


class Inspected(NamedTuple):
    """What an inspection gave."""

    exchanges: list[Exchange]
    findings: list[Finding]
    report: Report

    @property
    def codes(self) -> list[str]:
        """The codes of the findings."""
        return [finding.code for finding in self.findings]

    @property
    def lines(self) -> list[Line]:
        """The exchanges as JSON lines have them."""
        return [loads(exchange_line(each)) for each in self.exchanges]

    @property
    def finding_lines(self) -> list[Line]:
        """The findings as JSON lines have them."""
        return [loads(finding_line(each)) for each in self.findings]

    @property
    def summary(self) -> Line:
        """The summary as JSON lines have it."""
        summary: Line = loads(summary_line(self.report))
        return summary


@cache
def _described(protos: tuple[str, ...]) -> Mapping[str, Carrier]:
    return described(protos)


def inspected(
    records: Iterable[PacketRecord],
    *,
    ports: Sequence[int] = (),
    nest: NestVersion = NEWEST,
    limits: Limits | None = None,
    beginnings: bool = False,
) -> Inspected:
    """Inspect records; exchanges come back in the order of their requests."""
    asked = Options(
        ports=frozenset(ports),
        nest=nest,
        limits=limits,
        beginnings=beginnings,
        described=_described(getattr(records, "protos", ())),
    )
    inspection = Pipeline(asked)
    exchanges, findings = [], []
    for item in inspection.inspect(records):
        if isinstance(item, Exchange):
            exchanges.append(item)
        else:
            findings.append(item)
    exchanges.sort(key=lambda each: each.number)
    return Inspected(exchanges, findings, inspection.report())


def cut(data: bytes, *places: int) -> list[bytes]:
    """Return the pieces of some bytes, cut at some places."""
    return [
        data[start:end]
        for start, end in zip((0, *places), (*places, len(data)), strict=True)
    ]


def reordered(
    records: Sequence[PacketRecord], order: Sequence[int]
) -> list[PacketRecord]:
    """Return records as if they had been captured in another order."""
    times = sorted(records[index].time_ns for index in order)
    return [
        PacketRecord(
            number,
            times[number - 1],
            records[index].link_type,
            records[index].data,
            records[index].length,
        )
        for number, index in enumerate(order, start=1)
    ]
