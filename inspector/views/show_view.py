"""One exchange complete: what was asked, what came back, and all around it.

::

    #422  cmd:orders.create   3.22 s   slow.pcap
    client 10.1.0.11:41001 → server 10.1.1.6:8889   connection 2   2026-05-28 …

    ► request                                      43.222498 s   packet 1300
    │ {"userId": 421, "traceId": "tr-00421", "items": [{"sku": "A421", "qty": 1}]}

          ◄ reply                                       +3.22 s   packet 1424
          │ {"ok": true, "rows": [0]}

    Packets  …
    Around it  …
    again    protocol-call send 10.1.1.6:8889 '{"cmd":"orders.create"}' …
    next     protocol-inspect ladder slow.pcap --connection 2
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from inspector.findings.catalogue import rule_of
from inspector.findings.finding import Severity
from inspector.findings.groups import FindingGroup
from inspector.words import duration
from protocol import UNDEFINED

from .call_line import call_words, reads_stdin
from .clock import Times
from .connection_ends import ends_text
from .prose import wrapped
from .rendering import fit, pattern_text, safe
from .report_view import names_shown
from .see_command import is_command, see_lines, see_words
from .shell_words import SAVE_IT, from_pipe, program, shell_names, shell_word
from .show_bodies import body_lines
from .show_hops import hop_lines
from .show_tables import around_lines, packet_lines
from .text import Text
from .theme import PROSE_WIDTH, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Finding

    from .closeup import Closeup
    from .show_setting import Setting

_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
_GAP = "   "
_MARK = 2  # cells of the mark of a finding
_MARGIN = 9  # cells in front of a command
_LEAST_NAME = 10  # cells of a pattern in the heading


def print_closeup(console: Console, closeup: Closeup, setting: Setting) -> None:
    """Print an exchange for people."""
    for line in closeup_lines(closeup, setting):
        show(console, line, whole=is_command(line))
    for line in command_lines(closeup, setting):
        show(console, line, whole=True)


def closeup_lines(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    """Yield the lines of an exchange, without the commands that follow."""
    yield from said_lines(closeup, setting)
    yield from further_lines(closeup, setting)


def further_lines(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    """Yield the hops, the packets and the neighbours of an exchange."""
    hops = list(hop_lines(closeup.exchange, setting))
    yield from [*hops, Text()] if hops else ()
    yield from packet_lines(closeup, setting)
    yield Text()
    around = list(around_lines(closeup, setting))
    yield from [*around, Text()] if around else ()


def said_lines(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    """Yield what is known of an exchange without its packets, and an empty line."""
    yield from _heading(closeup, setting)
    yield Text()
    for finding in closeup.findings:
        yield from _finding_lines(finding, min(setting.width, PROSE_WIDTH))
        names = "" if from_pipe(setting.captures) else _names(setting)
        words = see_words(finding, names)
        yield from see_lines(words, setting.width, _MARK)
    if closeup.findings:
        yield Text()
    yield from body_lines(closeup, setting)
    yield Text()


def _heading(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    exchange = closeup.exchange
    took = exchange.duration_ns if exchange.values > 1 else exchange.latency_ns
    name = pattern_text(exchange.pattern, exchange.route)
    number = f"#{exchange.number}"
    after = [names_shown(setting.captures)]
    if took is not None:
        after.insert(0, duration(took))
    room = setting.width - len(number) - 2 - len(_GAP) - len(_GAP.join(after))
    if setting.cut and len(name) > room:
        name = fit(name, max(room, _LEAST_NAME)).rstrip()
    yield Text.assemble(
        (number, "muted"), "  ", (name, "route"), _GAP, _GAP.join(after)
    )
    moment = _moment(exchange.time_ns, setting.times)
    connection = f"connection {exchange.connection.number}"
    parts = [ends_text(exchange.connection), Text(connection), Text(moment)]
    if exchange.pushed:
        parts.insert(1, Text("the server asks"))
    yield from _joined(parts, setting.width)


def _joined(parts: list[Text], width: int) -> Iterator[Text]:
    """Yield parts in as few lines as they fit in."""
    line = parts[0]
    for part in parts[1:]:
        if line.cell_len + len(_GAP) + part.cell_len > width:
            yield line
            line = part
        else:
            line = Text(_GAP).join([line, part])
    yield line


def _moment(time_ns: int, times: Times) -> str:
    """Return a time to the millisecond; a damaged one may be beyond the calendar."""
    seconds, rest = divmod(time_ns, 1_000_000_000)
    try:
        whole = datetime.fromtimestamp(seconds, tz=UTC)
        whole = whole.astimezone() if times is Times.LOCAL else whole
    except (ValueError, OverflowError, OSError):
        return f"{seconds:,} s after 1970"
    return f"{whole:%Y-%m-%d %H:%M:%S}.{rest // 1_000_000:03} {whole:%Z}"


def _finding_lines(finding: Finding, width: int) -> Iterator[Text]:
    """Yield what was found, its code at the right, why, and what to do about it."""
    lines = list(wrapped(Text(safe(finding.message)), width, _MARK))
    mark = _MARKS[finding.severity], str(finding.severity)
    lines[0] = Text.assemble(mark, lines[0].divide([len(mark[0])])[1])
    room = width - lines[0].cell_len - len(finding.code)
    if room >= _MARK:
        lines[0].append(" " * room + finding.code, "muted")
    else:
        lines.append(Text(" " * _MARK + finding.code, "muted"))
    yield from lines
    yield from wrapped(Text(safe(_cause(finding))), width, _MARK)
    fix = Text.assemble(("fix  ", "good"), safe(finding.hint))
    yield from wrapped(fix, width, _MARK, hanging=5)


def _cause(finding: Finding) -> str:
    """Return why it is so, and in which packets, as a report has it of several."""
    group = FindingGroup(finding)
    group.add(finding)
    return rule_of(finding.code).cause(group)


def command_lines(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    """Yield the commands that make the call again, and that show what is around it."""
    exchange = closeup.exchange
    if setting.again and (words := call_words(exchange)) is not None:
        yield from _again_lines(exchange, words, setting)
    if from_pipe(setting.captures):
        yield Text(f"{'next':<{_MARGIN}}{SAVE_IT} to look further", "muted")
        return
    ladder = f"{program()} ladder {_names(setting)}"
    whole = setting._replace(cut=False)  # one line, as that of the report
    around = f"--where {shell_word(_around(closeup))}"
    yield from _command("next", [ladder, *_connection(exchange), around], whole)


def _connection(exchange: Exchange) -> list[str]:
    """Return the option for its connection; over a broker it has several."""
    if exchange.passage is not None:
        return []
    return [f"--connection {exchange.connection.number}"]


def _around(closeup: Closeup) -> str:
    """Return what holds for an exchange, and for its neighbours."""
    numbers = [closeup.exchange.number, *(each.number for each in closeup.neighbours)]
    if len(numbers) == 1:
        return f"number == {numbers[0]}"
    return f"number >= {min(numbers)} and number <= {max(numbers)}"


def _again_lines(
    exchange: Exchange, words: list[str], setting: Setting
) -> Iterator[Text]:
    """Yield the command that makes the call again: its data may take a pipe."""
    if not reads_stdin(exchange):
        yield from _command("again", words, setting)
        if exchange.data is UNDEFINED:
            note = "the call had no data; protocol-call sends {}"
            yield Text(f"{' ' * _MARGIN}{note}", "muted")
    elif from_pipe(setting.captures):
        yield Text(f"{'again':<{_MARGIN}}{SAVE_IT} to make the call again", "muted")
    else:
        shown = f"{program()} show {_names(setting)} {exchange.number} --json"
        yield from _command("again", [shown, "| jq .data |", *words], setting)


def _names(setting: Setting) -> str:
    """Return the captures, with the options that a command needs as well."""
    return shell_names(setting.captures) + setting.options


def _command(name: str, words: list[str], setting: Setting) -> Iterator[Text]:
    """Yield a command on one line, or with its last words on lines of their own."""
    head = Text.assemble((f"{name:<{_MARGIN}}", "muted"))
    line = " ".join(words)
    if len(line) <= setting.width - _MARGIN or not setting.cut:
        yield head + Text(line, "command")
        return
    for index, part in enumerate(parts := _broken(words, setting.width - _MARGIN - 2)):
        end = " \\" * (index < len(parts) - 1)
        begin = Text(" " * _MARGIN) if index else head
        yield begin + Text(part + end, "command")


def _broken(words: list[str], room: int) -> list[str]:
    """Return words in lines; one that is too wide for a line has one of its own."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
