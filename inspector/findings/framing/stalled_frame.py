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

    fix = "the whole frame at once, with the length in UTF-16 code units and no blank"

    def message(self, finding: Finding) -> str:
        return (
            ("blanks" if finding.subject == "blanks" else "part of a frame")
            + f" from the {finding.sender}, then nothing for "
            + duration(finding.duration_ns)
        )

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "time") + (
            " blanks behind a frame"
            if group.first.subject == "blanks"
            else " a frame without its rest"
        )

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{_what(group.first)}, for "
            f"{duration_range(group.shortest_ns, group.longest_ns)}. "
            f"{_action(group.first.nest)} {group.packets()}"
        )


def _what(first: Finding) -> str:
    if first.subject == "blanks":
        return "Blanks behind a frame count as the beginning of the next"
    return f"{size(first.size)} of a frame came, and the rest did not"


def _action(nest: NestVersion) -> str:
    limit = nest.incomplete_timeout_ns
    if limit is None:
        return f"Nest {nest.major} waits for ever."
    return f"Nest {nest.major} drops a connection after {duration(limit)}."
