"""The command that shows more of what a report has found to be unusual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.registry import NEST_TCP
from inspector.findings.finding import Severity

from .shell_words import shell_names, shell_word
from .verdict import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.figures.health import Health
    from inspector.figures.report import Report
    from inspector.findings.groups import FindingGroup


# decision 47: The report leads on to what is unusual
def next_command(
    report: Report,
    health: Health,
    groups: Sequence[FindingGroup],
    captures: Sequence[str],
    repeated: Sequence[str] = (),
) -> tuple[str, str]:
    """Return a command that can be pasted into a shell, and what it shows.

    Args:
        report: What was found.
        health: The state of the services that it is about.
        groups: Its findings, the worst first.
        captures: The captures, as they were given.
        repeated: Words of the command line that it needs as well.
    """
    names = shell_names(captures) + next_options(report, repeated)
    if health.failing or health.slow:
        failing, slowest = health.failing, next(iter(report.slowest))
        worst = failing[0].first if failing else slowest.number
        return f"show {names} {worst}", "all of it"
    if groups and groups[0].first.severity is Severity.ERROR:
        return f"follow {names} {groups[0].first.connection.number}", "the frames"
    if groups or not all(verdict.held for verdict in judge(report)):
        return f"ladder {names}", "each frame as an arrow, and what it waited for"
    return f"exchanges {names}", "each call on a line"


def next_options(report: Report, repeated: Sequence[str]) -> str:
    """Return the options without which a command finds less, or names it otherwise."""
    ports = "".join(
        f" --port {port}" if carrier == NEST_TCP else f" --carrier {carrier}:{port}"
        for port, carrier in sorted(report.forced.items())
    )
    return ports + "".join(f" {shell_word(word)}" for word in repeated)
