"""What the parts of an expression measure, and with which numbers they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lark import Token, Tree

from .literals import number, unit_of
from .quantities import SHARED, WRITTEN, Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .quantities import Measured

_PLAIN = {Quantity.COUNT, Quantity.SHARE}


class Quantities:
    """What the parts of an expression measure.

    Args:
        words: Name of a field → what it measures, where that is known.
        of_call: What the call of a function measures; None where nobody knows.
        option: Where the expression was given, for errors.
    """

    def __init__(
        self,
        words: Mapping[str, Measured],
        of_call: Callable[[Tree[Token]], Measured | None],
        option: str,
    ) -> None:
        self._words, self._of_call, self._option = words, of_call, option

    def of(self, node: Tree[Token]) -> Measured | None:
        """Return what a part measures; None where nobody knows, or a literal does."""
        if node.data == "field":
            return self._words.get(str(node.children[0]))
        if node.data == "called":
            return self._of_call(node)
        return self._of_calculated(node) if node.data == "calculated" else None

    def _of_calculated(self, node: Tree[Token]) -> Measured | None:
        left, sign, right = node.children
        assert isinstance(left, Tree)
        assert isinstance(right, Tree)
        one, other = self.of(left), self.of(right)
        if sign in {"+", "-"}:
            return one or other
        if sign == "*":  # so many times as much
            return (one or other) if _is_plain(left) or _is_plain(right) else None
        if one is None or other is None:
            return None
        return SHARED if one.quantity is other.quantity else None

    def mismatch(
        self, part: Tree[Token], value: Tree[Token], verb: str = "compared"
    ) -> str:
        """Return why a part is never compared with a value; empty where it may be.

        Args:
            part: The part.
            value: The value.
            verb: What is done with both, where that is not to compare them.

        Raises:
            ExpressionError: The unit of the value is unknown.
        """
        token = value.children[-1] if value.data in {"number", "signed"} else None
        measured = self.of(part)
        if measured is None or not isinstance(token, Token):
            return ""
        size, unit = number(token, self._option), unit_of(token)
        place = f"at character {(value.meta.start_pos or 0) + 1}"
        hint = measured.hint or WRITTEN[measured.quantity]
        if unit and _quantity(unit) is not measured.quantity:
            return f"is {measured.quantity.value}, and never {token}, as {place}{hint}"
        if size and not unit and measured.hint:
            return f"is {verb} with a number without a unit {place}{hint}"
        if size >= measured.limit:
            return (
                "counts from the beginning of the capture, not from 1970, as "
                f"{place}{hint}"
            )
        return ""

    def sum_mismatch(self, part: Tree[Token], other: Tree[Token]) -> str:
        """Return why two parts have no sum or difference; empty where they may have.

        Raises:
            ExpressionError: A unit in them is unknown.
        """
        problem = self.mismatch(part, other, "combined")
        one, another = self._quantity_of(part), self._quantity_of(other)
        # A share is a plain number, as a count is.
        if problem or one is None or another is None or {one, another} <= _PLAIN:
            return problem
        if one is another:
            return ""
        place = f"at character {(other.meta.start_pos or 0) + 1}"
        return f"is {one.value}, and never {another.value}, as {place}"

    def _quantity_of(self, node: Tree[Token]) -> Quantity | None:
        """Return the quantity of a part, or the one that the unit of a literal has."""
        token = node.children[-1] if node.data in {"number", "signed"} else None
        if isinstance(token, Token):
            unit = unit_of(token)
            return _quantity(unit) if unit else None
        measured = self.of(node)
        return None if measured is None else measured.quantity


def _quantity(unit: str) -> Quantity:
    """Return what a number with a unit measures."""
    if unit == "%":
        return Quantity.SHARE
    return Quantity.SIZE if unit.endswith("B") else Quantity.TIME


def _is_plain(node: Tree[Token]) -> bool:
    """Whether a part is a number without a unit, or a share."""
    token = node.children[-1] if node.data in {"number", "signed"} else None
    return isinstance(token, Token) and unit_of(token) in {"", "%"}
