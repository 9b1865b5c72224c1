from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.findings.rules.framing import RULES
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
        (
            "length-unit",
            "lengths in UTF-8 bytes",
            [
                "UTF-8 bytes",
                "#2",
                "44 for 41",
                "waits",
                "takes it from the next frame",
                "closes",
            ],
        ),
        ("corrupted-length", "1 frame with a corrupted length", ["'abc'", "drops"]),
        ("invalid-json", "1 frame whose body is not JSON", ["drops", "closes"]),
        (
            "stalled-frame",
            "1 time a frame without its rest",
            ["31.0 s", "30.0 s", "came"],
        ),
        ("unknown-packet", "1 frame with JSON that is no packet", ["a string"]),
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
