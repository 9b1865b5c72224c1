from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.findings.rules.network import RULES
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
        ("nagle-stall", "1 request waited 41.2 ms", ["Nagle", "setNoDelay(true)"]),
        ("connection-reset", "1 connection reset", ["server", "RST"]),
        ("zero-window", "no room at the server, 2 times", ["event loop", "128 MiB"]),
        ("foreign-protocol", "HTTP on a port of Nest", [":8888", "another port"]),
        ("retransmissions", "1 segment sent again", ["200 ms"]),
        (
            "empty-connection",
            "1 connection that carried nothing",
            ["health probe", ":8888"],
        ),
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
