"""The report as workflow commands of GitHub: annotations in the log of a run.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions;
what is escaped, and how, is that of ``@actions/core``: ``%``, CR and LF, in a property
``:`` and ``,`` as well. GitHub shows ten annotations of a level for a step, so that the
worst come first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from inspector.findings.finding import Severity
from inspector.views.finding_words import findings_said
from inspector.views.output_format import Format, registered
from inspector.views.rendering import safe

if TYPE_CHECKING:
    from inspector.views.output_format import Found

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}
_OF_HEALTH = {"error": "error", "warning": "warning"}
_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


@registered("annotations of GitHub")
class Github(Format):
    """A command for each condition that fails, for health, and for each finding."""

    def report(self, found: Found) -> None:
        """Write all once all is read."""
        found.read()
        report = found.report()
        for gate in found.gates():
            if gate.failure:
                self._write("error", "--fail-on", gate.failure)
        judged = judge_health(report, assess(report))
        if judged is not None:
            level = _OF_HEALTH.get(judged.style, "notice")
            self._write(level, "health", judged.sentence)
        for said in findings_said(report):
            words = f"{said.headline}. {said.cause} Fix: {said.fix}"
            self._write(_LEVELS[said.severity], said.code, words)

    def _write(self, level: str, title: str, message: str) -> None:
        title = safe(title).translate(_IN_PROPERTIES)
        message = safe(message).translate(_IN_MESSAGES)
        self.write_line(f"::{level} title={title}::{message}".encode())
