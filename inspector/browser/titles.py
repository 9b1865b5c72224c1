"""What the first lines of the screen say: the capture, both verdicts, how far it is."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from inspector.figures.health import assess
from inspector.views.rendering import safe
from inspector.views.report_view import verdict_lines
from inspector.views.text import Text
from inspector.words import plural

if TYPE_CHECKING:
    from .session import Session

VIEWS = (
    "Exchanges",
    "Patterns",
    "Services",
    "Findings",
    "Ladder",
    "Packets",
    "Connections",
)
"""The views, in the order of their keys."""
FINDINGS = VIEWS.index("Findings")


def title_of(session: Session) -> tuple[Text, Text]:
    """Return what is browsed, and how many connections there are."""
    name = Text(safe(session.title), "answer")
    if session.heading is not None:
        return session.heading
    report = session.report
    if report is None:
        return name + Text(f"  {session.store.count:,} exchanges so far"), Text()
    with session.lock:
        lines = verdict_lines(report, assess(report)) if report.connections else ()
        parts = chain([name], lines)
        return Text("  ").join(parts), Text(
            plural(report.connections, "connection"), "muted"
        )


def view_names(session: Session) -> list[tuple[str, str]]:
    """Return the names of the views, each with what is counted there."""
    with session.lock:
        findings = 0 if session.report is None else len(session.report.findings)
    return [
        (name, f"{findings:,}" if place == FINDINGS and findings else "")
        for place, name in enumerate(VIEWS)
    ]


def problem_line(session: Session) -> Text | None:
    """Return what could not be read, or happened to the source; None for nothing."""
    if session.problems:
        return Text(safe(str(session.problems[0])), "warning")
    return Text(safe(session.notice), "warning") if session.notice else None
