"""The answer to a query: as a table for people, JSON lines, or comma-separated values.

What passed on a network is in it: no terminal obeys it, and no spreadsheet reckons it.
"""

from __future__ import annotations

import math
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.columnar.columns import COLUMNS, SOURCE
from inspector.columnar.relations import COMPUTED, EXCHANGES, VIEWS
from protocol import escape_controls_in_json

from .csv_lines import harmless, lines_of
from .layout import Cell, Column, Listing
from .prose import wrapped
from .rendering import CANNOT_BE, safe
from .text import Text
from .theme import PROSE_WIDTH, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from inspector.columnar.queries import Answer, Field

_SAMPLE = 1000
"""Rows whose width decides the width of the columns."""
_LEAST = 8  # cells to which a text may be shortened
_NAMES = {"route", "client", "server", "source", "channel"}
_WORDS = {"kind", "outcome", "carrier", "cause", "doubt"}  # of ours, and short
_RIGHT = {"number", "decimal"}
_SHOWN_TIME = 19  # characters of a time, to its seconds
_FRACTION = 4  # … and those of its milliseconds
_WHOLE_MINUTE = ":00Z"
_EXACT = 1 << 63
"""Integers beyond which JSON has no word of msgspec's."""


def print_answer(console: Console, answer: Answer) -> None:
    """Print rows for people as they come; a sentence where there are none."""
    rows = (
        [_cell(*each) for each in zip(answer.fields, row, strict=True)]
        for row in answer.rows
    )
    sample = list(islice(rows, _SAMPLE))
    if not sample:
        show(console, Text("No rows.", "answer"))
        return
    listing = Listing(console, [_column(each) for each in answer.fields], sample)
    for row in chain(sample, rows):
        listing.print(row)
    _print_left_out(console, listing, answer.fields)


def _print_left_out(
    console: Console, listing: Listing, fields: Sequence[Field]
) -> None:
    """Name the columns for which the screen is too narrow."""
    hidden = [each.name for i, each in enumerate(fields) if not listing.shows(i)]
    if hidden:
        words = f"Not shown: {', '.join(map(safe, hidden))}; a wider screen, --json or"
        line = Text(f"{words} --csv has them.", "muted")
        for part in wrapped(line, min(console.width, PROSE_WIDTH), 0, 2):
            show(console, part)


def _column(field: Field) -> Column:
    fixed = field.kind not in {"text", "json"} or field.name in _WORDS
    return Column(
        safe(field.name),
        right=field.kind in _RIGHT,
        flexible=0 if fixed else _LEAST,
        is_name=field.name in _NAMES,
    )


def _cell(field: Field, value: Any) -> Cell:  # noqa: ANN401 — a number, a text …
    if value is None:
        return Cell(CANNOT_BE, "muted")
    if field.kind == "time":
        return Cell(_time(value))
    if isinstance(value, bool):
        return Cell("true" if value else "false")
    return Cell(_figure(value) if isinstance(value, float) else safe(str(value)))


def _time(spelled: str) -> str:
    """Return a time as a row has it: to its milliseconds, or the minute that it is."""
    shown = spelled.replace("T", " ")
    if shown.endswith(_WHOLE_MINUTE):
        return shown.removesuffix(_WHOLE_MINUTE)
    _, point, digits = shown.partition(".")
    fraction = point + digits.rstrip("Z")[: _FRACTION - 1] if point else ""
    return shown[:_SHOWN_TIME] + fraction


def _figure(value: float) -> str:
    if not math.isfinite(value) or value == 0:
        return str(value)
    return repr(round(value, 3)) if abs(value) >= 0.001 else f"{value:.3g}"  # noqa: PLR2004 — what is left of three decimals


def json_lines(answer: Answer) -> Iterator[bytes]:
    """Yield a JSON line for each row; a name that occurs again has its number."""
    names = _unlike([each.name for each in answer.fields])
    kinds = [each.kind for each in answer.fields]
    encode = msgspec.json.Encoder().encode
    for row in answer.rows:
        members = map(_member, kinds, row)
        line = encode(dict(zip(names, members, strict=True)))
        yield escape_controls_in_json(line) + b"\n"


def _unlike(names: Sequence[str]) -> list[str]:
    taken: dict[str, None] = {}
    for name in names:
        unlike, count = name, 1
        while unlike in taken:
            count += 1
            unlike = f"{name}_{count}"
        taken[unlike] = None
    return list(taken)


def _member(kind: str, value: Any) -> Any:  # noqa: ANN401 — as JSON has it
    if value is None:
        return None
    if kind in {"json", "decimal"}:
        return msgspec.Raw(value.encode())
    if type(value) is int and not -_EXACT <= value < _EXACT:
        return msgspec.Raw(str(value).encode())
    return value


def csv_rows(answer: Answer) -> Iterator[bytes]:
    """Yield the lines of a file, the names first; what is absent is an empty cell."""
    yield from _csv([[harmless(each.name) for each in answer.fields]])
    for row in answer.rows:
        cells = ["" if each is None else harmless(each) for each in row]
        yield from _csv([cells])


def _csv(rows: Sequence[Sequence[str]]) -> Iterator[bytes]:
    return (line.encode() for line in lines_of(rows))


def print_views(console: Console) -> None:
    """Print what a query may ask for: the views and exchanges, with their columns."""
    for index, (name, meaning, columns) in enumerate(_listed()):
        if index:
            show(console, Text())
        head = Text.assemble((name, "title"), f"  {meaning}")
        for part in (head, Text(", ".join(columns), "muted")):
            margin = 0 if part is head else _MARGIN
            width = min(console.width, PROSE_WIDTH)
            for line in wrapped(part, width, margin, _MARGIN - margin):
                show(console, line)


_MARGIN = 3


def view_lines() -> Iterator[bytes]:
    """Yield a JSON line for each of them: ``name``, ``meaning``, ``columns``."""
    for name, meaning, columns in _listed():
        line = {"type": "view", "name": name, "meaning": meaning, "columns": columns}
        yield msgspec.json.encode(line) + b"\n"


def _listed() -> Iterator[tuple[str, str, Sequence[str]]]:
    for view in VIEWS:
        yield view.name, view.meaning, view.columns
    plain = [SOURCE, *(each.name for each in COLUMNS if not each.payload), *COMPUTED]
    yield EXCHANGES, "every exchange; docs/queries.md describes its columns", plain
    payloads = [each.name for each in COLUMNS if each.payload]
    yield EXCHANGES, "… and with exchanges --parquet --payloads besides", payloads
