from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.sources.reading import Reading
from inspector.tcp.alignment import Difference, align, compare, fit
from inspector.tcp.prints import Sighted
from tests.inspector.conversation import MILLISECOND, Wire
from tests.inspector.tapped import written

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.tcp.prints import Print


def _sample(first: int, last: int, ahead: int) -> dict[Print, Sighted]:
    """Return packets by number, seen by a clock that is ahead."""
    return {
        (b"flow", number, 0, 16, 1, 0): Sighted(number * 1_000 + ahead, number % 2 > 0)
        for number in range(first, last)
    }


def test_the_offset_is_amid_what_both_ways_show() -> None:
    differences = [
        Difference(number, 700 + (90 if number % 3 else -90), number % 3 > 0)
        for number in range(30)
    ]

    assert fit(differences).offset_ns == 700
    assert fit(differences).spread_ns == 90


def test_stray_packets_do_not_move_it() -> None:
    differences = [Difference(number, 700, number % 2 > 0) for number in range(40)]
    differences[3:8] = [Difference(number, 10**9, forward=True) for number in range(5)]

    assert fit(differences).offset_ns == 700


def test_a_drift_that_is_lost_among_the_differences_is_none() -> None:
    noise = [number * 7919 % 1_000 for number in range(200)]
    still = [
        Difference(n * 1_000, 5_000 + each, n % 2 > 0) for n, each in enumerate(noise)
    ]
    moving = [
        each._replace(delta_ns=each.delta_ns + each.time_ns // 10) for each in still
    ]

    assert fit(still).drift == 0
    assert fit(moving).drift == pytest.approx(0.1, rel=0.1)


def test_captures_are_compared_along_what_they_share() -> None:
    samples = [_sample(0, 10, 0), _sample(20, 30, 70), _sample(5, 25, 30)]
    lead, far, between = compare(["a", "b", "c"], samples)

    assert (lead.leading, between.leading, far.leading) == ("", "a", "a")
    assert (between.offset_ns, far.offset_ns) == (30, 70)


def test_two_packets_are_too_few() -> None:
    clocks = compare(["a", "b"], [_sample(0, 10, 0), _sample(8, 20, 5)])

    assert [clock.leading for clock in clocks] == ["", ""]


def test_groups_that_share_nothing_have_a_clock_each() -> None:
    samples = [
        _sample(0, 9, 0),
        _sample(50, 59, 3),
        _sample(0, 9, 1),
        _sample(50, 59, 9),
    ]
    clocks = compare(["a", "b", "c", "d"], samples)

    assert [clock.leading for clock in clocks] == ["", "", "a", "b"]
    assert clocks[3].offset_ns == 6


def test_what_cannot_be_read_is_aligned_with_nothing(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1)
    (name,) = written(tmp_path, wire.records)
    clocks = align([name, str(tmp_path / "missing"), "-", name], Reading())

    assert [clock.leading for clock in clocks] == ["", "", "", name]


def test_reading_that_was_stopped_looks_at_nothing(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", MILLISECOND)
    (name,) = written(tmp_path, wire.records)
    reading = Reading()
    reading.stop()

    assert [clock.leading for clock in align([name, name], reading)] == ["", ""]
