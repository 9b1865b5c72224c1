"""What all pictures have in common: the window around them, and their colours.

The colours follow ``prefers-color-scheme``; nothing is fetched, and the same lines give
the same bytes. A text without a class is as any text, one with that of a shade has its
colour, and so has a shape.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BAR = 40
"""Units above what is drawn: the title of the window, and its three dots."""
MARGIN = 12

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


def framed(
    title: str,
    size: tuple[int, int],
    drawn: Iterable[str],
    rules: Sequence[str] = (),
    description: str = "",
) -> str:
    """Return a picture.

    Args:
        title: Its heading.
        size: How wide and how high it is, in units.
        drawn: The lines of its elements.
        rules: Its own rules of style; none where there are only texts.
        description: What it shows, for those who do not see it.
    """
    lines = _document(escape(title), size, drawn, rules, escape(description))
    return "\n".join(lines)


def _document(
    title: str,
    size: tuple[int, int],
    drawn: Iterable[str],
    rules: Sequence[str],
    description: str,
) -> Iterator[str]:
    wide, high = size
    described = ' aria-describedby="view-words"' if description else ""
    yield (
        f'<svg class="view" role="img" aria-labelledby="view-name"{described}'
        f' viewBox="0 0 {wide} {high}" xmlns="http://www.w3.org/2000/svg">'
    )
    yield f'<title id="view-name">{title}</title>'
    if description:
        yield f'<desc id="view-words">{description}</desc>'
    yield "<style>"
    yield ".view text { font: 20px monospace; white-space: pre }"
    yield ".view .title { text-anchor: middle }"
    yield ".view .bold { font-weight: bold }"
    yield from rules
    yield from _colours(0, shapes=bool(rules))
    yield "@media (prefers-color-scheme: dark) {"
    yield from _colours(1, shapes=bool(rules))
    yield "}"
    yield "</style>"
    yield (
        f'<rect class="ground" x="0.5" y="0.5" width="{wide - 1}"'
        f' height="{high - 1}" rx="8"/>'
    )
    for x, colour in ((24, "#ff5f57"), (46, "#febc2e"), (68, "#28c840")):
        yield f'<circle cx="{x}" cy="20" r="7" fill="{colour}"/>'
    yield f'<text class="title" x="{wide // 2}" y="26">{title}</text>'
    yield from drawn
    yield "</svg>\n"


def _colours(scheme: int, *, shapes: bool) -> Iterator[str]:
    """Yield the rules of a colour scheme: 0 is light, 1 is dark.

    Args:
        scheme: Which of them.
        shapes: Whether there are lines and shapes besides texts.
    """
    yield f".view .ground {{ fill: {_GROUND[scheme]}; stroke: {_FRAME[scheme]} }}"
    yield f".view text {{ fill: {_PLAIN[scheme]} }}"
    if shapes:
        yield f".view .plain {{ fill: {_PLAIN[scheme]} }}"
        yield f".view .grid {{ stroke: {_FRAME[scheme]} }}"
        yield f".view .mark {{ stroke: {_PLAIN[scheme]} }}"
    for name, shades in _SHADES.items():
        yield f".view .{name} {{ fill: {shades[scheme]} }}"
