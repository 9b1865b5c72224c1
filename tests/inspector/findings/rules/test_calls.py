from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.findings.rules.calls import RULES
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
            "no-handler",
            "a message that nobody handles",
            ["@MessagePattern('sum')", ":8888"],
        ),
        (
            "unanswered",
            "1 message without a reply",
            ["sum (#1)", "end of the capture", "timeout()"],
        ),
        (
            "unfinished-stream",
            "1 stream without an end",
            ["sum (#1)", "complete the Observable"],
        ),
        ("value-after-end", "1 reply after the last one", ["isDisposed"]),
        ("masked-error", "1 time “Internal server error”", ["RpcException", ":8888"]),
        ("duplicate-id", "1 id used twice at the same time", ["sum", "while"]),
        (
            "foreign-reply-key",
            "1 reply with a key of their own",
            ["traceId", "Nest 12"],
        ),
        ("in-doubt", "1 exchange in doubt", ["sum", "tcpdump -B"]),
        ("many-spellings", "1 pattern written in several ways", ['{"cmd":"sum"}']),
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
