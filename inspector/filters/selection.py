"""``--where``: which exchanges are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .compiler import Compiler
from .fields import vocabulary
from .parser import compared_routes, parse
from .values import truth

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

    Raises:
        ExpressionError: The expression has no meaning.
    """

    def __init__(self, text: str, option: str = OPTION) -> None:
        compiler: Compiler = Compiler(vocabulary(), option)
        self.option = option
        tree = parse(text, option)
        self.routes = list(compared_routes(tree))
        self.patterns = list(compared_routes(tree, "pattern"))
        self._holds = compiler.compile(tree)

    def __call__(self, exchange: Exchange) -> bool:
        """Whether the expression holds for an exchange."""
        try:
            return truth(self._holds(exchange))
        except RecursionError:  # two values that nest deeper than Python can compare
            return False
