from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.figures.latency import Latencies
from inspector.figures.turns import (
    FEWEST,
    LEAST_NS,
    TOGETHER_NS,
    Blocked,
    Turns,
    Wait,
)
from inspector.findings.finding import Place
from tests.inspector.conversation import (
    MILLISECOND,
    SERVER,
    Wire,
    inspected,
    response,
)
from tests.inspector.directions import direction

PLACE = Place(direction().connection, 1, 1, 1, "a")

_calls = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from([5, 120, 200, 300, 400])),
    min_size=1,
    max_size=8,
)


def _captured(calls: list[tuple[int, int]]) -> Wire:
    """Return calls that are asked at one time and answered at another, in ms."""
    wire = Wire()
    talk, begin = wire.connect(), wire.now_ns
    moments = [(at, "ask", n) for n, (at, _) in enumerate(calls)]
    moments += [(at + took, "answer", n) for n, (at, took) in enumerate(calls)]
    for at, what, number in sorted(moments):
        wire.now_ns = max(wire.now_ns, begin + at * MILLISECOND)
        if what == "ask":
            talk.ask("a", str(number))
        else:
            talk.answer(str(number), 1)
    return wire


@settings(max_examples=200, deadline=None)
@given(_calls)
def test_calls_that_waited_for_one_had_no_answer_meanwhile(
    calls: list[tuple[int, int]],
) -> None:
    seen = inspected(_captured(calls).records)
    times = sorted(each.first_reply_ns or 0 for each in seen.exchanges)
    found = [each for _, times_ in seen.report.turns.blocked() for each in times_]
    for blocked in found:
        end_ns = blocked.first.answered_ns
        assert len(blocked.waiters) >= FEWEST
        assert end_ns - blocked.begin_ns >= LEAST_NS
        assert not any(blocked.begin_ns <= time < end_ns for time in times)
        for each in blocked.waiters:
            assert blocked.first.asked_ns < each.asked_ns
            assert 0 <= each.answered_ns - end_ns <= TOGETHER_NS


def test_calls_that_were_asked_together_wait_for_nobody() -> None:
    seen = inspected(_captured([(0, 300), (0, 300), (0, 300)]).records)

    assert list(seen.report.turns.blocked()) == []


@pytest.mark.parametrize("streams", [False, True])
def test_a_server_whose_stream_goes_on_is_not_blocked(*, streams: bool) -> None:
    wire = Wire()
    talk, other = wire.connect(), wire.connect(client="10.0.0.1:41000")
    if streams:
        other.ask("ticks", "t").send(SERVER, response("t", 0, last=False))
    talk.ask("work", "w")
    wire.wait(50 * MILLISECOND)
    talk.ask("a", "1")
    wire.wait(50 * MILLISECOND)
    talk.ask("a", "2")
    wire.wait(100 * MILLISECOND)
    if streams:
        other.send(SERVER, response("t", 1, last=False))
    wire.wait(100 * MILLISECOND)
    talk.answer("w", 1).answer("1", 1).answer("2", 1)
    found = list(inspected(wire.records).report.turns.blocked())

    assert len(found) == (not streams)


def test_very_many_streams_are_remembered_as_one_long_one() -> None:
    turns = Turns()
    for number in range(1_000):
        turns.stream("s", number * 10, number * 10 + 1)

    blocked = Blocked(Wait(PLACE, 0, 5_008, Latencies()), [], 5_002)
    assert len(turns._streams["s"]) <= 100  # noqa: SLF001 — that is the claim
    assert blocked.meets(turns._streams["s"])  # noqa: SLF001
