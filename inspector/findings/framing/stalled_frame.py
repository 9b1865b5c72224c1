"""A part of a frame, and then nothing for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import duration, duration_range, plural, size

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from protocol import NestVersion


@finding("stalled-frame", Severity.WARNING, about=Remark, rank=220)
class StalledFrame(RemarkRule):
    """A part of a frame, and then nothing for long."""

    fix = (
        "write the whole frame at once, with its length in UTF-16 code units, and "
        "nothing after it"
    )
    see = "follow"

    def message(self, finding: Finding) -> str:
        return (
            ("white space after a frame" if _blank(finding) else "part of a frame")
            + f" from the {finding.sender}, then nothing for "
            + duration(finding.duration_ns)
        )

    def headline(self, group: FindingGroup) -> str:
        if _blank(group.first):
            return plural(group.count, "frame") + " followed by white space"
        return plural(group.count, "incomplete frame")

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{_what(group)}, and nothing more for "
            f"{duration_range(group.shortest_ns, group.longest_ns)}. "
            f"{_action(group.first.nest)} {group.packets()}"
        )


def _blank(finding: Finding) -> bool:
    return finding.subject == "blanks"


def _what(group: FindingGroup) -> str:
    if _blank(group.first):
        return "White space, which counts as the beginning of another frame, arrived"
    if group.count == 1:
        return f"{size(group.size)} of a frame arrived"
    return "Parts of frames arrived"


def _action(nest: NestVersion) -> str:
    limit = nest.incomplete_timeout_ns
    if limit is None:
        return f"Nest {nest.major} waits forever."
    return f"Nest {nest.major} drops such a connection after {duration(limit)}."
