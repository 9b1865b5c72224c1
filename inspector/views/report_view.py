"""The report: what was captured, the verdict and its proof, patterns, findings.

The answer comes first, the table beneath is its proof, and the next command is on the
screen.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from inspector.findings.catalogue import rule_of
from inspector.findings.finding import Severity
from inspector.sources.files import STDIN
from inspector.words import duration, listing, plural
from protocol.named_tuple import NamedTuple

from .chain_table import chain_rows_lines
from .clock import time_range
from .finding_order import shown_groups, sorted_groups
from .next_command import next_command, next_options, next_show
from .prose import wrapped
from .rendering import safe
from .see_command import is_command, see_lines, see_words, worth_a_command
from .shell_words import from_pipe, shell_names
from .text import Text
from .theme import PROSE_WIDTH, show, table_width
from .traffic_tables import (
    pattern_lines,
    request_lines,
    service_lines,
    slowest_lines,
)
from .verdict import judge
from .who_spoke import connection_lines
from .wire_table import wire_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

    from inspector.figures.health import Health
    from inspector.figures.report import Report
    from inspector.findings.groups import FindingGroup
    from inspector.streams.clocks import Clock

    from .next_command import Next

_WIDE = 110
"""From this width on the next command has its reason."""
_SECOND = 1_000_000_000  # in nanoseconds
_EQUAL_NS = 10_000
"""Clocks that differ by less are taken for one: files in microseconds round as much."""
_STRANGE = "own-serializer"
_NEXT = "next     "  # what stands before the command that shows more
_MARK = 2  # cells of the mark in front of a sentence, and the blank after it
_BESIDE = 2  # cells between a headline and the code of a finding
_MARGIN = 9  # cells in front of what a finding says


def print_report(
    console: Console,
    report: Report,
    captures: Sequence[str],
    repeated: Sequence[str] = (),
) -> None:
    """Print a report for people, with the arguments of :func:`report_lines`."""
    room = console.width, table_width(console)
    lines = list(report_lines(report, captures, *room, repeated))
    tall = console.is_terminal and len(lines) >= console.height
    if tall and lines[-1].plain.startswith(_NEXT):
        lines[-1:-1] = _answer_of(lines)
    for line in lines:
        show(console, line, whole=line.plain.startswith(_NEXT) or is_command(line))


def _answer_of(lines: Sequence[Text]) -> list[Text]:
    """Return the first sentence of a report, which stands below its heading."""
    start = next(place for place, line in enumerate(lines) if not line.plain) + 1
    end = start + 1
    while lines[end].plain.startswith(" " * _MARK):  # it goes on
        end += 1
    return [line.copy() for line in lines[start:end]]


def report_lines(  # noqa: PLR0913 — what the commands in it need
    report: Report,
    captures: Sequence[str],
    width: int,
    tables: int | None = None,
    repeated: Sequence[str] = (),
    *,
    readable: bool = True,
) -> Iterator[Text]:
    """Yield the lines of a report.

    Args:
        report: What is shown.
        captures: Where it was read.
        width: Cells of a line.
        tables: Those of a table, where these differ.
        repeated: Words of the command line that the next command needs as well.
        readable: Whether it can be read there again; otherwise no command is named.
    """
    prose = min(width, PROSE_WIDTH)
    for line in heading_lines(report, captures):
        yield from wrapped(line, width, 0, hanging=_MARK)
    yield Text()
    if not report.connections:
        yield Text("No packet of Nest was seen.", "answer")
        yield Text()
        requests = list(request_lines(report, tables or width))
        yield from [*requests, Text()] if requests else ()
        yield from _finding_lines(report, prose, _Commands())
        return
    health, groups = assess(report), sorted_groups(report)
    following = next_command(report, health, groups, captures, repeated)
    for line in verdict_lines(report, health):
        yield from wrapped(line, prose, 0, hanging=_MARK)
    yield Text()
    yield from _tables(report, health, tables or width)
    names = shell_names(captures) + next_options(report, repeated)
    names = names if readable and not from_pipe(captures) else ""
    commands = _Commands(names, following.command, width)
    findings = list(_finding_lines(report, prose, commands))
    yield from [*findings, Text()] if findings else ()
    if readable:
        yield _next_line(following, width)


def print_next(
    console: Console,
    report: Report,
    captures: Sequence[str],
    repeated: Sequence[str] = (),
) -> None:
    """Print the next command of a report under another view of its captures."""
    groups = sorted_groups(report)
    following = next_command(report, assess(report), groups, captures, repeated)
    show(console, Text())
    show(console, _next_line(following, console.width), whole=True)


def print_next_show(
    console: Console,
    number: int | None,
    report: Report,
    captures: Sequence[str],
    repeated: Sequence[str] = (),
) -> None:
    """Print the command that shows an exchange under a list of some, at a terminal.

    Args:
        console: Where to.
        number: Of the exchange; None where none deserves a look.
        report: What was found.
        captures: The captures, as they were given.
        repeated: Words of the command line that the command needs as well.
    """
    if number is None or not console.is_terminal or console.record:
        return
    following = next_show(number, report, captures, repeated)
    show(console, Text())
    show(console, _next_line(following, console.width), whole=True)


def _next_line(following: Next, width: int) -> Text:
    """Return the line of the next command, with its reason where there is room."""
    command, reason = following
    if not command:
        return Text(_NEXT + reason, "muted")
    shown = f"   {reason}" * (width >= _WIDE)
    return Text.assemble((_NEXT, "muted"), (command, "command"), (shown, "muted"))


def _tables(report: Report, health: Health, width: int) -> Iterator[Text]:
    """Yield the tables of what happened, each with an empty line after it."""
    for lines in (
        wire_lines(report, width),
        pattern_lines(report, health, width),
        request_lines(report, width),
        chain_rows_lines(report.chains, width),
        slowest_lines(report, health, width),
        service_lines(report, width),
    ):
        table = list(lines)
        yield from [*table, Text()] if table else ()


def shown_name(capture: str) -> str:
    """Return a capture as a person would type it in its folder."""
    return safe(Path(capture).name)


def names_shown(captures: Sequence[str]) -> str:
    """Return the first capture as :func:`shown_name`, and how many more there are."""
    name = "stdin" if captures[0] == STDIN else shown_name(captures[0])
    return name + (f" and {len(captures) - 1:,} more" if len(captures) > 1 else "")


def heading_lines(report: Report, captures: Sequence[str]) -> Iterator[Text]:
    """Yield what was captured: the names, the packets and when, then who spoke."""
    name = names_shown(captures)
    first_ns = report.first_ns or 0
    span = duration(report.last_ns - first_ns)
    yield Text.assemble(
        (name, "answer"),
        f"   {plural(report.packet_records, 'packet')} in {span}",
        (f"   {time_range(first_ns, first_ns)}", "muted"),
    )
    yield from _omission_lines(report)
    yield from _clock_lines(report)
    yield from connection_lines(report)
    yield from _translation_lines(report)
    yield from _secret_lines(report)
    if not report.connections:
        yield Text(f"{plural(report.other_connections, 'TCP connection')}", "muted")
    if report.not_understood:
        yield Text(f"Not understood   {reasons(report.not_understood)}", "warning")


def _omission_lines(report: Report) -> Iterator[Text]:
    """Yield that packets were left out on purpose, and by what, as captures say."""
    if report.omissions:
        choices = listing([safe(each) for each in report.omissions if each])
        by = f" by {choices}" if choices else ""
        yield Text(f"Other packets were left out{by}", "muted")


def _clock_lines(report: Report) -> Iterator[Text]:
    """Yield how the clocks of captures differ that saw the same packets."""
    for clock in report.clocks:
        if clock.leading:
            both = f"{plural(clock.shared, 'packet')} in both, counted once"
            yield Text(f"{_differs(clock)}; {both}", "muted")


def _secret_lines(report: Report) -> Iterator[Text]:
    """Yield how many connections of TLS were decrypted, and why others were not."""
    decrypted = report.decrypted
    if decrypted:
        words = f"TLS   {plural(decrypted.connections, 'connection')} decrypted"
        yield Text("; ".join([words, *undecrypted_words(report)]), "muted")


def undecrypted_words(report: Report) -> Iterator[str]:
    """Yield why connections of TLS were not decrypted: ``1 not: its …``."""
    for reason, count in report.decrypted.unread.most_common():
        yield f"{count:,} not: {reason}"


def _translation_lines(report: Report) -> Iterator[Text]:
    """Yield which connections are seen before and after address translation."""
    if report.translated:
        ends = [f"{one} is {other}" for one, other in islice(report.translated, 2)]
        left = len(report.translated) - len(ends)
        count = plural(report.translated.total(), "connection")
        yield Text(
            f"{count} before and after address translation, counted once: "
            + listing(ends, f"{left:,} more" if left else ""),
            "muted",
        )


def _differs(clock: Clock) -> str:
    name, leading = shown_name(clock.name), shown_name(clock.leading)
    if abs(clock.offset_ns) > max(clock.spread_ns, _EQUAL_NS):
        way = "ahead of" if clock.offset_ns > 0 else "behind"
        text = f"{name} is {duration(abs(clock.offset_ns))} {way} {leading}"
    else:
        text = f"{name} has the clock of {leading}"
    if clock.drift:
        way = "gains" if clock.drift > 0 else "loses"
        text += f", and {way} {duration(round(abs(clock.drift) * _SECOND))} a second"
    return text


def reasons(records: Mapping[str, int]) -> str:
    """Return records that were passed over, by why: ``2 ARP, 1 link type 147``."""
    return ", ".join(f"{count:,} {reason}" for reason, count in records.items())


class Answer(NamedTuple):
    """A sentence of the verdict, its mark and the role of that; both may be empty."""

    mark: str
    style: str
    sentence: str


def answers(report: Report, health: Health) -> Iterator[Answer]:
    """Yield the verdict: first on the health of the services, then on the packets."""
    judged = judge_health(report, health)
    if judged is not None:
        yield Answer(judged.mark, judged.style, safe(judged.sentence))
    verdicts = judge(report)
    if not verdicts and report.in_flight:
        yield Answer("", "", "No call was over when the capture ended.")
    elif not verdicts:
        yield Answer("", "", _nothing_seen(report))
    for verdict in verdicts:
        mark, style = ("✓", "good") if verdict.held else ("≠", "note")
        yield Answer(mark, style, verdict.sentence)


def verdict_lines(report: Report, health: Health) -> Iterator[Text]:
    """Yield both verdicts: of the services, and of the packets."""
    for mark, style, sentence in answers(report, health):
        shown = f"{mark} " if mark else ""
        yield Text.assemble((shown, style), (sentence, "answer"))


def _nothing_seen(report: Report) -> str:
    """Return that there is no call to judge, or that both sides speak otherwise."""
    groups = report.findings.values()
    frames = sum(each.size for each in groups if each.first.code == _STRANGE)
    if frames and not report.kinds.total():
        return f"Both sides speak, but not Nest: {plural(frames, 'frame')}."
    return "No message and no event was seen."


class _Commands(NamedTuple):
    """How the commands that findings have are written.

    Attributes:
        names: The captures, with the options that a command needs; empty for none.
        told: The command that the report ends with; none is shown twice.
        width: Cells of a line.
    """

    names: str = ""
    told: str = ""
    width: int = 0


def _finding_lines(report: Report, width: int, commands: _Commands) -> Iterator[Text]:
    groups = sorted_groups(report)
    grave, told = worth_a_command(groups), {commands.told}
    counts = [
        plural(count, severity)
        for severity in Severity
        if (count := sum(group.first.severity is severity for group in groups))
    ]
    if len(groups) > 1:
        yield Text.assemble(("Findings", "title"), (f"   {', '.join(counts)}", "muted"))
    for group, rest in shown_groups(groups):
        yield from group_lines(group, width)
        words = see_words(group.first, commands.names) if group in grave else []
        if " ".join(words) not in told:
            told.add(" ".join(words))
            yield from see_lines(words, commands.width, _MARGIN)
        if rest:
            severity = group.first.severity
            yield Text.assemble(
                (f"{severity:<{_MARGIN}}", severity),
                f"and {rest:,} more {group.first.code}; --json has them all",
            )


def group_lines(group: FindingGroup, width: int) -> Iterator[Text]:
    """Yield what was found, why it is so, and what to do about it."""
    rule, finding = rule_of(group.first.code), group.first
    severity = Text(f"{finding.severity:<{_MARGIN}}", finding.severity)
    headline = Text(safe(rule.headline(group)), "answer")
    for line in _with_code(headline, finding.code, width - _MARGIN):
        yield severity + line
        severity = Text(" " * _MARGIN)
    advice = rule.advice(group)
    cause = group.dated(rule.cause(group), advice)
    yield from wrapped(Text(safe(cause)), width, _MARGIN)
    fix = Text.assemble(("fix  ", "good"), safe(advice))
    yield from wrapped(fix, width, _MARGIN, hanging=5)


def _with_code(headline: Text, code: str, width: int) -> Iterator[Text]:
    """Yield a headline, folded, and a code: at the right edge where there is room."""
    *lines, last = wrapped(headline, width, 0)
    yield from lines
    room = width - last.cell_len - len(code)
    if room < _BESIDE:
        yield last
        yield Text(code, "muted")
    else:
        yield last + Text(" " * room + code, "muted")
