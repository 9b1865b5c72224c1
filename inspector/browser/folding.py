"""Objects and arrays of pretty JSON, each of which can be folded to one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.views.text import Text
from inspector.words import nouns

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


_OPENING = {"{": "}", "[": "]"}


def folds(lines: Sequence[Text]) -> dict[int, int]:
    """Return where lines begin and end that can be folded: first → last.

    An object or array begins a line's end, and ends at the next bracket as far from
    the edge as that line begins.
    """
    found: dict[int, int] = {}
    open_ones: list[tuple[int, int, str]] = []  # line, cells before it, its end
    for place, line in enumerate(lines):
        text = line.plain.rstrip()
        body = text.lstrip(" │")
        margin = len(text) - len(body)
        if open_ones and open_ones[-1][1:] == (margin, body[:1]):
            found[open_ones.pop()[0]] = place
        elif open_ones and margin < open_ones[-1][1]:
            open_ones.clear()  # the text was cut before its end
        if text[-1:] in _OPENING:
            open_ones.append((place, margin, _OPENING[text[-1]]))
    return found


def unfolded(
    lines: Sequence[Text], ranges: Mapping[int, int], folded: Collection[int]
) -> list[tuple[int, Text]]:
    """Return the lines that are shown, each with its place among all.

    Args:
        lines: All of them.
        ranges: Those that can be folded.
        folded: The first line of each that is.
    """
    shown = []
    place = 0
    while place < len(lines):
        line = lines[place]
        last = ranges.get(place)
        if last is not None and place in folded:
            count = last - place - 1
            line = line.copy()
            line.append(f" … {count:,} {nouns(count, 'line')} ", "muted")
            line.append(lines[last].plain.lstrip(" │"))
            shown.append((place, line))
            place = last + 1
            continue
        shown.append((place, line))
        place += 1
    return shown


def wrapped_at(line: Text, width: int) -> list[Text]:
    """Return a line as pieces of at most so many cells, each as far in as the first.

    Args:
        line: The line; bars at its left stand at the left of each piece.
        width: Cells of a piece.
    """
    if line.cell_len <= width:
        return [line]
    plain = line.plain
    bars = len(plain) - len(plain.lstrip(" │"))
    bars = bars if bars < width // 2 else 0
    margin, rest = _halves(line, bars)
    pieces = []
    while rest.cell_len > width - bars:
        head = rest.copy()
        head.truncate(width - bars, ellipsis=False)
        # A wide character at the edge leaves a blank, which is none of the line.
        count = len(head.plain)
        while count > 1 and not rest.plain.startswith(head.plain[:count]):
            count -= 1
        # After a word, where one ends not far from the edge.
        blank = rest.plain.rfind(" ", count // 2, count)
        head, rest = _halves(rest, max(count, 1) if blank < 0 else blank + 1)
        pieces.append(margin + head)
    return [*pieces, margin + rest] if rest else pieces


def _halves(line: Text, place: int) -> tuple[Text, Text]:
    """Return the characters before a place, and those after it."""
    first, second = line.copy(), line.copy()
    parts = line.divide([place]) if 0 < place < len(line) else []
    if len(parts) == 2:  # noqa: PLR2004 — halves
        return parts[0], parts[1]
    return (first, Text()) if place else (Text(), second)
