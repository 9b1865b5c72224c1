"""Texts that make a regular expression work as hard as it can, made from its own parts.

For each repetition without an end: what has to stand before it and one turn of it, over
and over, followed by a character that it cannot read, so that every try fails late.
"""

from __future__ import annotations

import string
from re import _constants as sre
from typing import TYPE_CHECKING, Any

from tests.linearity import Expression, Node, inner_sequences

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

_PRINTABLE = frozenset(map(ord, string.ascii_letters + string.digits))


def hostile_texts(pattern: re.Pattern[Any], size: int) -> Iterator[str | bytes]:
    """Yield texts of about ``size`` characters, of the kind that a pattern reads."""
    expression = Expression(pattern)
    sampler = _Sampler(expression)
    for each in expression.repetitions():
        before = sampler.sample(each.before, frozenset())
        run = expression.characters(each.body)
        end = min(frozenset(range(1, 256)) - run, default=0)
        for body in sampler.variants(each.body, frozenset(before)):
            for first, turn in ((before, body), ([], before + body)):
                turns = max(size // max(len(turn), 1), 1)
                yield _joined([*first, *turn * turns, end], pattern.pattern)


def _joined(codes: list[int], like: str | bytes) -> str | bytes:
    return bytes(codes) if isinstance(like, bytes) else "".join(map(chr, codes))


class _Sampler:
    """What a part of an expression matches at its shortest."""

    def __init__(self, expression: Expression) -> None:
        self._expression = expression

    def variants(
        self, nodes: Sequence[Node], wanted: frozenset[int]
    ) -> Iterator[list[int]]:
        """Yield one sample for each alternative of a repeated part."""
        if len(nodes) == 1 and nodes[0][0] is sre.BRANCH:
            for sequence in inner_sequences(nodes[0]):
                yield self.sample(sequence, wanted)
        elif len(nodes) == 1 and nodes[0][0] is sre.SUBPATTERN:
            yield from self.variants(nodes[0][1][3], wanted)
        else:
            yield self.sample(nodes, wanted)

    def sample(self, nodes: Sequence[Node], wanted: frozenset[int]) -> list[int]:
        """Return one text that these match, of wanted characters where they may be."""
        return [code for node in nodes for code in self._shortest(node, wanted)]

    def _shortest(self, node: Node, wanted: frozenset[int]) -> list[int]:
        kind, value = node
        if kind in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            least: int = value[0]
            return self.sample(value[2], wanted) * least
        if kind in {sre.ASSERT, sre.ASSERT_NOT, sre.AT, sre.FAILURE}:
            return []
        if sequences := inner_sequences(node):
            return self.sample(sequences[0], wanted)
        codes = self._expression.characters([node])
        return [min(codes & wanted or codes & _PRINTABLE or codes)]
