from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from inspector.library.health import health_members
from inspector.views.jsonlines import summary_line
from protocol import loads
from tests.inspector.conversation import Line, inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.traces import TRACES

_calls = st.lists(
    st.builds(
        Call,
        st.integers(0, 2),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["well"] * 4 + ["thrown", "500", "404", "nobody", "silence"]),
        st.sampled_from([1, 1, 1, 150]),
    ),
    max_size=60,
)


def _members(calls: list[Call]) -> Line:
    report = inspected(captured(calls).records).report
    members: Line = loads(summary_line(report))["health"]
    return members


@settings(max_examples=60, deadline=None)
@given(_calls)
def test_programs_are_told_what_people_read(calls: list[Call]) -> None:
    report = inspected(captured(calls).records).report
    members, judged = health_members(report), judge_health(report, assess(report))
    ends = [call.end for call in calls]

    assert members["calls"] == len(calls)
    assert members["failed"] == sum(end in {"thrown", "500", "nobody"} for end in ends)
    assert members["refused"] == ends.count("404")
    assert members["unanswered"] == ends.count("silence")
    assert members["statuses"] == ({500: n} if (n := ends.count("500")) else {})
    if judged is None:
        assert (members["verdict"], members["sentence"]) == (None, None)
        return
    assert (members["verdict"], members["sentence"]) == (judged.style, judged.sentence)
    held = set(members["clauses"])
    bad = {"failing-pattern", "failed", "unanswered", "no-handler"}
    assert (members["verdict"] == "error") == bool(held & bad)
    if members["verdict"] == "good":
        assert held <= {"refused"}


def test_a_pattern_that_fails_has_its_figures() -> None:
    members = _members([Call(0, "pay", "thrown", 4)] * 3 + [Call(1, "a", "nobody", 1)])

    assert members["clauses"] == ["failing-pattern", "failed", "no-handler"]
    assert members["failing"] == [
        {
            "route": "pay",
            "failed": 3,
            "calls": 3,
            "shortest_ns": 4_100_000,
            "longest_ns": 4_100_000,
            "unhandled": 0,
            "servers": ["10.0.1.0:8888"],
            "servers_asked": 1,
        }
    ]
    assert (members["thrown"], members["unhandled"]) == (["pay"], ["a"])


def test_a_slow_server_is_named() -> None:
    calls = [Call(n, "a", "well", 500 if n else 2) for n in (0, 1)] * 20
    members = _members(calls)

    assert members["clauses"] == ["slow-server", "slow-call"]
    assert members["slow_server"]["server"] == "10.0.1.1:8888"
    assert members["slow_server"]["route"] == "a"


def test_what_waits_is_a_clause() -> None:
    report = inspected(TRACES["nagle-stall"].triggers().records).report

    assert health_members(report)["clauses"] == ["waited"]


def test_a_route_that_is_no_unicode_can_be_written() -> None:
    members = _members([Call(0, "\ud800", "thrown", 1)] * 3)

    assert members["failing"][0]["route"] == "\ud800"


def test_without_a_call_there_is_no_verdict() -> None:
    assert _members([])["verdict"] is None
    assert _members([Call(0, "log", "event", 0)])["verdict"] is None


def test_every_key_is_documented() -> None:
    page = Path(__file__).parents[3] / "docs" / "output.md"
    section = page.read_text(encoding="utf-8").split("Keys of `health`:")[1]
    table = section.split("\n```")[0]
    names = re.findall(
        r"`([a-z_]+)`", "".join(re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE))
    )

    assert names == list(_members([]))
