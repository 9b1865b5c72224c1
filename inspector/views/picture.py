"""What a view showed, as a picture: SVG, measured in cells as a terminal is.

Every piece of a line stands at its cell, and is as wide as its cells are, whatever
the font: a letter has one cell, a character of Chinese or an emoji has two. The colours
follow ``prefers-color-scheme``; nothing is fetched, and the same lines give the same
bytes.
"""

from __future__ import annotations

from enum import Enum
from html import escape
from typing import TYPE_CHECKING

from rich.ansi import AnsiDecoder
from rich.style import Style

from protocol.named_tuple import NamedTuple

from .cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

_CELL = 12
"""Units of a cell: 0.6 em, as monospaced fonts have it."""
_FONT = 20
_LINE = 24
_MARGIN = 12
_BAR = 40
"""Units above the lines: the title of the window, and its three dots."""
_BUTTONS = 14
"""Cells beside a title, as many at the right as the dots take at the left."""

# (light, dark); the least contrast with the ground is 4.5, as WCAG 2 asks (1.4.3)
_GROUND = ("#ffffff", "#18191e")
_FRAME = ("#c8ccd2", "#3c4048")
_PLAIN = ("#1f2328", "#dee2e6")
_SHADES = {
    "dim": ("#5c636b", "#9a9da3"),
    "red": ("#c2202c", "#f06262"),
    "green": ("#1a7431", "#80c878"),
    "yellow": ("#855800", "#e6b450"),
    "blue": ("#1d5fc0", "#68a0f0"),
    "magenta": ("#8b32a8", "#d08ce0"),
    "cyan": ("#0a6f80", "#5ac4d2"),
}
"""What the styles of the terminal look like."""

_NUMBERED = dict(
    enumerate(("red", "green", "yellow", "blue", "magenta", "cyan"), start=1)
)
"""Colours as ANSI numbers them; black and white are the ground and the text."""

_LATIN_ENDS = 0x300
_LINES_BEGIN, _LINES_END = 0x2500, 0x25A0


class _Kind(Enum):
    """Kinds of characters, by how their glyphs are set."""

    LATIN = ""
    """Those of a monospaced font, blanks too: a run of them is wide as its cells."""
    LINES = ' lengthAdjust="spacingAndGlyphs"'
    """Those that join: a gap between them would show."""
    WIDE = ' text-anchor="middle"'
    """Those of two cells, of another font: each is centred in its own."""
    OTHER = ' lengthAdjust="spacing"'
    """All others: arrows, marks and the letters of other scripts."""


class _Piece(NamedTuple):
    """Characters of one kind and one style.

    Attributes:
        x: The cell where they begin.
        text: What they are.
        kind: How they are set.
        style: The classes of their style.
    """

    x: int
    text: str
    kind: _Kind
    style: str


# decision 54: Pictures bring no fonts, and are measured in cells
def draw(shown: str, title: str, width: int) -> str:
    """Return a picture.

    Args:
        shown: Lines with the escapes of a terminal, as ``export_text`` of rich has.
        title: Their heading.
        width: The least number of cells that a line has.
    """
    lines = list(AnsiDecoder().decode(shown.removesuffix("\n")))
    longest = max(cell_len(line.plain) for line in lines)
    columns = max(width, longest, cell_len(title) + _BUTTONS)
    drawn = (_text(y, piece) for y, line in enumerate(lines) for piece in _pieces(line))
    return "\n".join(_document(escape(title), columns, len(lines), list(drawn)))


