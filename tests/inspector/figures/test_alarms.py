"""What findings alone know of health, and that no good verdict stands above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from inspector.figures.alarms import alarms
from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from tests.inspector.captures import CAPTURES, ROOT, name_of
from tests.inspector.command import run
from tests.inspector.conversation import inspected
from tests.inspector.figures.services import Call, captured, plans
from tests.inspector.traces import TRACES

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.figures.report import Report

TROUBLES = {
    "blocked-loop",
    "error-burst",
    "failing-pattern",
    "refused-connection",
    "silent-server",
    "slow-call",
    "slow-pattern",
    "slow-server",
}
"""Findings that say that something fails, is slow or waits."""
_CASES = ROOT / "tests" / "data" / "cases"
_FILES = sorted({*CAPTURES, *_CASES.glob("*.pcap*")})


def _is_quiet(report: Report) -> bool:
    first = [group.first for group in report.findings.values()]
    return not any(each.severity == "error" or each.code in TROUBLES for each in first)


def _holds(report: Report) -> bool:
    """Whether the verdict is good only where no finding says otherwise."""
    verdict = judge_health(report, assess(report))
    return verdict is None or verdict.style != "good" or _is_quiet(report)


@pytest.mark.parametrize("code", TRACES)
def test_no_good_verdict_stands_above_what_a_finding_shows(code: str) -> None:
    for trace in (TRACES[code].triggers, TRACES[code].passes):
        assert _holds(inspected(trace().records).report)


@settings(max_examples=60, deadline=None)
@given(plans)
def test_no_good_verdict_stands_above_findings_of_any_mixture(
    plan: list[Call],
) -> None:
    assert _holds(inspected(captured(plan).records).report)


@pytest.mark.parametrize("capture", _FILES, ids=name_of)
def test_no_good_verdict_stands_above_findings_of_a_capture(capture: Path) -> None:
    *lines, summary = run(capture, "--json").lines
    found = [line for line in lines if line["type"] == "finding"]
    health = summary["health"]

    if health["verdict"] == "good":
        assert not {each["code"] for each in found} & TROUBLES
        assert "error" not in {each["severity"] for each in found}
        assert set(health["clauses"]) <= {"refused"}


def test_the_worst_of_a_kind_stands_first() -> None:
    plan = [Call(0, "a", "well", 1_000)] * 3 + [Call(0, "b", "well", 2_000)] * 3
    found = alarms(inspected(captured(plan).records).report)

    assert [each.place.route for each in found.slow_patterns] == ["b", "a"]
    assert (found.blocked, found.refused, found.errors) == ([], [], [])
