from __future__ import annotations

import pytest

from inspector.findings.rules.rule import Rule, Severity, quoted, service
from tests.inspector.conversation import inspected
from tests.inspector.traces import TRACES


@pytest.mark.parametrize(
    ("route", "text"),
    [("sum", "'sum'"), ('{"cmd":"sum"}', '{"cmd":"sum"}'), ("", "''")],
)
def test_a_route_stands_as_in_a_decorator(route: str, text: str) -> None:
    assert quoted(route) == text


def test_a_service_is_named_by_its_port() -> None:
    (finding,) = inspected(TRACES["no-handler"].triggers().records).findings

    assert service(finding) == ":8888"


def test_a_rule_cannot_change() -> None:
    rule = Rule(Severity.NOTE, *[lambda _: "words"] * 4)

    with pytest.raises(AttributeError):
        rule.severity = Severity.ERROR  # type: ignore[misc]
