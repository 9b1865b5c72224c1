"""The lines of a JSON text, one after the other, of which only the first may be wanted.

A payload of 30 MB of which 40 lines are shown is not laid out as a whole: its lines are
made when they are asked for, and those after them are counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENT = "  "
# Escapes are taken a thousand together: the engine remembers the place of each step, so
# that a string of 30 MB, character by character, would need 4 GB.
STRING = r'"(?>[^"\\]*(?>(?>\\.[^"\\]*){1,1000})*)"'
"""The expression of a JSON string; ``.`` is any character in it."""

# A string without an end reaches to the end of the text, and is not searched again.
_TOKEN = lazy_regex(
    rf'{STRING}|\{{\}}|\[\]|[\[\]{{}},:]|(?>[^\[\]{{}},:"]+)|".*', re.DOTALL
)
_PIECE = 1 << 20  # characters that are taken apart together
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")


def tokens(compact: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a JSON text without blanks; an empty object is one."""
    return _TOKEN.finditer(compact)


class Layout:
    """A JSON text on several lines, indented by two.

    Args:
        compact: The text, without blanks between its tokens.
    """

    def __init__(self, compact: str) -> None:
        self._text = compact
        self._place = 0  # in the text, after the tokens of the lines so far

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        depth, line = 0, ""
        for match in tokens(self._text):
            piece = match[0]
            if piece in _CLOSING:
                yield line
                depth -= 1
                line = _INDENT * depth
            line += ": " if piece == ":" else piece
            self._place = match.end()
            if piece in _OPENING or piece == ",":
                depth += piece in _OPENING
                yield line
                line = _INDENT * depth
        yield line

    def rest(self) -> int:
        """Return how many lines there are after the one that was yielded last.

        Each bracket that is not one of an empty pair, and each comma between values,
        ends a line or begins one.
        """
        place = self._place
        if place >= len(self._text):
            return 0
        bare = _outside_strings(self._text[place:])
        breaks = sum(map(bare.count, "[]{},"))
        empty = bare.count("[]") + bare.count("{}")
        begun = self._text[place - 1 : place] in {*_OPENING, ","}
        return breaks - 2 * empty + begun


class Plain:
    """A text that is no JSON, with the lines that it has.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._text, self._place = text, 0

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        while self._place <= len(self._text):
            begin, end = self._place, self._text.find("\n", self._place)
            self._place = (len(self._text) if end < 0 else end) + 1
            yield self._text[begin : self._place - 1]

    def rest(self) -> int:
        """Return how many lines there are after the one that was yielded last."""
        if self._place > len(self._text):
            return 0
        return self._text.count("\n", self._place) + 1


def _outside_strings(text: str) -> str:
    """Return a text of whole tokens with a 0 in place of each string.

    Split by its quotation marks it is quicker than by an expression, and in pieces it
    needs no more room than the text.
    """
    if "\\" in text:
        text = text.replace("\\\\", "").replace('\\"', "")
    kept, inside = [], False
    for begin in range(0, len(text), _PIECE):
        parts = text[begin : begin + _PIECE].split('"')
        kept.append("0".join(parts[inside::2]))
        inside ^= len(parts) % 2 == 0
        kept.append("0" * inside)  # for the string that the next piece ends
    return "".join(kept)
