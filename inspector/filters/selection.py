"""``--where``: which exchanges are chosen."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from protocol import loads

from .compiler import Compiler
from .fields import vocabulary
from .parser import compared_routes, compared_texts, parse, source
from .values import is_number, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.calls.exchanges import Exchange

OPTION = "--where"


def compile_selection(text: str, option: str = OPTION) -> Callable[[Exchange], bool]:
    """Return a function that returns whether an expression holds for an exchange.

    Args:
        text: The expression.
        option: What an error calls it.

    Raises:
        ExpressionError: The expression has no meaning.
    """
    return Selection(text, option)


class Selection:
    """Whether an expression holds for an exchange.

    Args:
        text: The expression.
        option: What an error calls it.

    Attributes:
        routes: The strings with which it compares ``route`` …
        patterns: … and ``pattern``.
        option: What an error calls it.
        text: The same.
        words: It as an option of a command, quoted for a shell.

    Raises:
        ExpressionError: The expression has no meaning.
    """

    def __init__(self, text: str, option: str = OPTION) -> None:
        compiler: Compiler = Compiler(vocabulary(), option)
        self.option = option
        self.text = text
        self.words = [f"{option} {quote(text)}"]
        tree = parse(text, option)
        self.routes = list(compared_routes(tree))
        self.patterns = list(compared_routes(tree, "pattern"))
        self._holds = compiler.compile(tree)
        self._numerals = [
            (source(text, part), compiler.compile(part), value)
            for part, wanted in compared_texts(tree)
            if (value := _numeral(wanted)) is not None
        ]

    def __reduce__(self) -> tuple[type[Selection], tuple[str, str]]:
        """Return what it is made of again elsewhere: functions go nowhere."""
        return Selection, (self.text, self.option)

    def unquoted(self, exchange: Exchange) -> str:
        """Return what is a number in an exchange, and was compared with its digits."""
        for name, read, value in self._numerals:
            found = read(exchange)
            if is_number(found) and found == value:
                return f"{name} is a number there: {value}"
        return ""

    def __call__(self, exchange: Exchange) -> bool:
        """Whether the expression holds for an exchange."""
        try:
            return truth(self._holds(exchange))
        except RecursionError:  # two values that nest deeper than Python can compare
            return False


def _numeral(text: str) -> float | None:
    """Return the number that a string spells as JSON does; None for any other."""
    try:
        value = loads(text.encode())
    except ValueError:
        return None
    return value if is_number(value) else None
