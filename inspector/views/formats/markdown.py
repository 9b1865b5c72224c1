"""The report as Markdown, for a pull request or the summary of a run.

Text from a capture is in code spans and code blocks alone (:mod:`..markdown_text`).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from inspector.figures.rows import PatternRow
from inspector.figures.services import named, services, together
from inspector.shorthand import short
from inspector.views.finding_words import findings_said
from inspector.views.markdown_text import code, header, longest_run, table_row
from inspector.views.output_format import Format, registered
from inspector.views.rendering import CANNOT_BE, milliseconds
from inspector.views.report_view import shown_name
from inspector.views.traffic_tables import chosen
from inspector.views.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.comparing.comparison import Comparison
    from inspector.figures.health import Health
    from inspector.figures.report import Report
    from inspector.views.finding_words import Said
    from inspector.views.output_format import Found

_FIGURES = ["count", "errors", "no reply", "p50 ms", "p99 ms", "max ms"]
_MOST_SERVICES = 4


@registered("Markdown for a pull request")
class Markdown(Format):
    """Verdicts, conditions, tables and findings."""

    def report(self, found: Found) -> None:
        """Write all once all is read."""
        found.read()
        for line in markdown_lines(found):
            self.write_line(line.encode())

    def diff(self, comparison: Comparison, found: Sequence[Found]) -> None:
        """Write what differs between two captures."""
        from inspector.views.markdown_diff import diff_lines

        for line in diff_lines(comparison):
            self.write_line(line.encode())


def markdown_lines(found: Found) -> Iterator[str]:
    """Yield the lines of a report on what was found; all of it has been read."""
    report = found.report()
    names = ", ".join(code(shown_name(name)) for name in found.captures)
    yield f"### protocol-inspect: {names}"
    health = assess(report)
    for parts in (
        _verdicts(report, health),
        _gates(found),
        _patterns(health),
        _services(report),
        chain.from_iterable(map(_finding, findings_said(report))),
    ):
        lines = list(parts)
        yield from ["", *lines] if lines else ()


def _verdicts(report: Report, health: Health) -> Iterator[str]:
    judged = judge_health(report, health)
    if judged is not None:
        yield f"- {judged.mark} {code(judged.sentence)}"
    for verdict in judge(report):
        yield f"- {'✓' if verdict.held else '≠'} {code(verdict.sentence)}"
    if not report.connections:
        yield "- No packet of Nest was seen."


def _gates(found: Found) -> Iterator[str]:
    for gate in found.gates():
        passed = "✓ passed" if not gate.failure else "✗ failed"
        yield f"- {passed}: {code(gate.failure or gate.name)}"


def _patterns(health: Health) -> Iterator[str]:
    shown, rest = chosen(health.patterns)
    if not shown:
        return
    yield from header("pattern", *_FIGURES)
    for (_, route, kind), row in shown:
        yield table_row(code(short(route)), *_figures(row, kind))
    if rest:
        kinds = {kind for _, _, kind in rest}
        kind = kinds.pop() if len(kinds) == 1 else Kind.MESSAGE
        row = PatternRow.sum(list(rest.values()))
        yield table_row(f"and {len(rest):,} more", *_figures(row, kind))


def _services(report: Report) -> Iterator[str]:
    found = named(services(report), report.names)
    found = [each for each in found if each.calls.count]
    if len(found) <= 1:
        return
    rest = found[_MOST_SERVICES:]
    yield from header("client → server", *_FIGURES)
    for each in found[:_MOST_SERVICES]:
        ends = f"{code(each.pair.client)} → {code(each.pair.server)}"
        yield table_row(ends, *_figures(each.calls, Kind.MESSAGE))
    if rest:
        figures = _figures(together(rest).calls, Kind.MESSAGE)
        yield table_row(f"and {len(rest):,} more", *figures)


def _finding(said: Said) -> Iterator[str]:
    """Yield a finding: its words are in a block, as they name what was captured."""
    words = [said.headline, said.cause, f"fix: {said.fix}"]
    fence = "`" * max(3, longest_run("\n".join(words)) + 1)
    yield from [f"**{said.severity}** `{said.code}`", "", f"{fence}text"]
    yield from [*words, fence, ""]


def _figures(row: PatternRow, kind: Kind) -> list[str]:
    if kind is Kind.EVENT:
        return [f"{row.count:,}", CANNOT_BE, CANNOT_BE, "event", "", ""]
    times = [milliseconds(row.latencies.quantile(part)) for part in (0.5, 0.99, 1)]
    return [f"{row.count:,}", f"{row.errors:,}", f"{row.unanswered:,}", *times]
