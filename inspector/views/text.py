"""Lines with styles, as views make them.

What a :class:`Text` offers is named as in rich's class of that name, of which it is a
small part: views append, fold and truncate lines, and only where somebody sees colours
is a line given to rich.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from rich.text import Text as RichText

_OBEYED = dict.fromkeys(map(ord, "\a\b\v\f\r"))
"""What moves a cursor or rings a bell; all else that a terminal obeys is escaped."""


class Span(NamedTuple):
    """The style of a part of a text.

    Attributes:
        start: The character with which it begins.
        end: The character before which it ends.
        style: A role of the theme.
    """

    start: int
    end: int
    style: str


class Text:
    """Characters, and the styles that parts of them have.

    Args:
        plain: The characters.
        style: The style of all of them.

    Attributes:
        spans: The styles of parts, in the order in which they were given.
    """

    __slots__ = "plain", "spans", "style"

    def __init__(self, plain: str = "", style: str = "") -> None:
        self.plain = _harmless(plain)
        self.style = style
        self.spans: list[Span] = []

    @classmethod
    def assemble(cls, *parts: str | Text | tuple[str, str]) -> Self:
        """Return parts one after the other, some of them with a style."""
        text = cls()
        for part in parts:
            if isinstance(part, tuple):
                text.append(*part)
            else:
                text.append(part)
        return text

    def __len__(self) -> int:
        return len(self.plain)

    def __str__(self) -> str:
        return self.plain

    def __repr__(self) -> str:
        return f"<text {self.plain!r} {self.spans!r} {self.style!r}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return NotImplemented
        return self.plain == other.plain and self.spans == other.spans

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __add__(self, other: str | Text) -> Text:
        return self.copy().append(other)

    def __rich__(self) -> RichText:
        """Return it as rich prints it."""
        from rich.text import Span as RichSpan  # noqa: PLC0415 — where colours are seen
        from rich.text import Text as RichText  # noqa: PLC0415

        spans = [RichSpan(*span) for span in self.spans]
        return RichText(self.plain, self.style, spans=spans)

    @property
    def cell_len(self) -> int:
        """The cells that it takes."""
        return cell_len(self.plain)

    def copy(self) -> Text:
        """Return the same text, which changes apart from this one."""
        return self._part(0, len(self.plain))

    def append(self, text: str | Text, style: str = "") -> Self:
        """Add a text at the end, and return this one.

        Args:
            text: What is added.
            style: Its style, where it is a string.
        """
        if isinstance(text, Text):
            return self.append_text(text)
        start = len(self.plain)
        self.plain += _harmless(text)
        if style and len(self.plain) > start:
            self.spans.append(Span(start, len(self.plain), style))
        return self

    def append_text(self, text: Text) -> Self:
        """Add a text with its styles at the end, and return this one."""
        start = len(self.plain)
        self.plain += text.plain
        if text.style and text.plain:
            self.spans.append(Span(start, len(self.plain), text.style))
        self.spans += [
            Span(start + begin, start + end, style) for begin, end, style in text.spans
        ]
        return self

    def stylize(self, style: str, start: int, end: int) -> None:
        """Give the characters from one to before another a style."""
        end = min(end, len(self.plain))
        if start < end:
            self.spans.append(Span(start, end, style))

    def highlight_words(self, words: Iterable[str], style: str) -> None:
        """Give all occurrences of some words a style."""
        for word in words:
            place = self.plain.find(word)
            while place >= 0:
                self.stylize(style, place, place + len(word))
                place = self.plain.find(word, place + len(word))

    def join(self, texts: Iterable[Text]) -> Text:
        """Return texts one after the other, with this one between two of them."""
        joined = Text("", self.style)
        for index, text in enumerate(texts):
            if index:
                joined.append_text(self)
            joined.append_text(text)
        return joined

    def divide(self, offsets: Iterable[int]) -> list[Text]:
        """Return the parts between some characters, the first and the last part too."""
        ends = [0, *offsets, len(self.plain)]
        return [self._part(*each) for each in pairwise(ends)]

    def split(self, separator: str) -> list[Text]:
        """Return the parts between separators; none after one at the end."""
        parts, start = [], 0
        for part in self.plain.removesuffix(separator).split(separator):
            parts.append(self._part(start, start + len(part)))
            start += len(part) + len(separator)
        return parts

    def rstrip(self) -> None:
        """Take blanks from the end."""
        self._keep(self.plain.rstrip())

    def truncate(self, width: int, *, ellipsis: bool = True, pad: bool = False) -> None:
        """Cut it if it is wider than some cells.

        Args:
            width: The cells.
            ellipsis: Whether … is the last of them then.
            pad: Whether blanks are added if it is narrower.
        """
        cells = self.cell_len
        if cells > width:
            room = width - 1 if ellipsis else width
            self._keep(set_cell_size(self.plain, room) + "…" * ellipsis)
        elif pad:
            self.plain += " " * (width - cells)

    def _keep(self, plain: str) -> None:
        """Have other characters, and no style after the last of them."""
        self.plain, spans, last = plain, self.spans, len(plain)
        if spans and max(span.end for span in spans) > last:
            self.spans = self._spans_within(0, last)

    def _part(self, start: int, end: int) -> Text:
        """Return the characters from one to before another, with their styles."""
        part = Text(self.plain[start:end], self.style)
        part.spans = self._spans_within(start, end) if self.spans else []
        return part

    def _spans_within(self, start: int, end: int) -> list[Span]:
        return [
            Span(max(span.start, start) - start, min(span.end, end) - start, span.style)
            for span in self.spans
            if start < end and span.start < end and span.end > start
        ]


def _harmless(text: str) -> str:
    return text if text.isprintable() else text.translate(_OBEYED)
