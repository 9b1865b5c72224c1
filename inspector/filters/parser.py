"""The text of an expression to its tree.

Source: grammar.lark, which lark turns into an LALR(1) parser.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from lark import (
    Lark,
    Token,
    Tree,
    UnexpectedCharacters,
    UnexpectedInput,
    UnexpectedToken,
)

from inspector.errors import ExpressionError

from .literals import string

MAX_DEPTH = 100
"""Operators, members and brackets within each other that an expression may have."""
if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 12  # characters of what is at fault that an error repeats
_HINTS = {"=": "==", "&": "and", "|": "or", "^": "~"}


def parse(text: str, option: str) -> Tree[Token]:
    """Return the tree of an expression.

    Args:
        text: The expression.
        option: Where it was given, such as ``--where``.

    Raises:
        ExpressionError: It has no meaning; the message points at the character.
    """
    return _parse(text, option, "start")


def parse_list(text: str, option: str) -> list[Tree[Token]]:
    """Return the trees of expressions with commas between them.

    Raises:
        ExpressionError: One of them has no meaning.
    """
    items = _parse(text, option, "list").children
    return [item for item in items if isinstance(item, Tree)]


def compared_texts(tree: Tree[Token]) -> Iterator[tuple[Tree[Token], str]]:
    """Yield what an expression says to be equal to strings, each with its string."""
    for node in tree.iter_subtrees():
        if node.data == "compared" and node.children[1] == "==":
            left, _, right = node.children
            for part, value in ((left, right), (right, left)):
                if isinstance(part, Tree) and part.data != "string":
                    yield from ((part, each) for each in _strings(value))


def _strings(node: Tree[Token] | Token) -> Iterator[str]:
    """Yield the string that a node is, if it is one."""
    if isinstance(node, Tree) and node.data == "string":
        yield string(node.children[0])  # type: ignore[arg-type]


def compared_routes(tree: Tree[Token], field: str = "route") -> Iterator[str]:
    """Yield the strings that an expression says ``route``, or a field, to equal."""
    for part, text in compared_texts(tree):
        if part.data == "field" and part.children[0] == field:
            yield text


def source(text: str, node: Tree[Token]) -> str:
    """Return how a node is spelt in the text of its expression."""
    return text[node.meta.start_pos : node.meta.end_pos]


def _parse(text: str, option: str, start: str) -> Tree[Token]:
    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedInput as error:
        place = len(text) if _at_end(error) else error.pos_in_stream or 0
        raise ExpressionError(option, _explain(text, place, error), place + 1) from None
    _check_depth(tree, option)
    return tree


def _check_depth(tree: Tree[Token], option: str) -> None:
    """Refuse what nests deeper than whatever reads it can go."""
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in node.children
            if isinstance(child, Tree)
        ]
        if not level:
            return
    place = level[0].meta.start_pos + 1
    problem = f"nests deeper than {MAX_DEPTH} operators at character {place}"
    raise ExpressionError(option, problem, place)


@cache
def _parser() -> Lark:
    grammar = files("inspector.filters").joinpath("grammar.lark").read_text("utf-8")
    return Lark(
        grammar, parser="lalr", start=["start", "list"], propagate_positions=True
    )


def _at_end(error: UnexpectedInput) -> bool:
    return isinstance(error, UnexpectedToken) and error.token.type == "$END"


def _explain(text: str, place: int, error: UnexpectedInput) -> str:
    """Return what is wrong, where, and what was expected there."""
    wanted = "a value" if "NAME" in _accepted(error) else "an operator"
    if place >= len(text.rstrip()):
        before = text.rstrip()[-_LONGEST:]
        if not before:
            return "the expression is empty"
        return f"ends at character {place}, after '{before}': expected {wanted}"
    if text[place] in "\"'" and isinstance(error, UnexpectedCharacters):
        return f"the string at character {place + 1} has no end"
    rest = text[place:].split(maxsplit=1)[0][:_LONGEST]
    meant = _HINTS.get(text[place])
    hint = f"; did you mean {meant}?" if meant and not rest.startswith(meant) else ""
    return f"expected {wanted} at character {place + 1}, not '{rest}'{hint}"


def _accepted(error: UnexpectedInput) -> set[str]:
    if isinstance(error, UnexpectedToken):
        return set(error.accepts or error.expected)
    assert isinstance(error, UnexpectedCharacters)
    return set(error.allowed or ())
