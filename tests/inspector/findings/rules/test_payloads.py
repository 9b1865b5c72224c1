from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.findings.rules.payloads import RULES
from tests.inspector.conversation import inspected
from tests.inspector.traces import TRACES

if TYPE_CHECKING:
    from inspector.findings.groups import Fold


def _fold(code: str) -> Fold:
    folds = inspected(TRACES[code].triggers().records).report.findings.values()
    return next(fold for fold in folds if fold.first.code == code)


@pytest.mark.parametrize(
    ("code", "headline", "words"),
    [
        ("credentials", "password in 1 request", ["login", "tlsOptions"]),
        ("bloated-payload", "3.68 kB of binary data as numbers", ["login", "base64"]),
    ],
)
def test_a_rule_names_what_it_is_about(
    code: str, headline: str, words: list[str]
) -> None:
    fold, rule = _fold(code), RULES[code]

    assert rule.headline(fold) == headline
    text = f"{rule.message(fold.first)} {rule.cause(fold)} {rule.hint(fold.first)}"
    for word in words:
        assert word in text
