"""Of plain exchanges over a broker no exchange is made, and of all others one is."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.generate_nats import generate
from inspector.sources.files import read_capture
from tests.inspector.captures import pcap_bytes
from tests.inspector.chatter import TROUBLES, Chatter
from tests.inspector.conversation import MILLISECOND
from tests.inspector.over_nats import called, emitted
from tests.inspector.ways import check_ways, counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SECOND = 1_000 * MILLISECOND
_bounded = settings(max_examples=25, deadline=None)


def _warm() -> Chatter:
    """Return traffic over one broker where what is plain is figures."""
    return next(each for each in map(Chatter, range(9)) if len(each.brokers) == 1)


def _made(chatter: Chatter) -> int:
    """Return how many exchanges were made, and check that all ways say the same."""
    capture = pcap_bytes(chatter.wire.records)
    check_ways(capture)
    return counted(capture)["made"]


def test_nearly_all_of_an_ordinary_capture_is_figures(tmp_path: Path) -> None:
    generate(tmp_path / "plain.pcap", 24_000, 1)
    found = counted(tmp_path / "plain.pcap")

    assert found["all"] == 24_000
    assert found["made"] < 4_000  # the first of each pattern, and the last events


def test_a_plain_call_and_a_plain_event_are_figures() -> None:
    chatter = _warm()
    before = _made(chatter)
    for pattern in ("sum", "orders.new"):
        called(
            chatter.callers[0], chatter.handlers[0], pattern=pattern, data=1, value=2
        )
    emitted(chatter.callers[0], chatter.handlers[0], data=1)
    chatter.wire.linger()
    called(chatter.callers[0], chatter.handlers[0], data=1, value=2)

    assert _made(chatter) == before


def test_an_event_that_nobody_had_is_an_exchange() -> None:
    chatter = _warm()
    before = _made(chatter)
    emitted(chatter.callers[0], data=1)
    chatter.wire.linger()

    assert _made(chatter) == before + 1


def test_a_call_that_takes_longer_than_any_before_is_an_exchange() -> None:
    chatter = _warm()
    before = _made(chatter)
    caller, handler = chatter.callers[0], chatter.handlers[0]
    passing = caller.ask("sum", 1)
    handler.take(passing)
    chatter.wire.wait(200 * MILLISECOND)
    caller.get(passing, handler.answer(passing, 2)).leave(passing)

    assert _made(chatter) == before + 1


def test_what_nobody_has_called_yet_is_an_exchange() -> None:
    chatter = _warm()
    before = _made(chatter)
    for _ in range(2):
        called(chatter.callers[0], chatter.handlers[0], pattern="new", value=2)
        chatter.wire.wait(MILLISECOND)

    assert _made(chatter) >= before + 1


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("seed", range(2))
def test_what_is_not_plain_is_told_as_ever_and_so_is_what_surrounds_it(
    trouble: Callable[[Chatter], None], seed: int
) -> None:
    chatter = Chatter(seed, 0)
    chatter.go_on(12)
    trouble(chatter)
    chatter.go_on(12)

    _made(chatter)


@_bounded
@given(st.integers(0, 1 << 20), st.sampled_from([0, 20, 200]))
@example(1_025_341, 20)  # early events are told
@example(222_415, 200)  # calls that are figures push no events out of memory
@example(342_856, 200)  # a plain exchange ends while others wait to be told
def test_whatever_passes_is_told_alike_by_all_ways(seed: int, trouble: int) -> None:
    check_ways(pcap_bytes(Chatter(seed, trouble).go_on(150).records))


@pytest.mark.parametrize("seed", range(3))
def test_from_whatever_record_on_a_capture_is_told_alike(seed: int) -> None:
    records = Chatter(seed, 40).go_on(120).records
    rng = random.Random(seed)  # noqa: S311 — the same every time
    for begin in rng.sample(range(len(records)), 25):
        check_ways(pcap_bytes(records[begin:]))


def test_one_unusual_packet_in_a_thousand_changes_no_more_than_it_does(
    tmp_path: Path,
) -> None:
    generate(tmp_path / "plain.pcap", 1_500, 2)
    records = list(read_capture(str(tmp_path / "plain.pcap")))
    rng = random.Random(5)  # noqa: S311 — the same every time
    for number, place in enumerate(range(len(records) - 600, 0, -1_000)):
        at = place + rng.randrange(500)
        if number % 3 == 0:
            del records[at]
        elif number % 3 == 1:
            records.insert(at + 7, records[at])
        else:
            records[at - 1], records[at] = records[at], records[at - 1]

    check_ways(pcap_bytes(records, nanoseconds=False))
