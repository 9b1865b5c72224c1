from __future__ import annotations

from inspector.findings.concluded import ConcludedRule
from inspector.findings.finding import Severity
from inspector.findings.health.failures_share import FailuresShare
from tests.inspector.conversation import inspected
from tests.inspector.figures.services import Call, captured


def test_each_case_of_a_conclusion_stands_by_itself() -> None:
    calls = [Call(0, "a", "thrown", 1), Call(1, "b", "thrown", 1)] * 3
    seen = inspected(captured(calls).records)
    found = [each for each in seen.findings if each.code == "failing-pattern"]

    assert [(each.route, each.severity) for each in found] == [
        ("a", Severity.ERROR),
        ("b", Severity.ERROR),
    ]
    assert len({each.subject for each in found}) == 2
    assert all(isinstance(each.rule, ConcludedRule) for each in found)
    assert issubclass(FailuresShare, ConcludedRule)