def _document(
    title: str, columns: int, rows: int, drawn: Sequence[str]
) -> Iterator[str]:
    wide, high = columns * _CELL + 2 * _MARGIN, _BAR + rows * _LINE + _MARGIN
    yield (
        f'<svg class="view" role="img" aria-labelledby="view-name"'
        f' viewBox="0 0 {wide} {high}" xmlns="http://www.w3.org/2000/svg">'
    )
    yield f'<title id="view-name">{title}</title>'
    yield "<style>"
    yield f".view text {{ font: {_FONT}px monospace; white-space: pre }}"
    yield ".view .title { text-anchor: middle }"
    yield ".view .bold { font-weight: bold }"
    yield from _colours(0)
    yield "@media (prefers-color-scheme: dark) {"
    yield from _colours(1)
    yield "}"
    yield "</style>"
    yield (
        f'<rect class="ground" x="0.5" y="0.5" width="{wide - 1}"'
        f' height="{high - 1}" rx="8"/>'
    )
    for x, colour in ((24, "#ff5f57"), (46, "#febc2e"), (68, "#28c840")):
        yield f'<circle cx="{x}" cy="20" r="7" fill="{colour}"/>'
    yield f'<text class="title" x="{wide // 2}" y="26">{title}</text>'
    yield f'<g xml:space="preserve" transform="translate({_MARGIN}, {_BAR})">'
    yield from drawn
    yield "</g>"
    yield "</svg>\n"


def _colours(scheme: int) -> Iterator[str]:
    """Yield the rules of a colour scheme: 0 is light, 1 is dark."""
    yield f".view .ground {{ fill: {_GROUND[scheme]}; stroke: {_FRAME[scheme]} }}"
    yield f".view text {{ fill: {_PLAIN[scheme]} }}"
    for name, shades in _SHADES.items():
        yield f".view .{name} {{ fill: {shades[scheme]} }}"


def _text(row: int, piece: _Piece) -> str:
    """Return a piece in its cells."""
    style = f' class="{piece.style}"' if piece.style else ""
    x, wide = piece.x * _CELL, cell_len(piece.text) * _CELL
    if piece.kind is _Kind.WIDE:
        place = f'x="{x + wide // 2}"'
    else:
        place = f'x="{x}" textLength="{wide}"'
    return (
        f'<text{style} {place} y="{row * _LINE + _FONT - 2}"{piece.kind.value}>'
        f"{escape(piece.text)}</text>"
    )


def _pieces(line: Text) -> Iterator[_Piece]:
    """Yield the pieces of a line, without the blanks around them."""
    x = 0
    ends = {end for span in line.spans for end in (span.start, span.end)}
    for run in line.divide(sorted(ends)):
        style = _classes(run.spans[0].style if run.spans else "")
        for kind, text in _of_one_kind(run.plain):
            shown = text.strip(" ")
            if shown:
                before = len(text) - len(text.lstrip(" "))
                yield _Piece(x + before, shown, kind, style)
            x += cell_len(text)


def _of_one_kind(text: str) -> list[tuple[_Kind, str]]:
    """Return the runs of a text; of wide characters, each is one."""
    runs: list[tuple[_Kind, str]] = []
    for character in text:
        kind = _kind(character)
        before, run = runs[-1] if runs else (kind, "")
        if _is_joined(run, before, character, kind):
            runs[-1] = before, run + character
        else:
            runs.append((kind, character))
    return runs


def _is_joined(run: str, before: _Kind, character: str, kind: _Kind) -> bool:
    """Whether a character goes on with a run, or has no width of its own there."""
    if not run:
        return False
    if before is _Kind.WIDE:  # a colour of skin is wide, but for after a hand
        return cell_len(run + character) == cell_len(run)
    return before is kind or not cell_len(character)


def _kind(character: str) -> _Kind:
    if ord(character) < _LATIN_ENDS:
        return _Kind.LATIN
    if _LINES_BEGIN <= ord(character) < _LINES_END:
        return _Kind.LINES
    return _Kind.WIDE if cell_len(character) > 1 else _Kind.OTHER


def _classes(style: str | Style) -> str:
    """Return the classes of a style; a colour shows more than being dim does."""
    if not isinstance(style, Style):
        return ""
    colour = "dim" if style.dim else ""
    if style.color and style.color.number is not None:
        colour = _NUMBERED.get(style.color.number, "")
    return " ".join(filter(None, (colour, "bold" if style.bold else "")))
