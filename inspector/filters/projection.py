"""``--fields``: what is shown of an exchange, one column for each expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .compiler import Compiler
from .fields import vocabulary
from .parser import parse_list

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange

    from .compiler import Reader

OPTION = "--fields"


class Column(NamedTuple):
    """A column: its name, as it was written, and what reads it from an exchange."""

    name: str
    read: Reader[Exchange]


def compile_fields(text: str) -> list[Column]:
    """Return the columns of a list such as ``route, latency_ns, data.user.id``.

    Raises:
        ExpressionError: An expression in it has no meaning.
    """
    compiler: Compiler = Compiler(vocabulary(), OPTION)
    return [
        Column(text[each.meta.start_pos : each.meta.end_pos], compiler.compile(each))
        for each in parse_list(text, OPTION)
    ]
