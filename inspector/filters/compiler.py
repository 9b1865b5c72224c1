"""The tree of an expression to a function of what it is about.

Every node becomes one closure over those of its children, so that nothing of the
expression is interpreted again for each exchange; a field that is compared with a
constant, which nearly every expression does, becomes a single comparison.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from lark import Token, Tree

from inspector.errors import ExpressionError
from protocol import UNDEFINED, Json

from .literals import did_you_mean, number, string
from .measuring import Quantities
from .values import at_most, calculate, contains, equal, found, less, step, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .quantities import Measured
    from .vocabulary import Vocabulary

Subject = TypeVar("Subject")
Reader: TypeAlias = "Callable[[Subject], Json]"
Function: TypeAlias = "Callable[[Sequence[Tree[Token]]], Reader[Subject]]"

_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}

_CONSTANT_TYPES = {"true": "boolean", "false": "boolean"}

_LITERALS = {"string": "string", "number": "number", "signed": "number"}
"""Node of the grammar → the type of what it spells."""

_TYPES = _LITERALS | {"array": "array", "called": "number", "calculated": "number"}
"""Node of the grammar → the type of what it gives; all functions measure something."""


class _Constant:
    """A closure that gives the same for all; what compares may look inside."""

    __slots__ = ("value",)

    def __init__(self, value: Json) -> None:
        self.value = value

    def __call__(self, _: object) -> Json:
        return self.value


class Compiler:
    """Turn trees into functions of a subject.

    Args:
        words: The words that they may have.
        option: Where the expression was given, for errors.
        functions: Name → what compiles a call of it, from the trees in its brackets.
        of_call: What a call of one measures; None where nobody knows.
    """

    def __init__(
        self,
        words: Vocabulary,
        option: str,
        functions: Mapping[str, Function[Any]] | None = None,
        of_call: Callable[[Tree[Token]], Measured | None] = lambda _: None,
    ) -> None:
        self.option = option
        self._words = words
        self._quantities = Quantities(words.quantities, of_call, option)
        self._functions = functions or {}

    def compile(self, node: Tree[Token]) -> Reader[Any]:
        """Return the function of a tree.

        Raises:
            ExpressionError: A name or a unit in it is unknown, a regular expression
                is malformed, or a field is compared with what it never is.
        """
        made: Reader[Any] = getattr(self, f"_{node.data}")(node, *node.children)
        return made

    def fail(self, problem: str, node: Tree[Token] | Token) -> ExpressionError:
        """Return the error for something that is wrong with a node."""
        place = node.start_pos if isinstance(node, Token) else node.meta.start_pos
        return ExpressionError(self.option, problem, (place or 0) + 1)

    def _either(self, _: object, *children: Any) -> Reader[Any]:
        first, second, *more = map(self.compile, children)
        if not more:  # as nearly always
            return lambda subject: truth(first(subject)) or truth(second(subject))
        made = (first, second, *more)
        return lambda subject: any(truth(each(subject)) for each in made)

    def _both(self, _: object, *children: Any) -> Reader[Any]:
        first, second, *more = map(self.compile, children)
        if not more:
            return lambda subject: truth(first(subject)) and truth(second(subject))
        made = (first, second, *more)
        return lambda subject: all(truth(each(subject)) for each in made)

    def _negated(self, _: object, child: Any) -> Reader[Any]:
        made = self.compile(child)
        return lambda subject: not truth(made(subject))

    def _compared(self, _: object, left: Any, sign: Token, right: Any) -> Reader[Any]:
        if sign in {"~", "!~"}:
            return self._matched(left, sign, right)
        self._check_types(left, right)
        for field, value in ((left, right), (right, left)):
            self._check_quantity(field, value)
            self._check_enumerated(field, value)
            if sign in {"==", "!="} and self._is_named(field):
                return self._called_by(field, sign, value)
        first, second = self.compile(left), self.compile(right)
        if isinstance(second, _Constant):
            quick = _compare_with_constant(first, sign, second.value)
            if quick is not None:
                return quick
        return _compare(first, sign, second)

    def _is_named(self, field: Tree[Token]) -> bool:
        return field.data == "field" and field.children[0] in self._words.names

    def _called_by(self, field: Any, sign: str, value: Any) -> Reader[Any]:
        """Compare a field that has several names with a value."""
        read, wanted = self.compile(field), self.compile(value)
        names = self._words.names[str(field.children[0])]
        if sign == "==":
            return lambda subject: _is_called(read(subject), wanted(subject), names)
        return lambda subject: not _is_called(read(subject), wanted(subject), names)

    def _matched(self, left: Any, sign: Token, right: Any) -> Reader[Any]:
        first, second = self.compile(left), self.compile(right)
        if not isinstance(second, _Constant) or not isinstance(second.value, str):
            raise self.fail(f"expected a string after {sign}", right)
        try:
            pattern = re.compile(second.value)
        except re.error as error:
            raise self.fail(f"no regular expression: {error}", right) from None
        if sign == "~":
            return lambda subject: found(pattern, first(subject))
        return lambda subject: not found(pattern, first(subject))

    def _contained(self, _: object, left: Any, right: Any) -> Reader[Any]:
        if right.data == "array":
            self._check_members(left, right)
        part, whole = self.compile(left), self.compile(right)
        if self._is_named(left):
            names = self._words.names[str(left.children[0])]
            return lambda subject: _is_among(part(subject), whole(subject), names)
        return lambda subject: contains(whole(subject), part(subject))

    def _not_contained(self, node: object, left: Any, right: Any) -> Reader[Any]:
        made = self._contained(node, left, right)
        return lambda subject: not made(subject)

    def _calculated(self, _: object, left: Any, sign: Token, right: Any) -> Reader[Any]:
        first, second = self.compile(left), self.compile(right)
        if sign in {"+", "-"}:
            self._check_sum(left, right)
        operator = str(sign)
        return lambda subject: calculate(operator, first(subject), second(subject))

    def _member(self, _: object, child: Any, name: Token) -> Reader[Any]:
        made, key = self.compile(child), str(name)
        return lambda subject: step(made(subject), key)

    def _item(self, _: object, child: Any, key: Any) -> Reader[Any]:
        made, place = self.compile(child), self.compile(key)
        return lambda subject: step(made(subject), place(subject))

    def _field(self, _: object, name: Token) -> Reader[Any]:
        if name in _CONSTANTS:
            return _Constant(_CONSTANTS[name])
        if name not in self._words.fields:
            meant = did_you_mean(name, self._words.fields)
            hint = meant or f'; a text needs quotes: "{name}"'
            raise self.fail(f"no field '{name}'{hint}", name)
        return self._words.fields[name]

    def _called(self, _: object, name: Token, *arguments: Any) -> Reader[Any]:
        if name not in self._functions:
            hint = did_you_mean(name, self._functions)
            raise self.fail(f"no function '{name}'{hint}", name)
        given = [each for each in arguments if each is not None]
        made: Reader[Any] = self._functions[name](given)
        return made

    def _number(self, _: object, token: Token) -> Reader[Any]:
        return _Constant(number(token, self.option))

    def _signed(self, _: object, sign: Token, token: Token) -> Reader[Any]:
        value = number(token, self.option)
        return _Constant(-value if sign == "-" else value)

    def _string(self, _: object, token: Token) -> Reader[Any]:
        return _Constant(string(token))

    def _array(self, _: object, *children: Any) -> Reader[Any]:
        items = [self.compile(child) for child in children if child is not None]
        if all(isinstance(item, _Constant) for item in items):
            return _Constant([item(None) for item in items])
        return lambda subject: [item(subject) for item in items]

    def _check_types(self, left: Tree[Token], right: Tree[Token]) -> None:
        """Refuse to compare what is measured with what is never of its type."""
        for measured, value in ((left, right), (right, left)):
            if self._is_measured(measured) and self._differ(measured, value):
                raise self._mismatch(measured, value)

    def _check_members(self, part: Tree[Token], array: Tree[Token]) -> None:
        """Refuse to look for what is measured among what is never of its type."""
        items = [item for item in array.children if isinstance(item, Tree)]
        known = items and self._is_measured(part)
        if known and all(self._differ(part, item) for item in items):
            raise self._mismatch(part, items[0])
        for item in items:
            self._check_quantity(part, item)

    def _is_measured(self, node: Tree[Token]) -> bool:
        constant = node.data == "field" and node.children[0] in _CONSTANTS
        return node.data in {"field", "called", "calculated"} and not constant

    def _differ(self, one: Tree[Token], other: Tree[Token]) -> bool:
        wanted, given = self._type_of(one), self._type_of(other)
        return wanted is not None and given is not None and wanted != given

    def _type_of(self, node: Tree[Token]) -> str | None:
        """Return the one type that a node has, if it has one."""
        if node.data == "field":
            name = str(node.children[0])
            return _CONSTANT_TYPES.get(name, self._words.types.get(name))
        return _TYPES.get(node.data)

    def _mismatch(self, measured: Tree[Token], value: Tree[Token]) -> ExpressionError:
        name, wanted = _name_of(measured), self._type_of(measured)
        place = (value.meta.start_pos or 0) + 1
        given = _with_article(self._type_of(value))
        problem = f"{name} is {_with_article(wanted)}, and never {given}"
        quantity = self._words.quantities.get(name)
        hint = (quantity and quantity.hint) or _example(wanted)
        return self.fail(f"{problem}, as at character {place}{hint}", value)

    def _check_quantity(self, measured: Tree[Token], value: Tree[Token]) -> None:
        """Refuse to compare what is measured with a number that measures another."""
        problem = self._quantities.mismatch(measured, value)
        if problem:
            raise self.fail(f"{_name_of(measured)} {problem}", value)

    def _check_sum(self, left: Tree[Token], right: Tree[Token]) -> None:
        """Refuse to add or subtract numbers that measure different quantities."""
        for part, other in ((left, right), (right, left)):
            problem = self._quantities.sum_mismatch(part, other)
            if problem:
                raise self.fail(f"{_name_of(part)} {problem}", other)

    def _check_enumerated(self, field: Tree[Token], value: Tree[Token]) -> None:
        """Refuse to compare a field with a word that it never is."""
        if field.data != "field" or value.data != "string":
            return
        name, word = str(field.children[0]), string(_token(value))
        known = self._words.enumerated.get(name)
        if known is not None and word not in known:
            hint = did_you_mean(word, known) or f"; there are {', '.join(known)}"
            raise self.fail(f"no {name} '{word}'{hint}", value)


def _is_called(
    value: Json, wanted: Json, names: Callable[[str], frozenset[str]]
) -> bool:
    """Whether a string is wanted under one of its names; else equality as ever."""
    if isinstance(value, str) and isinstance(wanted, str):
        return value == wanted or wanted in names(value)
    return equal(value, wanted)


def _is_among(value: Json, whole: Json, names: Callable[[str], frozenset[str]]) -> bool:
    """Whether a string is in a value under one of its names."""
    every = names(value) if isinstance(value, str) else [value]
    return any(contains(whole, each) for each in every)


def _example(wanted: str | None) -> str:
    """Return how a value of a type is written, where people write another."""
    hints = {"number": "; write 5ms or 2kB", "array": "; in finds a member"}
    return hints.get(wanted or "", "")


def _with_article(kind: str | None) -> str:
    return f"an {kind}" if kind == "array" else f"a {kind}"


def _name_of(node: Tree[Token]) -> str:
    """Return what an error calls a part of an expression."""
    if node.data in {"field", "called"}:
        return str(node.children[0])
    if node.data in {"number", "signed"}:
        return "".join(map(str, node.children))
    return "what is calculated"


def _token(node: Tree[Token]) -> Token:
    token = node.children[0]
    assert isinstance(token, Token)
    return token


def _compare_with_constant(
    read: Reader[Any], sign: str, value: Json
) -> Reader[Any] | None:
    """Return a comparison with a constant whose type makes it simple, if it does."""
    if isinstance(value, str):  # a string equals nothing but a string
        if sign == "==":
            return lambda subject: read(subject) == value
        if sign == "!=":
            return lambda subject: read(subject) != value
    return None


def _compare(first: Reader[Any], sign: str, second: Reader[Any]) -> Reader[Any]:
    if sign == "==":
        return lambda subject: equal(first(subject), second(subject))
    if sign == "!=":
        return lambda subject: not equal(first(subject), second(subject))
    if sign == "<":
        return lambda subject: less(first(subject), second(subject))
    if sign == "<=":
        return lambda subject: at_most(first(subject), second(subject))
    if sign == ">":
        return lambda subject: less(second(subject), first(subject))
    return lambda subject: at_most(second(subject), first(subject))
