from __future__ import annotations

from inspector.findings.finding import Severity
from inspector.views.finding_words import findings_said
from tests.inspector.conversation import Wire, inspected
from tests.inspector.figures.services import Call, captured


def test_findings_stand_worst_first_in_words_that_a_terminal_may_show() -> None:
    calls = [Call(0, "\x1b[2J", "thrown", 1)] * 3
    said = list(findings_said(inspected(captured(calls).records).report))

    assert (said[0].severity, said[0].code) == (Severity.ERROR, "failing-pattern")
    order = list(Severity)
    ranks = [order.index(each.severity) for each in said]
    assert ranks == sorted(ranks)
    assert all(each.headline and each.cause and each.fix for each in said)
    assert not any("\x1b" in text for each in said for text in each)


def test_nothing_is_said_of_nothing() -> None:
    assert list(findings_said(inspected(Wire().records).report)) == []
