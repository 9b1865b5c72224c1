"""Regular expressions whose work grows as the text does, by how they are built.

An expression is tried at every place of a text. It takes quadratic time where several
tries read the same run of characters, or one try reads a run again for each place at
which the run may end. For each repetition without an end this looks for what prevents
that:

=====================  =============================================================
"several ways to end"  it is possessive, or what follows cannot begin in its run, or
                       cannot fail
"entered anywhere"     a character before it, or a look-behind, that its run cannot
                       hold; or what follows cannot fail; or it is only matched, at
                       one place
"nested"               what is repeated holds no repetition that gives back
=====================  =============================================================

What this finds no reason for may be linear all the same; it has to be looked at.
"""

from __future__ import annotations

import re
from re import _constants as sre
from re import _parser
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Node = tuple[Any, Any]
Characters = frozenset[int]

_MANY = 2_000  # repetitions; a run of fewer is as good as one character
_FAILURE: Node = (sre.FAILURE, None)
_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


class Repetition(NamedTuple):
    """A repetition without an end, and what stands around it on one way to it.

    Attributes:
        node: What is repeated, and how.
        before: What has to match before it.
        after: What has to match after it.
    """

    node: Node
    before: tuple[Node, ...]
    after: tuple[Node, ...]

    @property
    def body(self) -> tuple[Node, ...]:
        return tuple(self.node[1][2])


class Expression:
    """A compiled expression, taken apart.

    Args:
        pattern: What ``re.compile`` returned.
    """

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self.pattern = pattern
        self.tree: tuple[Node, ...] = tuple(
            _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
        )
        self._is_text = isinstance(pattern.pattern, str)
        self._alphabet = frozenset(range(256)) | frozenset(
            code for code in _literals(self.tree) if self._is_text
        )

    def repetitions(self) -> list[Repetition]:
        """Return all repetitions without an end, outer ones first."""
        return list(_repetitions(self.tree, (), ()))

    def characters(self, nodes: Sequence[Node]) -> Characters:
        """Return which characters of the alphabet these may read."""
        return frozenset[int]().union(*map(self._read_by, nodes))

    def _read_by(self, node: Node) -> Characters:
        kind, value = node
        if kind in {sre.LITERAL, sre.NOT_LITERAL}:
            same = self._with_cases(value)
            return same if kind is sre.LITERAL else self._alphabet - same
        if kind is sre.ANY:
            return self._alphabet
        if kind is sre.IN:
            return self._class(value)
        if kind in {sre.ASSERT, sre.ASSERT_NOT, sre.AT}:
            return frozenset()
        return frozenset[int]().union(*map(self.characters, inner_sequences(node)))

    def _class(self, members: list[Node]) -> Characters:
        found: set[int] = set()
        for kind, value in members:
            if kind is sre.LITERAL:
                found |= self._with_cases(value)
            elif kind is sre.RANGE:
                found |= self._alphabet & set(range(value[0], value[1] + 1))
            elif kind is sre.CATEGORY:
                found |= self._category(value)
        negated = members[0][0] is sre.NEGATE
        return self._alphabet - found if negated else frozenset(found)

    def _with_cases(self, code: int) -> Characters:
        if self.pattern.flags & re.IGNORECASE:
            return frozenset({ord(chr(code).lower()), ord(chr(code).upper()[0])})
        return frozenset({code})

    def _category(self, category: Any) -> Characters:  # noqa: ANN401 — of re._constants
        text = _CATEGORIES[category]
        if self._is_text:
            return frozenset(
                code for code in self._alphabet if re.fullmatch(text, chr(code))
            )
        return frozenset(
            code
            for code in self._alphabet
            if re.fullmatch(text.encode(), bytes([code]))
        )


def doubts(pattern: re.Pattern[Any], *, searched: bool) -> list[str]:
    """Return why an expression may take more than linear time; nothing if it does not.

    Args:
        pattern: What ``re.compile`` returned.
        searched: Whether it is tried at every place of a text, or at one.
    """
    expression = Expression(pattern)
    found = []
    for each in expression.repetitions():
        if any(_gives_back(inner) for inner in _all_inside(each.body)):
            found.append("nested")
        if _gives_back(each.node) and _has_several_ends(expression, each):
            found.append("several ways to end")
        if searched and _is_entered_anywhere(expression, each):
            found.append("entered anywhere")
    return found


