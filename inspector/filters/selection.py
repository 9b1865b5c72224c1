"""``--where``: which exchanges are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lark import Tree

from .compiler import Compiler
from .fields import ALL, SPELLED, enumerated
from .literals import string
from .parser import parse
from .values import truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lark import Token

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
        routes: The strings with which it compares ``route``.

    Raises:
        ExpressionError: The expression has no meaning.
    """

    def __init__(self, text: str, option: str = OPTION) -> None:
        compiler: Compiler = Compiler(
            ALL, option, enumerated=enumerated(), types=SPELLED
        )
        tree = parse(text, option)
        self.routes = list(compared_routes(tree))
        self._holds = compiler.compile(tree)

    def __call__(self, exchange: Exchange) -> bool:
        """Whether the expression holds for an exchange."""
        try:
            return truth(self._holds(exchange))
        except RecursionError:  # two values that nest deeper than Python can compare
            return False


def compared_routes(tree: Tree[Token]) -> Iterator[str]:
    """Yield the strings that an expression says ``route`` to be equal to."""
    for node in tree.iter_subtrees():
        if node.data == "compared" and node.children[1] == "==":
            left, _, right = node.children
            if isinstance(left, Tree) and isinstance(right, Tree):
                yield from _route_in(left, right)
                yield from _route_in(right, left)


def _route_in(field: Tree[Token], value: Tree[Token]) -> Iterator[str]:
    named = field.data == "field" and field.children[0] == "route"
    if named and value.data == "string":
        yield string(value.children[0])  # type: ignore[arg-type]
