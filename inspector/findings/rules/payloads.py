"""Rules about payloads: what travels in data and response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.words import article, plural, size

from .rule import Rule, Severity

if TYPE_CHECKING:
    from inspector.findings.groups import Fold


def _credentials_headline(fold: Fold) -> str:
    parts = [
        plural(count, word, "replies" if word == "reply" else None)
        for word, count in fold.details.items()
    ]
    return f"{fold.first.subject} in " + " and in ".join(parts)


RULES = {
    "credentials": Rule(
        Severity.WARNING,
        lambda finding: f"{finding.subject} in {article(finding.detail)} in clear text",
        _credentials_headline,
        lambda fold: (
            f"{fold.named_routes()}: whoever can capture this connection can read it. "
            f"{fold.packets()}"
        ),
        lambda _: "tlsOptions on both sides, and replies without what nobody needs",
    ),
    "bloated-payload": Rule(
        Severity.NOTE,
        lambda finding: (
            f"{size(finding.size)} of {finding.subject} in {article(finding.detail)}"
        ),
        lambda fold: f"{size(fold.size)} of binary data as {fold.first.subject}",
        lambda fold: (
            f"{fold.named_routes()}: "
            + (
                "a Buffer in JSON takes three to four times its size"
                if fold.first.subject == "numbers"
                else "base64 takes a third more than its size"
            )
            + ", and is parsed as text on both sides. "
            + fold.packets()
        ),
        lambda finding: (
            "base64 instead of a Buffer, or a file elsewhere and its name here"
            if finding.subject == "numbers"
            else "a file elsewhere and its name here"
        ),
    ),
}