def _has_several_ends(expression: Expression, repetition: Repetition) -> bool:
    run = expression.characters(repetition.body)
    for place, node in enumerate(repetition.after):
        rest = repetition.after[place + 1 :]
        if not _may_be_empty([node]) and not expression.characters([node]) & run:
            return False
        for other in _repetitions([node], (), rest):
            overlaps = expression.characters(other.body) & run
            apart = any(
                not _may_be_empty([fence]) and not expression.characters([fence]) & run
                for fence in other.before
            )
            if overlaps and not apart and not _may_be_empty(other.after):
                return True
    return False


def _is_entered_anywhere(expression: Expression, repetition: Repetition) -> bool:
    if _may_be_empty(repetition.after):
        return False
    run = expression.characters(repetition.body)
    for node in reversed(repetition.before):
        if _is_fence(expression, node, run):
            return False
        if any(_repetitions([node], (), ())):
            run |= expression.characters([node])
    return True


def _is_fence(expression: Expression, node: Node, run: Characters) -> bool:
    """Whether a run cannot begin again within itself, since this stands before it."""
    kind, value = node
    if kind is sre.AT:
        return value is sre.AT_BEGINNING_STRING
    if kind is sre.ASSERT_NOT and value[0] < 0:
        return run <= expression.characters(value[1])
    return not _may_be_empty([node]) and not expression.characters([node]) & run


def _gives_back(node: Node) -> bool:
    kind, value = node
    return kind in {sre.MAX_REPEAT, sre.MIN_REPEAT} and value[1] > _MANY


def _may_be_empty(nodes: Sequence[Node]) -> bool:
    """Whether these can match without reading or demanding anything."""
    return all(_is_optional(node) for node in nodes)


def _is_optional(node: Node) -> bool:
    kind, value = node
    if kind in _REPEATS:
        return value[0] == 0 or _may_be_empty(value[2])
    if kind in {sre.SUBPATTERN, sre.ATOMIC_GROUP, sre.BRANCH}:
        return any(map(_may_be_empty, inner_sequences(node)))
    return False


def inner_sequences(node: Node) -> list[Sequence[Node]]:
    """Return the sequences in a node: several for alternatives, else one or none."""
    kind, value = node
    if kind is sre.BRANCH:
        return list(value[1])
    if kind in _REPEATS:
        return [value[2]]
    if kind is sre.SUBPATTERN:
        return [value[3]]
    if kind is sre.ATOMIC_GROUP:
        return [value]
    return [value[1]] if kind in {sre.ASSERT, sre.ASSERT_NOT} else []


def _all_inside(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        for inner in inner_sequences(node):
            yield from _all_inside(inner)


def _literals(nodes: Sequence[Node]) -> Iterator[int]:
    """Yield the characters that are spelled out, and the ends of ranges."""
    for kind, value in _all_inside(nodes):
        members = value if kind is sre.IN else [(kind, value)]
        for inner, code in members:
            if inner in {sre.LITERAL, sre.NOT_LITERAL}:
                yield code
            elif inner is sre.RANGE:
                yield from code


def _repetitions(
    nodes: Sequence[Node], before: tuple[Node, ...], after: tuple[Node, ...]
) -> Iterator[Repetition]:
    for place, node in enumerate(nodes):
        earlier, later = (*before, *nodes[:place]), (*nodes[place + 1 :], *after)
        if node[0] in _REPEATS and node[1][1] > _MANY:
            yield Repetition(node, earlier, later)
        if node[0] is sre.ATOMIC_GROUP and _may_be_empty(later):
            later = ()
        elif node[0] in {sre.ASSERT, sre.ASSERT_NOT, sre.ATOMIC_GROUP}:
            later = (_FAILURE,)  # nothing that follows makes them look for another end
        for inner in inner_sequences(node):
            yield from _repetitions(inner, earlier, later)
