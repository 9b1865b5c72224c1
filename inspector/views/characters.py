"""The characters of a body, one by one: what each counts in units and in bytes.

::

    body        {  "  a  "  :  "  é 😀  "  }   sum
    units       1  1  1  1  1  1  1  2  1  1    11  Nest counts these
    bytes       1  1  1  1  1  1  2  4  1  1    14  the length that was sent
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from inspector.explain.explanation import Explanation, Judgement
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .cells import cell_len
from .layout import Cell, Column, table_lines
from .rendering import safe
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST = 10  # cells in front of the first character
_STEP = 3  # cells of a character, at least
_SUM = 6
_MAX_LISTED = 8  # characters that are not ASCII
_SENT = "  the length that was sent"
_CHARACTER = lazy_regex("[\udc80-\udcff]+|.", re.DOTALL)


class Counted(NamedTuple):
    """A character of a body, what is shown for it, and what it counts."""

    shown: str
    units: int
    size: int


def characters(raw: bytes) -> list[str]:
    """Return the characters of some bytes, each invalid sequence as surrogates."""
    text, found = raw.decode("utf-8", "surrogateescape"), list[str]()
    for each in _CHARACTER.finditer(text):
        if _is_invalid(each[0]):
            found += _invalid(each[0].encode("utf-8", "surrogateescape"))
        else:
            found.append(each[0])
    return found


def _invalid(raw: bytes) -> Iterator[str]:
    """Yield the parts of invalid bytes for each of which Nest reads one U+FFFD."""
    while raw:
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            yield raw[: error.end].decode("utf-8", "surrogateescape")
            raw = raw[error.end :]


def visible(character: str) -> str:
    """Return what is shown for a character: an escape where it has no width."""
    if _is_invalid(character):
        raw = character.encode("utf-8", "surrogateescape")
        return "".join(f"\\x{byte:02x}" for byte in raw)
    shown = safe(character)
    return shown if cell_len(shown) else f"\\u{ord(character):04x}"


def _is_invalid(character: str) -> bool:
    """Whether it represents bytes that are not UTF-8."""
    return "\udc80" <= character[0] <= "\udcff"


def _counted(character: str) -> Counted:
    size = len(character.encode("utf-8", "surrogateescape"))
    return Counted(visible(character), 1 + (character > "\uffff"), size)


def count_lines(explanation: Explanation, width: int) -> Iterator[Text]:
    """Yield the count of a body: of each character, or a table if they are many."""
    counted = []
    if len(explanation.body) <= width:
        counted = [_counted(each) for each in characters(explanation.body)]
    cells = [max(_STEP, cell_len(each.shown) + 1) for each in counted]
    if counted and _FIRST + sum(cells) + _SUM + len(_SENT) <= width:
        yield from _character_lines(explanation, counted, cells)
    else:
        yield from _table_of_characters(explanation, width)


def _character_lines(
    explanation: Explanation, counted: list[Counted], cells: list[int]
) -> Iterator[Text]:
    head = Text.assemble((f"{'body':<{_FIRST}}", "muted"))
    for each, room in zip(counted, cells, strict=True):
        head.append(" " * (room - cell_len(each.shown)) + each.shown, "")
    yield head.append(f"{'sum':>{_SUM}}", "answer")
    judgement = explanation.judgement
    rows = [
        ("units", [each.units for each in counted], Judgement.RIGHT),
        ("bytes", [each.size for each in counted], Judgement.BYTES),
    ]
    if judgement is not Judgement.BYTES and not explanation.body.isascii():
        rows.append(("points", [1 for _ in counted], Judgement.CODE_POINTS))
    for name, figures, sent in rows:
        yield _figures(name, figures, cells) + _note(name, sent=sent is judgement)


def _figures(name: str, figures: list[int], cells: list[int]) -> Text:
    line = Text.assemble((f"{name:<{_FIRST}}", "muted"))
    for figure, room in zip(figures, cells, strict=True):
        line.append(f"{figure:>{room}}", "answer" if figure > 1 else "")
    return line.append(f"{sum(figures):>{_SUM},}", "answer")


def _note(name: str, *, sent: bool) -> Text:
    if name == "units":
        return Text("  Nest counts these", "good")
    return Text(_SENT if sent else "", "error")


def _table_of_characters(explanation: Explanation, width: int) -> Iterator[Text]:
    """Yield a table of the characters that differ, for a body that is long."""
    counts = Counter(characters(explanation.body))
    special = {each: n for each, n in counts.items() if not each.isascii()}
    listed = sorted(special, key=lambda each: -special[each])[:_MAX_LISTED]
    rows = [_character_row(visible(each), {each: special[each]}) for each in listed]
    rest = {each: n for each, n in special.items() if each not in listed}
    if rest:
        rows.append(_character_row(f"{len(rest):,} others", rest))
    ascii_part = {each: n for each, n in counts.items() if each.isascii()}
    rows.append(_character_row("ASCII", ascii_part))
    rows.append(_sum_row(explanation, counts))
    names = ("characters", "units", "bytes")
    columns = [Column("Body"), *(Column(name, right=True) for name in names)]
    yield from table_lines(columns, rows, width)


def _character_row(name: str, counts: dict[str, int]) -> list[Cell]:
    counted = [(_counted(each), n) for each, n in counts.items()]
    figures = (
        sum(counts.values()),
        sum(each.units * n for each, n in counted),
        sum(each.size * n for each, n in counted),
    )
    return [Cell(name), *(Cell(f"{figure:,}") for figure in figures)]


def _sum_row(explanation: Explanation, counts: dict[str, int]) -> list[Cell]:
    name, points, units, size = _character_row("sum", counts)
    sent = explanation.judgement
    return [
        Cell(name.text, "answer"),
        Cell(points.text, "error" if sent is Judgement.CODE_POINTS else "answer"),
        Cell(units.text, "good"),
        Cell(size.text, "error" if sent is Judgement.BYTES else "answer"),
    ]
