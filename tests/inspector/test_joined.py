"""What a connection costs that is joined in its middle: counted, not timed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from inspector.calls import observing
from inspector.calls.exchanges import Exchange
from inspector.calls.recognising import SearchLimits
from inspector.carriers.nest_tcp.carrier import NestTcp
from inspector.listening import Tap
from inspector.pipeline import Pipeline
from protocol import encode_packet
from tests.inspector.conversation import CLIENT, SERVER, Wire, event, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.carriers.base import Recognition, Verdict
    from inspector.figures.report import Report
    from inspector.tcp.reassembly import Reassembler
    from inspector.tcp.segments import Segment

LIMITS = SearchLimits()
SEGMENT = 1_460


class Counting(NestTcp):
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.finds = self.searched = self.judged = 0

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        self.finds += 1
        self.searched += len(middle)
        return super().find(middle, boundary=boundary)

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        self.judged += len(beginning)
        return super().recognise(beginning)


class Segments(Tap):
    """Counts the segments that are not passed over."""

    def __init__(self) -> None:
        self.count = 0

    def segments(
        self,
        segments: Iterator[Segment],
        reassembler: Reassembler,  # noqa: ARG002 — it only counts
    ) -> Iterator[Segment]:
        for segment in segments:
            self.count += 1
            yield segment


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counted = Counting()
    monkeypatch.setattr(observing, "registered", lambda: {"tcp": counted})
    return counted


def _inspect(wire: Wire, *taps: Tap) -> tuple[list[Exchange], Report]:
    inspection = Pipeline(taps=taps)
    found = inspection.inspect(wire.records)
    exchanges = [each for each in found if isinstance(each, Exchange)]
    return exchanges, inspection.report()


def _redis(packets: int) -> Wire:
    """Return commands and their answers on a connection that was open before."""
    wire = Wire()
    call = wire.join(server="10.0.0.2:6379")
    for number in range(packets // 2):
        key = b"key:%06d" % number
        call.send(CLIENT, b"*2\r\n$3\r\nGET\r\n$10\r\n%b\r\n" % key)
        call.send(SERVER, b'$17\r\n{"count":%06d}  \r\n' % number)
    return wire


@pytest.mark.parametrize("taps", [True, False], ids=["tapped", "alone"])
def test_where_two_talk_otherwise_a_connection_is_soon_passed_over(
    counting: Counting, *, taps: bool
) -> None:
    tap = Segments()
    exchanges, report = _inspect(_redis(40_000), *[tap] * taps)

    assert exchanges == []
    assert (report.connections, report.other_connections) == (0, 1)
    most = 2 * (LIMITS.both_chunks + 2)
    assert LIMITS.both_chunks < counting.finds <= most
    assert counting.searched <= most * (64 + counting.reach)
    assert tap.count <= most * taps
    assert counting.judged == 0


def test_its_length_does_not_matter(counting: Counting) -> None:
    _inspect(_redis(4_000))
    first = counting.finds, counting.searched
    _inspect(_redis(8_000))

    assert (counting.finds, counting.searched) == (2 * first[0], 2 * first[1])


def _binary(packets: int, *, client: str = "10.0.0.1:40000") -> Wire:
    """Return what one side sends on a connection that was open before: no text."""
    wire, random = Wire(), Random(5)  # noqa: S311 — not for secrets
    call = wire.join(client=client)
    for _ in range(packets):
        call.send(CLIENT, random.randbytes(1_000))
    return wire


def test_one_side_alone_is_searched_for_longer_and_each_byte_once(
    counting: Counting,
) -> None:
    tap = Segments()
    _, report = _inspect(_binary(10_000), tap)

    assert report.other_connections == 1
    assert counting.finds == min(LIMITS.chunks, LIMITS.bytes // 1_000) + 1
    overlap = counting.reach * counting.finds
    assert counting.searched <= 1_000 * counting.finds + overlap
    assert tap.count <= counting.finds + 1


def test_on_a_connection_of_nests_the_other_side_is_searched_each_byte_once(
    counting: Counting,
) -> None:
    wire, random = Wire(), Random(5)  # noqa: S311 — not for secrets
    call = wire.join().ask("sum", "1")
    for _ in range(10_000):
        call.send(SERVER, random.randbytes(100))
    call.answer("1", 3)
    (exchange,), report = _inspect(wire)

    assert exchange.outcome == "completed"
    assert report.unread_bytes == 1_000_000
    assert counting.finds <= 10_002
    assert counting.searched <= 1_000_200 + counting.reach * counting.finds


@pytest.mark.parametrize("lost", [1, 2_500, 5_000])
def test_the_rest_of_a_large_frame_is_searched_each_byte_about_once(
    counting: Counting, lost: int
) -> None:
    frame = encode_packet(request("upload", "1", "x" * (8 << 20)))
    wire = Wire()
    call = wire.connect()
    pieces = range(0, len(frame), SEGMENT)
    for index, place in enumerate(pieces):
        call.send(CLIENT, frame[place : place + SEGMENT], captured=index != lost)
    call.ack(SERVER).send(CLIENT, event("done")).ack(SERVER)
    exchanges, report = _inspect(wire)

    assert [each.route for each in exchanges] == ["done"]
    assert report.gap_bytes == SEGMENT
    assert counting.finds <= len(pieces) + 1
    after = len(frame) - (lost + 1) * SEGMENT + 100
    assert counting.searched <= after + counting.reach * counting.finds
    assert counting.judged <= 10 * SEGMENT
