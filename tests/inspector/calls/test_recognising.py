from __future__ import annotations

import pytest

from inspector.calls.recognising import Recogniser, SearchLimits
from inspector.calls.searching import Found, Search
from inspector.calls.tracking import Track
from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.nest_tcp.carrier import NestTcp, carrier
from inspector.carriers.testing import MUST_DECIDE
from inspector.streams.items import Chunk
from inspector.streams.packets import DataPacket
from tests.inspector.directions import direction


def _track(*, from_start: bool) -> Track:
    track = Track(direction())
    track.search = None if from_start else Search()
    return track


def _judge(
    recogniser: Recogniser, track: Track, data: bytes, other: Track | None = None
) -> Found | Verdict:
    chunk = Chunk(track.direction, data, DataPacket(1, 0, 0, len(data)))
    return recogniser.judge(track, other, chunk)


def _plain(limits: SearchLimits | None = None) -> Recogniser:
    return Recogniser([carrier], {}, limits or SearchLimits())


def test_a_beginning_is_judged_as_soon_as_it_can_be() -> None:
    track = _track(from_start=True)

    assert _judge(_plain(), track, b"2") is Verdict.UNDECIDED
    found = _judge(_plain(), track, b"#{}")
    assert isinstance(found, Found)
    assert (found.carrier, len(found.chunks)) == (carrier, 2)


class _Hesitant(NestTcp):
    def recognise(self, beginning: bytes) -> Recognition | Verdict:  # noqa: ARG002
        return Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        (SearchLimits(beginning_bytes=4), [2, 2, 1]),
        (SearchLimits(beginning_chunks=2), [1, 1, 1]),
    ],
)
def test_what_no_carrier_decides_on_is_not_kept_for_ever(
    limits: SearchLimits, sizes: list[int]
) -> None:
    recogniser = Recogniser([_Hesitant()], {}, limits)
    track = _track(from_start=True)
    verdicts = [_judge(recogniser, track, b"x" * size) for size in sizes]

    assert verdicts == [Verdict.UNDECIDED, Verdict.UNDECIDED, Verdict.OTHER]


def test_the_usual_limits_are_those_that_the_documentation_of_them_says() -> None:
    limits = SearchLimits()

    assert (limits.beginning_bytes, limits.beginning_chunks) == (65_536, 1_024)
    assert (limits.both_bytes, limits.both_chunks) == (65_536, 128)
    assert (limits.bytes, limits.chunks) == (4_194_304, 4_096)


def test_as_much_is_kept_of_a_beginning_as_carriers_are_held_to() -> None:
    assert SearchLimits().beginning_bytes == MUST_DECIDE


def test_what_no_carrier_reads_is_something_else() -> None:
    assert _judge(_plain(), _track(from_start=True), b"GET /") is Verdict.OTHER


def test_without_its_beginning_another_protocol_is_known_by_its_first_bytes() -> None:
    track = _track(from_start=False)

    assert _judge(_plain(), track, b"HTTP/1.1 200 OK") is Verdict.OTHER


def test_without_its_beginning_a_unit_is_looked_for() -> None:
    track = _track(from_start=False)

    assert _judge(_plain(), track, b'm":5}') is Verdict.UNDECIDED
    assert isinstance(_judge(_plain(), track, b'18#{"pattern":"sums"}'), Found)


@pytest.mark.parametrize(
    ("limits", "sizes", "both"),
    [
        (SearchLimits(bytes=99), [50, 50], False),
        (SearchLimits(chunks=2), [1, 1, 1], False),
        (SearchLimits(both_bytes=99), [50, 50], True),
        (SearchLimits(both_chunks=2), [1, 1, 1], True),
    ],
)
def test_a_search_in_vain_ends(
    limits: SearchLimits,
    sizes: list[int],
    both: bool,  # noqa: FBT001
) -> None:
    recogniser, track, other = _plain(limits), *(_track(from_start=False),) * 1, None
    if both:
        other = _track(from_start=False)
        for size in sizes:
            _judge(recogniser, other, b"x" * size)
    verdicts = [_judge(recogniser, track, b"x" * size, other) for size in sizes]

    assert verdicts[:-1] == [Verdict.UNDECIDED] * (len(sizes) - 1)
    assert verdicts[-1] is Verdict.OTHER


def test_a_port_can_force_a_carrier_whatever_it_carries() -> None:
    track = _track(from_start=True)
    port = track.direction.connection.endpoints[0].port
    recogniser = Recogniser([], {port: carrier}, SearchLimits())

    assert isinstance(_judge(recogniser, track, b"GET /"), Found)
    late = _track(from_start=False)
    found = _judge(recogniser, late, b"GET /")
    assert isinstance(found, Found)
    assert found.chunks == []
