from __future__ import annotations

import pytest
from msgspec.structs import replace

from inspector.findings.catalogue import RULES, Severity
from inspector.findings.groups import Fold
from tests.inspector.conversation import inspected
from tests.inspector.traces import TRACES, small_limits

each_code = pytest.mark.parametrize("code", RULES)


def test_severities_are_named_from_the_worst_on() -> None:
    assert list(Severity) == ["error", "warning", "note"]


def test_every_finding_has_its_traces() -> None:
    assert TRACES.keys() == RULES.keys()


@pytest.fixture
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


@each_code
@pytest.mark.usefixtures("small_buffers")
def test_a_rule_says_what_happened_why_and_what_to_do(code: str) -> None:
    findings = inspected(TRACES[code].triggers().records).findings
    finding = next(each for each in findings if each.code == code)
    fold, several = Fold(finding), Fold(finding)
    fold.add(finding)
    for number in range(3):
        several.add(replace(finding, packet=finding.packet + 2 * number))

    rule = RULES[code]
    for sentence in (
        rule.message(finding),
        rule.hint(finding),
        rule.headline(fold),
        rule.headline(several),
    ):
        assert sentence.strip() == sentence != ""
        assert not sentence.endswith(".")
        assert "None" not in sentence
    for cause in (rule.cause(fold), rule.cause(several)):
        assert cause.endswith(".")
        assert "None" not in cause
    assert f"Packet {finding.packet}." in rule.cause(fold)


@each_code
@pytest.mark.usefixtures("small_buffers")
def test_its_words_fit_a_line_of_the_report(code: str) -> None:
    findings = inspected(TRACES[code].triggers().records).findings
    finding = next(each for each in findings if each.code == code)
    fold = Fold(finding)
    fold.add(finding)

    assert len(RULES[code].headline(fold)) <= 60
