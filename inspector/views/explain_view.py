"""What a real Nest makes of a frame: the verdict, the count, what follows, the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.explain.effects import effects
from inspector.explain.explanation import Explanation, Judgement, verdict
from inspector.words import plural
from protocol import UNDEFINED, Event, JsonText, Packet, Response, dumps

from .cells import cell_len
from .characters import characters, count_lines, visible
from .layout import Cell, Column, table_lines
from .rendering import fit, safe, value_text
from .text import Text
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

_LABEL = 9  # cells in front of a line with a label
_MAX_SHOWN = 1000  # characters of a frame that can be worth a look
_ENDS = ("invalid JSON, FIN", "corrupted length, FIN")
_IN_PYTHON = "in Python   len(text.encode('utf-16-le')) // 2"


def print_explanations(console: Console, found: Sequence[Explanation]) -> None:
    """Print explanations for people, one below the other."""
    for number, explanation in enumerate(found, start=1):
        if number > 1:
            show(console, Text())
        if len(found) > 1:
            show(console, Text(f"Frame {number:,} of {len(found):,}", "muted"))
        for line in explanation_lines(explanation, console.width):
            show(console, line)


def explanation_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    """Yield the lines of one explanation."""
    right = explanation.judgement is Judgement.RIGHT
    style = "good" if right else "error"
    delimited = explanation.judgement not in {Judgement.NO_DELIMITER, Judgement.PROXY}
    yield _frame_text(explanation.raw, width, style, delimited=delimited)
    yield Text()
    yield from _verdict_lines(explanation)
    if right:
        yield Text()
        yield from _meaning_lines(explanation, width)
    elif explanation.body.isascii() and explanation.right_frame:
        yield Text()
    if right or explanation.body.isascii():
        yield from _length_lines(explanation)
    if not explanation.body.isascii():
        yield Text()
        yield from count_lines(explanation, width)
    yield Text()
    yield from _effect_lines(explanation, width)
    if not right:
        yield Text()
        yield from _fix_lines(explanation, width)
        yield from _then_lines(explanation, width)


def _frame_text(raw: bytes, width: int, style: str, *, delimited: bool = True) -> Text:
    """Return a frame on one line, its length in a style of its own."""
    shown = "".join(map(visible, characters(raw[: 4 * _MAX_SHOWN])))
    cut = len(raw) > 4 * _MAX_SHOWN or cell_len(shown) > width
    text = Text(fit(shown + "…" * cut, width) if cut else shown)
    if delimited:
        place = text.plain.find("#")
        text.stylize(style, 0, place)
        text.stylize("muted", place, place + 1)
    return text


def _verdict_lines(explanation: Explanation) -> Iterator[Text]:
    right = explanation.judgement is Judgement.RIGHT
    mark = ("✓ ", "good") if right else ("✗ ", "error")
    yield Text.assemble(mark, (safe(verdict(explanation)), "answer"))
    if explanation.lost:
        yield Text("  But not here: what precedes it makes Nest drop it.", "warning")
    if explanation.replaced:
        invalid = plural(explanation.replaced, "part")
        yield Text(f"  Not UTF-8 in {invalid}: Nest reads U+FFFD there.", "warning")


def _effect_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    found = effects(explanation)
    columns = [Column("Nest"), Column("what it does", flexible=20)]
    rows = [[Cell(each.versions), Cell(safe(each.action))] for each in found]
    if any(each.next_input for each in found):
        columns.insert(0, Column("What follows"))
        before = ""
        for row, each in zip(rows, found, strict=True):
            row.insert(0, Cell(each.next_input if each.next_input != before else ""))
            before = each.next_input
    for line in table_lines(columns, rows, width):
        line.highlight_words(_ENDS, "error")
        yield line


def _fix_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    frame = explanation.right_frame
    label = Text.assemble((f"{'fix':<{_LABEL}}", "good"))
    if frame is None:
        yield label + Text(_advice(explanation))
        return
    yield label + _frame_text(frame, width - _LABEL, "good")
    if explanation.judgement in {Judgement.BYTES, Judgement.CODE_POINTS}:
        yield Text(" " * _LABEL + _IN_PYTHON, "muted")


def _advice(explanation: Explanation) -> str:
    if explanation.judgement is Judgement.CUT_OFF:
        return "wait for the rest before you read it: TCP cuts where it likes"
    if explanation.judgement is Judgement.PROXY:
        return "remove send-proxy from the server line of the proxy"
    if b"{" in explanation.body and b'"' not in explanation.body:
        return "put it in single quotes: the shell has taken the double ones"
    return "the length in UTF-16 units, then #, then JSON text"


def _then_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    """Yield what the body would say with the right length."""
    if explanation.right_frame is None:
        return
    then = f"{'then':<{_LABEL}}"
    if explanation.packet is None:
        yield _cut(Text.assemble((then, "muted"), _nothing(explanation)), width)
        return
    for name, text in packet_members(explanation):
        line = Text.assemble((f"{then}{name:<{_LABEL}}", "muted"), text)
        yield _cut(line, width)
        then = " " * _LABEL


def _meaning_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    if explanation.packet is None:
        kind = f"{'kind':<{_LABEL}}"
        yield _cut(Text.assemble((kind, "muted"), _nothing(explanation)), width)
    for name, text in packet_members(explanation):
        line = Text.assemble((f"{name:<{_LABEL}}", "muted"), text)
        yield _cut(line, width)


def _length_lines(explanation: Explanation) -> Iterator[Text]:
    units, points = explanation.units, explanation.points
    figures = f"{plural(units, 'unit')}, {plural(len(explanation.body), 'byte')}"
    if explanation.right_frame is None:
        return
    sent = ""
    if explanation.missing and explanation.length is not None:
        sent = f"{explanation.length:,} sent, "
    text = f"{figures}, {plural(points, 'code point')}"
    yield Text.assemble((f"{'length':<{_LABEL}}", "muted"), (sent, "error"), text)


def _nothing(explanation: Explanation) -> str:
    return f"{safe(explanation.reason)}: an unhandled event, no reply"


def packet_members(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Yield what a packet says, name by name."""
    packet = explanation.packet
    if packet is None:
        return
    if isinstance(packet, Response):
        yield from _response_members(packet)
        return
    event = isinstance(packet, Event)
    yield "kind", "event, no reply ever" if event else "request"
    yield "route", safe(explanation.route or "")
    if not isinstance(packet, Event):
        yield "id", safe(dumps(packet.id).decode())
    yield "data", "none" if packet.data is UNDEFINED else value_text(packet.data)
    if packet.metadata is not UNDEFINED:
        yield "meta", value_text(packet.metadata)
    yield from _extra_members(packet)


def _response_members(packet: Response) -> Iterator[tuple[str, str]]:
    yield "kind", "reply"
    yield "id", safe(dumps(packet.id).decode())
    if packet.response is not UNDEFINED:
        yield "value", value_text(packet.response)
    if packet.err is not UNDEFINED:
        yield "err", value_text(packet.err)
    yield "end", "yes" if packet.final else "no, more is expected"
    yield from _extra_members(packet)


def _extra_members(packet: Packet) -> Iterator[tuple[str, str]]:
    extra: dict[str, JsonText] = dict(packet.extra)
    for name, payload in extra.items():
        yield "extra", f"{safe(name)}: {value_text(payload)}"


def _cut(line: Text, width: int) -> Text:
    if cell_len(line.plain) > width:
        line.truncate(width)
    return line
