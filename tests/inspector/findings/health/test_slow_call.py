from __future__ import annotations

from inspector.filters.selection import compile_selection
from inspector.findings.finding import Finding
from inspector.pipeline import Options, Pipeline
from tests.inspector.conversation import MILLISECOND, Wire, inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

_QUICK = [Call(0, "get", "well", 2)] * 30

TRACE = Trace(
    lambda: captured([*_QUICK, Call(0, "get", "well", 900)]),
    lambda: captured([*_QUICK, Call(0, "get", "well", 99)]),
)


def test_what_it_says_where_nothing_else_was_answered() -> None:
    assert said_of(TRACE, "slow-call") == Sentences(
        message="1 call took 900 ms, 429 times the median of get",
        headline="1 call took 900 ms, 429 times the median of its pattern",
        cause=(
            "get #31 on 10.0.1.0:8888, sent in packet 70. Meanwhile that server "
            "completed no other call, and nothing was retransmitted. Packet 71."
        ),
        hint="look at what 10.0.1.0:8888 did at 11:06:40.067 UTC",
    )


def _waiting(others: int, *, beside: bool, lost: bool = False) -> Wire:
    """Return a call that waits while others are answered."""
    wire = captured(_QUICK)
    talk = wire.connect(server="10.0.1.0:8888", client="10.0.0.1:50")
    other = (
        talk if beside else wire.connect(server="10.0.1.0:8888", client="10.0.0.1:51")
    )
    talk.ask("get", "slow")
    if lost:
        talk.resend(len(wire.records))
    for number in range(others):
        other.ask("get", f"o{number}").answer(f"o{number}", 1)
        wire.wait(200 * MILLISECOND)
    talk.answer("slow", 1)
    return wire


def test_what_the_server_answers_meanwhile_tells_what_waited() -> None:
    causes = [
        sentences(group_in(wire, "slow-call")).cause
        for wire in (
            _waiting(3, beside=True),
            _waiting(3, beside=False),
            _waiting(3, beside=True, lost=True),
            _waiting(1, beside=True),
        )
    ]

    assert "completed 3 other calls, all on this connection" in causes[0]
    assert "only this handler waited" in causes[0]
    assert "completed 3 other calls, and nothing was retransmitted" in causes[1]
    assert "only this connection waited" in causes[1]
    assert "Meanwhile bytes of its connection were retransmitted." in causes[2]
    assert "completed 1 other call, also on this connection" in causes[3]


def test_the_range_of_slow_calls_begins_with_the_shortest_of_them() -> None:
    calls = [*_QUICK, *(Call(0, "get", "well", ms) for ms in (150, 99, 300))]
    said = sentences(group_in(captured(calls), "slow-call"))

    assert said.headline.startswith("2 calls took 150 to 300 ms, up to 143 times")


def test_few_calls_of_a_pattern_have_no_usual_time() -> None:
    few = [*_QUICK[:18], Call(0, "get", "well", 900)]

    assert inspected(captured(few).records).codes == []


def test_of_few_calls_a_second_is_slow_and_compared_where_it_can_be() -> None:
    said = [
        sentences(group_in(captured(calls), "slow-call"))
        for calls in (
            [*_QUICK[:7], Call(0, "get", "well", 25_000)],
            [Call(0, "get", "well", 25_000)],
        )
    ]

    assert said[0].headline.startswith("1 call took 25.0 s, 11,9")
    assert (said[1].headline, said[1].message) == (
        "1 call took 25.0 s",
        "1 call took 25.0 s of get",
    )


def test_where_calls_were_left_out_nothing_is_claimed_of_them() -> None:
    wire = _waiting(3, beside=True)
    where = compile_selection('id == "slow" or number <= 30')
    pipeline = Pipeline(Options(where=where))
    found = [
        each for each in pipeline.inspect(wire.records) if isinstance(each, Finding)
    ]
    (group,) = pipeline.report().findings.values()

    assert [each.code for each in found] == ["slow-call"]
    assert "Nothing was retransmitted meanwhile." in sentences(group).cause
