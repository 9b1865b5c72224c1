from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.figures.turns import FEWEST, LEAST_NS, TOGETHER_NS
from tests.inspector.conversation import MILLISECOND, Wire, inspected

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
    seen.report.turns.end()
    times = sorted(each.first_reply_ns or 0 for each in seen.exchanges)
    for blocked in seen.report.turns.blocked.values():
        end_ns = blocked.first.answered_ns
        assert len(blocked.waiters) >= FEWEST
        assert end_ns - blocked.begin_ns >= LEAST_NS
        assert not any(blocked.begin_ns <= time < end_ns for time in times)
        for each in blocked.waiters:
            assert blocked.first.asked_ns < each.asked_ns
            assert 0 <= each.answered_ns - end_ns <= TOGETHER_NS


def test_calls_that_were_asked_together_wait_for_nobody() -> None:
    seen = inspected(_captured([(0, 300), (0, 300), (0, 300)]).records)

    assert seen.report.turns.blocked == {}
