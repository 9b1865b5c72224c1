"""What a real Nest makes of a frame: the verdict, the count, what follows, the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from inspector.analysis.explanation import (
    Explanation,
    Judgement,
    character_counts,
    effects,
)
from inspector.analysis.words import plural
from protocol import UNDEFINED, Event, Packet, Request, Response, dumps

from .table import Cell, Column, table_lines
from .theme import show
from .values import safe, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

_MAX_SHOWN = 32
"""Characters of a body that are counted one by one."""
_MAX_RAW = 2000
_LABEL = 9  # cells in front of a line with a label


def print_explanations(console: Console, found: Iterable[Explanation]) -> None:
    """Print explanations for people, one below the other."""
    for index, explanation in enumerate(found):
        if index:
            show(console, Text())
        for line in explanation_lines(explanation, console.width):
            show(console, line)


def explanation_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    """Yield the lines of one explanation."""
    raw = explanation.raw.decode("utf-8", "replace")
    yield Text(safe(raw[:_MAX_RAW]) + "…" * (len(raw) > _MAX_RAW), "answer")
    yield Text()
    yield _verdict(explanation)
    if explanation.body:
        yield Text()
        yield from _count_lines(explanation, width)
    yield Text()
    yield from _effect_lines(explanation, width)
    yield Text()
    if explanation.judgement is not Judgement.RIGHT:
        yield from _fix_lines(explanation)
    yield from _meaning_lines(explanation)


def _verdict(explanation: Explanation) -> Text:
    if explanation.judgement is Judgement.RIGHT:
        units = plural(explanation.units, "unit")
        return Text.assemble(
            ("✓ ", "good"), (f"Nest reads {units}, the whole body.", "answer")
        )
    return Text.assemble(("✗ ", "error"), (_sentence(explanation), "answer"))


def _sentence(explanation: Explanation) -> str:
    judgement, length = explanation.judgement, explanation.length or 0
    difference = abs(length - explanation.units)
    more = f"{difference:,} more" if length > explanation.units else ""
    if judgement is Judgement.BYTES:
        counted = "The length counts UTF-8 bytes."
        return f"{counted} Nest counts UTF-16 units, and waits for {more}."
    if judgement is Judgement.CODE_POINTS:
        counted = "The length counts code points."
        return f"{counted} Nest counts UTF-16 units, and cuts off {difference:,}."
    if judgement is Judgement.TOO_LARGE:
        return f"The length is too large: Nest waits for {more}."
    if judgement is Judgement.TOO_SMALL:
        units = plural(difference, "unit")
        return f"The length is too small: Nest cuts off {units}."
    if judgement is Judgement.NO_DELIMITER:
        return "There is no #: Nest takes all of it for a length that goes on."
    return explanation.reason[:1].upper() + safe(explanation.reason[1:]) + "."


def _count_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    body = explanation.body
    if len(body) <= _MAX_SHOWN and _counts_width(body) <= width:
        yield from _character_lines(explanation)
        return
    rows = [
        _count_row("body", len(body), explanation.units, explanation.size, ""),
        *(
            _count_row(
                safe(each), count, *_units_and_bytes(each, count), "each of them"
            )
            for each, count in character_counts(body).most_common(_LABEL)
        ),
    ]
    columns = [
        Column("counted"),
        Column("characters", right=True),
        Column("units", right=True),
        Column("bytes", right=True),
    ]
    yield from table_lines(columns, rows, width)


def _units_and_bytes(character: str, count: int) -> tuple[int, int]:
    return count * (1 + (character > "\uffff")), count * len(character.encode())


def _count_row(name: str, points: int, units: int, size: int, _note: str) -> list[Cell]:
    return [Cell(name), *(Cell(f"{figure:,}") for figure in (points, units, size))]


def _counts_width(body: str) -> int:
    return _LABEL + 3 * len(body) + _MAX_SHOWN


def _character_lines(explanation: Explanation) -> Iterator[Text]:
    body = explanation.body
    units = [1 + (each > "\uffff") for each in body]
    sizes = [len(each.encode()) for each in body]
    columns = [Column("body"), *(Column(safe(each), right=True) for each in body)]
    columns += [Column(" sum", right=True), Column("")]
    declared = explanation.length
    rows = [
        _figures("units", units, "  Nest counts these"),
        _figures(
            "bytes", sizes, "  the length that was sent" * (declared == sum(sizes))
        ),
    ]
    if declared == len(body) != sum(units):
        points = [1] * len(body)
        rows.append(_figures("points", points, "  the length that was sent"))
    yield from table_lines(columns, rows, 10_000)


def _figures(name: str, counts: list[int], note: str) -> list[Cell]:
    cells = [Cell(f"{each}", "note" if each > 1 else "muted") for each in counts]
    return [Cell(name, "muted"), *cells, Cell(f"{sum(counts):,}", "answer"), Cell(note)]


def _effect_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    found = effects(explanation)
    if any(effect.case for effect in found):
        columns = [
            Column("What follows"),
            Column("Nest"),
            Column("what it does", flexible=20),
        ]
        rows = [
            [Cell(each.case), Cell(each.versions), Cell(each.deed)] for each in found
        ]
    else:
        columns = [Column("Nest"), Column("what it does", flexible=20)]
        rows = [[Cell(each.versions), Cell(each.deed)] for each in found]
    yield from table_lines(columns, rows, width)


def _fix_lines(explanation: Explanation) -> Iterator[Text]:
    if explanation.packet is None and explanation.judgement in {
        Judgement.NO_JSON,
        Judgement.NO_DELIMITER,
    }:
        fix = "the length in UTF-16 units, #, and the JSON text"
    else:
        fix = safe(explanation.right_frame.decode()[:_MAX_RAW])
    yield _labelled("fix", fix, "good")
    if explanation.judgement in {Judgement.BYTES, Judgement.CODE_POINTS}:
        yield _labelled("", "in Python   len(text.encode('utf-16-le')) // 2")


def _meaning_lines(explanation: Explanation) -> Iterator[Text]:
    if explanation.packet is None:
        if explanation.reason and explanation.judgement is not Judgement.NO_JSON:
            yield _labelled("then", _nothing(explanation))
        return
    label = "" if explanation.judgement is Judgement.RIGHT else "then"
    for name, text in _meaning(explanation, explanation.packet):
        yield _labelled(label or name, f"{name}   {text}" if label else text)
        label = " " if label else ""


def _nothing(explanation: Explanation) -> str:
    return f"{safe(explanation.reason)}: an event that nobody handles, no reply"


def _meaning(explanation: Explanation, packet: Packet) -> Iterator[tuple[str, str]]:
    """Yield what a packet says, name by name."""
    if isinstance(packet, Response):
        yield "kind", "reply"
        yield "id", safe(dumps(packet.id).decode())
        for name, payload in (("response", packet.response), ("err", packet.err)):
            if payload is not UNDEFINED:
                yield name, value_text(payload)
        yield "end", "yes" if packet.final else "no, more is expected"
        return
    yield "kind", "request" if isinstance(packet, Request) else "event, no reply"
    yield "route", safe(explanation.route or "")
    if isinstance(packet, Request):
        yield "id", safe(dumps(packet.id).decode())
    yield "data", _data(packet)


def _data(packet: Request | Event) -> str:
    return "none: undefined" if packet.data is UNDEFINED else value_text(packet.data)


def _labelled(label: str, text: str, style: str = "muted") -> Text:
    return Text.assemble((f"{label:<{_LABEL}}", style), text)
