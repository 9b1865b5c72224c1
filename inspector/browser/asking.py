"""What is typed into the filter box, to what it asks for.

::

    orders latency > 5ms      the word orders, and an expression as --where takes it
    #422                      the exchange of that number
    "two words"               a text with a blank in it; "#422" is a text, too

A word is found in patterns, payloads and addresses. Words stand before or after the
expression; the rules of the language are those of ``docs/filters.md``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inspector.errors import ExpressionError
from inspector.filters.grep import Grep
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from lark import Token, Tree

    from inspector.calls.exchanges import Exchange
    from inspector.filters.selection import Selection

OPTION = "filter"
"""What an error calls the box."""
# A string without an end reaches to the end of the text, and is not searched again.
_PART = lazy_regex(r'"(?:[^"\\]|\\.)*"?|\'(?:[^\'\\]|\\.)*\'?|\S++', re.DOTALL)
_PLAIN = lazy_regex(r"[^\s<>=~!&|()\[\]\"']+")
_QUOTED = lazy_regex(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_NUMBERED = lazy_regex(r"#[0-9]{1,18}")
_JOINING = {"and", "or", "not", "in"}
_OPERATOR = lazy_regex(r"[<>=~!&|]|(?:and|or|not|in)\b")
_ENDING = lazy_regex(r"[<>=~!&|]$|^(?:and|or|not|in)$")


class Word:
    """A choice of the exchanges that have a text in a pattern, a payload or an address.

    Args:
        text: The text; ``#422`` is the exchange of that number, and nothing else.
        quoted: Whether it stood in quotation marks, and is the text itself.
    """

    def __init__(self, text: str, *, quoted: bool = False) -> None:
        self.text = text
        self._grep = Grep(text)
        digits = text.removeprefix("#")
        numbered = not quoted and _NUMBERED.fullmatch(text) is not None
        self.number = int(digits) if numbered else None

    def __call__(self, exchange: Exchange) -> bool:
        """Whether the exchange has it."""
        if self.number is not None:
            return exchange.number == self.number
        in_ends = self.text in exchange.client_text or self.text in exchange.server_text
        return in_ends or self._grep(exchange)


class Asked(NamedTuple):
    """What a filter asks for.

    Attributes:
        words: Texts, all of which an exchange has …
        selection: … and what holds for it; None for nothing in particular …
        tree: … and the same as its parts.
    """

    words: tuple[Word, ...] = ()
    selection: Selection | None = None
    tree: Tree[Token] | None = None

    def __call__(self, exchange: Exchange) -> bool:
        """Whether an exchange is asked for."""
        words = all(word(exchange) for word in self.words)
        return words and (self.selection is None or self.selection(exchange))

    @property
    def everything(self) -> bool:
        """Whether all are asked for."""
        return not self.words and self.selection is None


def asked_by(text: str) -> Asked:
    """Return what a filter asks for.

    Raises:
        ExpressionError: It has no meaning; the error has the character at fault.
    """
    parts = [(match[0], match.start()) for match in _PART.finditer(text)]
    first, last = 0, len(parts)
    while first < last and _is_word(parts, first, last):
        first += 1
    while last > first and _is_last_word(parts, last - 1, first):
        last -= 1
    words = [part for part, _ in (*parts[:first], *parts[last:])]
    found = tuple(map(_word, filter(_unquoted, words)))
    if first == last:
        return Asked(found)
    begin = parts[first][1]
    end = parts[last - 1][1] + len(parts[last - 1][0])
    selection, tree = _compiled(text[begin:end], begin)
    return Asked(found, selection, tree)


def _is_word(parts: list[tuple[str, int]], place: int, end: int) -> bool:
    """Whether a part is a word, and nothing that follows makes it an operand."""
    if not _stands_alone(parts[place][0]):
        return False
    following = parts[place + 1][0] if place + 1 < end else ""
    return _OPERATOR.match(following) is None


def _is_last_word(parts: list[tuple[str, int]], place: int, begin: int) -> bool:
    if not _stands_alone(parts[place][0]):
        return False
    return place == begin or _ENDING.search(parts[place - 1][0]) is None


def _stands_alone(part: str) -> bool:
    if _QUOTED.fullmatch(part):
        return True
    return _PLAIN.fullmatch(part) is not None and part not in _JOINING


def _word(part: str) -> Word:
    return Word(_unquoted(part), quoted=_QUOTED.fullmatch(part) is not None)


def _unquoted(part: str) -> str:
    from lark import Token  # noqa: PLC0415 — it is large

    from inspector.filters.literals import string  # noqa: PLC0415 — the same

    return string(Token("STRING", part)) if _QUOTED.fullmatch(part) else part


def _compiled(text: str, begin: int) -> tuple[Selection, Tree[Token]]:
    from inspector.filters.parser import parse  # noqa: PLC0415 — lark is large
    from inspector.filters.selection import Selection  # noqa: PLC0415

    try:
        return Selection(text, OPTION), parse(text, OPTION)
    except ExpressionError:  # raised again with its place in the whole line
        Selection(" " * begin + text, OPTION)
        raise
