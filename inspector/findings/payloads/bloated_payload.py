"""Binary data that is written as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import Payload
from inspector.findings.finding import Severity
from inspector.findings.payload_rule import PayloadRule
from inspector.findings.registry import finding
from inspector.findings.rule import Details
from inspector.words import article, size
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_LONG = 1_000
"""Characters of binary data from which on it matters how they are written."""
_VARIED = 24
"""Different characters that binary data shows in base64; "xxxx…" shows one."""
_BUFFER = lazy_regex(r'"type":"Buffer","data":\[[0-9,]{1000}')
_BASE64 = lazy_regex(r"(?>(?:data:[^,]{1,80}+,)?)[A-Za-z0-9+/_-]{1000,}+={0,2}+")


@finding("bloated-payload", Severity.NOTE, about=Payload, rank=350)
class BloatedPayload(PayloadRule):
    """Binary data that is written as text."""

    see = "exchanges --sort bytes --limit 5"

    shortest = string = _LONG

    def glance(self, text: str) -> bool:
        return bool(binary_in(text))

    def details(self, payload: Payload, _context: Context) -> Details:
        text = payload.text
        return Details(subject=binary_in(text), detail=payload.word, size=len(text))

    def message(self, finding: Finding) -> str:
        return (
            f"binary data as {finding.subject} in {article(finding.detail)} of "
            f"{size(finding.size)}"
        )

    def headline(self, group: FindingGroup) -> str:
        return (
            f"{size(group.size)} of payloads with binary data as {group.first.subject}"
        )

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.routes()}: {_growth(group)}, and both sides parse it as text. "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == "numbers":
            return "send base64 instead of a Buffer, or store the data elsewhere"
        return "store the data elsewhere and send a reference"


def _growth(group: FindingGroup) -> str:
    if group.first.subject == "numbers":
        return "a Buffer in JSON takes three to four times its size"
    return "base64 takes a third more than its size"


def binary_in(text: str) -> str:
    """Return how a payload writes binary data: numbers, base64, or not at all."""
    if '"Buffer"' in text and _BUFFER.search(text):
        return "numbers"
    # Looking at whole strings only is much quicker than searching for long runs.
    longest = max(text.split('"'), key=len)
    varied = len(set(longest[:_LONG])) >= _VARIED
    if len(longest) >= _LONG and varied and _BASE64.fullmatch(longest):
        return "base64"
    return ""
