from __future__ import annotations

import pytest

from inspector.findings.finding import Severity
from inspector.findings.groups import FindingGroup
from inspector.views.finding_order import shown_groups, sorted_groups
from tests.inspector.conversation import inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.traces import TRACES


def test_the_worst_stand_first() -> None:
    calls = [Call(0, "pay", "thrown", 1)] * 3 + [Call(0, "log", "404", 1)]
    calls += [Call(0, "get", "well", 1500)] * 3
    groups = sorted_groups(inspected(captured(calls).records).report)

    assert [each.first.severity for each in groups] == list(Severity)


@pytest.mark.parametrize(
    ("calls", "names"),
    [
        (
            [Call(0, "few", "thrown", 1), Call(1, "many", "thrown", 1)] * 3
            + [Call(1, "many", "thrown", 1)],
            ["many", "few"],
        ),
        (
            [Call(0, name, "well", 2) for name in ("short", "long")] * 30
            + [
                Call(0, name, "well", ms)
                for name, ms in (("short", 150), ("long", 2000))
            ],
            ["long", "short"],
        ),
    ],
    ids=["failing", "slow"],
)
def test_of_a_kind_the_worst_finding_stands_first(
    calls: list[Call], names: list[str]
) -> None:
    groups = sorted_groups(inspected(captured(calls).records).report)

    assert [each.first.name for each in groups] == names


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        ([1], [0]),
        ([8], [0] * 8),
        ([9], [0, 0, 0, 0, 4]),
        ([2, 30, 1], [0, 0, 0, 0, 0, 0, 25, 0]),
    ],
)
def test_of_many_of_a_kind_five_are_shown(kinds: list[int], shown: list[int]) -> None:
    firsts = [
        inspected(TRACES[code].triggers().records).findings[0]
        for code in ("no-handler", "unanswered", "credentials")
    ]
    groups = [
        FindingGroup(first)
        for first, count in zip(firsts, kinds, strict=False)
        for _ in range(count)
    ]

    assert [rest for _, rest in shown_groups(groups)] == shown
