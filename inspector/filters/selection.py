"""``--where``: which exchanges are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .compiler import Compiler
from .fields import ALL, enumerated
from .parser import parse
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
    compiler: Compiler = Compiler(ALL, option, enumerated=enumerated())
    holds = compiler.compile(parse(text, option))

    def chosen(exchange: Exchange) -> bool:
        try:
            return truth(holds(exchange))
        except RecursionError:  # two values that nest deeper than Python can compare
            return False

    return chosen
