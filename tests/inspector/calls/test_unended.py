"""Calls in flight when a capture stops: cut anywhere, healthy traffic is healthy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from inspector.filters.conditions import Conditions
from inspector.views.report_view import report_lines
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    SERVER,
    Conversation,
    Wire,
    failure,
    inspected,
    response,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_GATES = ["unanswered > 0", "incomplete > 0", "errors > 0"]


class Call(NamedTuple):
    """A call that is made: on which connection, of what, and when it is answered.

    Attributes:
        talk: The number of the connection.
        route: The pattern.
        after_ms: How long after the call before it is made.
        pauses_ms: How long each of its replies takes: several are a stream.
    """

    talk: int
    route: str
    after_ms: int
    pauses_ms: list[int]


_calls = st.lists(
    st.builds(
        Call,
        st.integers(0, 2),
        st.sampled_from(["a", "b", "ticks"]),
        st.integers(0, 300),
        st.lists(st.integers(1, 900), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=25,
)
"""Calls that are answered in less than a second, streams that never pause for one."""


def _captured(calls: list[Call]) -> Wire:
    """Return a capture of calls, their replies interleaved as their times say."""
    wire = Wire()
    talks = [wire.connect(client=f"10.0.0.1:4{n}", isns=(n, n)) for n in range(3)]
    steps: list[tuple[int, int, Callable[[], object]]] = []
    now_ms = 0
    for number, call in enumerate(calls):
        talk, identity = talks[call.talk], str(number)
        now_ms += call.after_ms
        steps.append((now_ms, len(steps), _asking(talk, call.route, identity)))
        at_ms = now_ms
        for index, pause_ms in enumerate(call.pauses_ms, start=1):
            at_ms += pause_ms
            last = index == len(call.pauses_ms)
            steps.append((at_ms, len(steps), _answering(talk, identity, last=last)))
    begun_ns = wire.now_ns
    for at_ms, _, step in sorted(steps, key=lambda each: each[:2]):
        wire.now_ns = max(wire.now_ns, begun_ns + at_ms * MILLISECOND)
        step()
    return wire


def _asking(talk: Conversation, route: str, identity: str) -> Callable[[], object]:
    return lambda: talk.ask(route, identity, [1])


def _answering(
    talk: Conversation, identity: str, *, last: bool
) -> Callable[[], object]:
    return lambda: talk.send(SERVER, response(identity, 1, last=last)).ack(CLIENT)


@settings(max_examples=150, deadline=None)
@given(_calls, st.data())
def test_healthy_calls_cut_anywhere_are_not_accused(
    calls: list[Call], data: st.DataObject
) -> None:
    records = _captured(calls).records
    records = records[: data.draw(st.integers(1, len(records)))]
    seen = inspected(records)
    report, summary = seen.report, seen.summary
    judged = judge_health(report, assess(report))
    said = "\n".join(line.plain for line in report_lines(report, ["a.pcap"], 120))
    gates = Conditions(_GATES)

    assert set(seen.codes) <= {"blocked-loop"}  # many may be answered at once
    assert judged is None or judged.mark in {"✓", "!"}
    assert not {"unanswered", "failed"} & set(summary["health"]["clauses"])
    assert "no reply:" not in said
    assert "had no reply" not in said
    assert list(gates.broken(report.summary(), report.findings.values())) == []
    waiting = sum(
        line["outcome"] in {"unanswered", "incomplete"} for line in seen.lines
    )
    assert summary["in_flight"] == waiting


def _waited(
    waited_ns: int,
    known_ns: int = 0,
    end: Callable[[Conversation], object] | None = None,
) -> bool:
    """Return whether a call is in flight that has waited, beside one that took long."""
    wire = Wire()
    call = wire.connect()
    if known_ns:
        call.ask("sum", "0")
        wire.wait(known_ns)
        call.answer("0", 1)
    call.ask("sum", "1")
    if end is not None:
        end(call)
    else:
        wire.linger(waited_ns)
    return inspected(wire.records).exchanges[-1].in_flight


@pytest.mark.parametrize(
    ("waited_ns", "known_ns", "held"),
    [
        (900 * MILLISECOND, 0, True),
        (1_100 * MILLISECOND, 0, False),
        (1_100 * MILLISECOND, 2 * MILLISECOND, False),
        (900 * MILLISECOND, 2 * MILLISECOND, True),
        (2_900 * MILLISECOND, 3 * SECOND, True),
        (3_100 * MILLISECOND, 3 * SECOND, False),
    ],
)
def test_a_call_is_in_flight_for_a_second_or_as_long_as_its_pattern_takes(
    waited_ns: int, known_ns: int, *, held: bool
) -> None:
    assert _waited(waited_ns, known_ns) is held


@pytest.mark.parametrize(
    "end",
    [
        lambda call: call.finish(CLIENT),
        lambda call: call.finish(SERVER),
        lambda call: call.reset(SERVER),
        lambda call: call.close(),
    ],
)
def test_a_call_whose_connection_ends_is_not(
    end: Callable[[Conversation], object],
) -> None:
    assert not _waited(0, end=end)


def test_what_takes_long_for_one_pattern_says_nothing_of_another() -> None:
    wire = Wire()
    call = wire.connect().ask("slow", "0")
    wire.wait(3 * SECOND)
    call.answer("0", 1).ask("sum", "1")

    assert not inspected(wire.linger().records).exchanges[-1].in_flight


def test_a_first_value_that_takes_long_counts_though_its_stream_goes_on() -> None:
    wire = Wire()
    call = wire.connect().ask("ticks", "0")
    wire.wait(3 * SECOND)
    call.send(SERVER, response("0", 1, last=False)).ask("ticks", "1")

    assert inspected(wire.linger().records).exchanges[-1].in_flight


def test_a_failure_that_takes_long_counts() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "0")
    wire.wait(3 * SECOND)
    call.send(SERVER, failure("0", "no")).ask("sum", "1")

    assert inspected(wire.linger().records).exchanges[-1].in_flight


@pytest.mark.parametrize(("waited_s", "held"), [(4, True), (6, False)])
def test_a_stream_is_in_flight_as_long_as_between_its_values(
    waited_s: int, *, held: bool
) -> None:
    wire = Wire()
    call = wire.connect().ask("ticks", "0")
    for _ in range(3):
        wire.wait(5 * SECOND)
        call.send(SERVER, response("0", 1, last=False))
    wire.linger(waited_s * SECOND)
    seen = inspected(wire.records)

    assert seen.exchanges[0].in_flight is held
    assert seen.codes == ([] if held else ["unfinished-stream"])


def test_a_call_in_doubt_is_not_in_flight() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").ask("sum", "2")
    call.send(SERVER, response("1", 1), captured=False).ack(CLIENT)
    seen = inspected(call.answer("2", 2).wire.records)

    assert not any(each.in_flight for each in seen.exchanges)
    assert set(seen.codes) == {"capture-gap", "in-doubt"}


def test_an_orphan_is_not_in_flight() -> None:
    wire = Wire()
    wire.join().send(SERVER, response("9", 1, last=False))

    assert not inspected(wire.records).exchanges[0].in_flight


def test_calls_in_flight_are_named_once_and_add_up() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 1).ask("sum", "2").ask("sum", "3")
    call.ack(SERVER)
    seen = inspected(wire.records)
    said = "\n".join(line.plain for line in report_lines(seen.report, ["a.pcap"], 120))

    assert said.count("in flight at the end: #2–#3") == said.count("in flight") == 1
    assert "Every message call took 2 packets." in said
    assert (seen.summary["messages"], seen.summary["completed"]) == (3, 1)
    assert (seen.summary["in_flight"], seen.summary["unanswered"]) == (2, 0)
    assert [line.get("in_flight") for line in seen.lines] == [None, True, True]
    assert {line["outcome"] for line in seen.lines[1:]} == {"unanswered"}


def test_without_a_call_that_is_over_nothing_is_judged() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    report = inspected(wire.records).report
    said = [line.plain for line in report_lines(report, ["a.pcap"], 120)]

    assert judge_health(report, assess(report)) is None
    assert "No call was over when the capture ended." in said
