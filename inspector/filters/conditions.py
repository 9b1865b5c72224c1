"""``--fail-on``: whether the totals of an inspection break a condition.

A condition speaks the words of the summary, and calls functions of the exchanges, of
all of them or of those that its first argument chooses:

=====================================  ============================================
``count(outcome == "error")``          how many they are
``p99("sum")``                         a quantile of their latency; p50 to p999
``min() max() mean() sum()``           of the latency as well …
``max("sum", request_bytes)``          … or of any other number
``finding("nagle-stall")``             how many findings have this code …
``finding("warning")``                 … or this severity; ``warnings``, ``notes``
=====================================  ============================================

A string alone chooses by route. Without an exchange there is no quantile, and what is
compared with it does not hold. Such a condition would pass for ever where a route is
misspelt or a capture is empty: :meth:`Conditions.unjudged` tells.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
from lark import Token, Tree

from inspector.calls.costs import begins
from inspector.errors import ExpressionError
from inspector.figures.latency import Latencies
from inspector.figures.measure import Measure
from inspector.figures.summary import Summary
from inspector.findings.catalogue import rules
from inspector.findings.finding import Severity
from inspector.shorthand import found_by, names
from inspector.words import duration
from protocol import UNDEFINED, Json
from protocol.named_tuple import NamedTuple

from .compiler import Compiler
from .fields import SHORT, vocabulary
from .literals import did_you_mean, string
from .measuring import Quantities
from .parser import compared_routes, parse, source
from .quantities import COUNTED, SPAN, named_quantity
from .values import is_number, truth
from .vocabulary import Vocabulary
from .watching import MOST_ROUTES, missing_route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.findings.groups import FindingGroup

    from .compiler import Function, Reader
    from .quantities import Measured

OPTION = "--fail-on"
_QUANTILES = {f"p{digits}": digits / 100 for digits in range(1, 100)} | {"p999": 0.999}
_FIGURES = ("sum", "mean", "min", "max", *_QUANTILES)
"""Functions of a latency, or of another number."""
_MOST_ARGUMENTS = 2
_HUGE = 10**18  # and more is not counted by digits

TOTALS = [field.name for field in msgspec.structs.fields(Summary) if field.type is int]
"""What a condition may call by its name: the numbers of the summary."""

SEVERITIES = {"warnings": Severity.WARNING, "notes": Severity.NOTE}
"""… and the findings of a severity; ``errors`` are the calls that failed."""


class Tally:
    """What a function of a condition keeps of the exchanges that it is about.

    Args:
        chosen: Which these are.
        read: What it measures of one; None for its latency, whose quantiles are those
            of the report.
    """

    def __init__(
        self,
        chosen: Callable[[Exchange], Json],
        read: Callable[[Exchange], Json] | None = None,
    ) -> None:
        self.count = 0
        self._chosen = chosen
        self._read = read or SHORT["latency"]
        self._measure = Measure()
        self._latencies = Latencies() if read is None else None

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange, if it is one of them."""
        if not truth(self._chosen(exchange)):
            return
        self.count += 1
        value = self._read(exchange)
        if is_number(value):
            self._measure.add(value)
            if self._latencies is not None:
                self._latencies.add(value)

    def figure(self, name: str) -> Json:
        """Return what a function finds; UNDEFINED where it measured nothing."""
        if name == "count":
            return self.count
        measure = self._measure
        if name == "sum":
            return measure.sum
        if not measure.count:
            return UNDEFINED
        if name in _QUANTILES:
            quantile = (self._latencies or measure).quantile
            return quantile(_QUANTILES[name])
        figures = {"mean": measure.mean, "min": measure.least, "max": measure.greatest}
        return figures[name]


class _Condition(NamedTuple):
    """A condition, what decides it, and the figures that it speaks of."""

    text: str
    holds: Reader[Any]
    figures: list[tuple[str, Reader[Any], Callable[[Json], str]]]


class Gate(NamedTuple):
    """Something that may fail a run.

    Attributes:
        name: The condition as it was given.
        failure: Why it fails the run; empty where it does not.
    """

    name: str
    failure: str


class Conditions:
    """The conditions of a run, fed with its exchanges.

    Args:
        texts: The conditions; each of them fails the run when it holds.

    Raises:
        ExpressionError: One of them has no meaning.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._tallies: list[Tally] = []
        self._count = 0
        self._routes: set[str] = set()
        self._asked: dict[str, None] = {}
        self._found: Counter[str] = Counter()
        self._conditions = [self._compile(text) for text in texts]

    def __bool__(self) -> bool:
        return bool(self._conditions)

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange; one that only begins what Nest does is not judged."""
        if begins(exchange.carrier):
            return
        self._count += 1
        route = exchange.route
        if route is not None and (
            len(self._routes) < MOST_ROUTES or not names(route).isdisjoint(self._asked)
        ):
            self._routes.add(route)
        for tally in self._tallies:
            tally.add(exchange)

    def unjudged(self) -> Iterator[str]:
        """Yield why conditions measured nothing: no exchange, or no such route."""
        if not self._count:
            yield "no exchange to judge"
            return
        for route in self._asked:
            if not found_by(route, self._routes):
                yield missing_route(route, self._routes)

    def broken(
        self, summary: Summary, findings: Iterable[FindingGroup] = ()
    ) -> Iterator[str]:
        """Yield the conditions that hold, each with the figures that it speaks of.

        Args:
            summary: The totals.
            findings: The findings, in groups.
        """
        gates = self.judged(summary, findings)
        yield from (gate.failure for gate in gates if gate.failure)

    def judged(
        self, summary: Summary, findings: Iterable[FindingGroup] = ()
    ) -> Iterator[Gate]:
        """Yield all conditions, and of those that hold what they say.

        Args:
            summary: The totals.
            findings: The findings, in groups.
        """
        self._found.clear()
        for group in findings:
            self._found[group.first.code] += group.count
            self._found[group.first.severity] += group.count
        for condition in self._conditions:
            failure = ""
            if truth(condition.holds(summary)):
                figures = (
                    f"{name} is {show(read(summary))}"
                    for name, read, show in condition.figures
                )
                failure = f"{condition.text} holds: {', '.join(figures)}"
            yield Gate(condition.text, failure)

    def _compile(self, text: str) -> _Condition:
        tree = parse(text, OPTION)
        fields: dict[str, Reader[Summary]] = {"carriers": _carriers}
        fields.update((name, attrgetter(name)) for name in TOTALS)
        fields.update((word, self._count_of(code)) for word, code in SEVERITIES.items())
        names = ("count", *_FIGURES)
        functions: dict[str, Function[Summary]]
        functions = {name: partial(self._call, name) for name in names}
        functions["finding"] = self._call_finding
        numbers = [*TOTALS, *SEVERITIES]
        words = Vocabulary(
            fields,
            types=dict.fromkeys(numbers, "number"),
            quantities={name: named_quantity(name) for name in numbers},
        )
        compiler: Compiler = Compiler(words, OPTION, functions, _measured)
        holds = compiler.compile(tree)
        figures = [
            (source(text, node), compiler.compile(node), _spelling(node))
            for node in _figures(tree)
        ]
        return _Condition(text, holds, figures)

    def _call(self, name: str, arguments: Sequence[Tree[Token]]) -> Reader[Any]:
        compiler: Compiler = Compiler(vocabulary(), OPTION)
        if len(arguments) > _MOST_ARGUMENTS:
            raise compiler.fail(f"{name} takes no third argument", arguments[2])
        for argument in arguments[:1]:
            self._asked |= dict.fromkeys(_routes(argument))
        chosen: Reader[Any] = lambda _: True  # noqa: E731 — the default of an argument
        read: Reader[Any] | None = None
        if arguments:
            chosen = _choice(compiler, arguments[0])
        if len(arguments) == _MOST_ARGUMENTS:
            read = compiler.compile(arguments[1])
        tally = Tally(chosen, read)
        self._tallies.append(tally)
        return lambda _: tally.figure(name)

    def _call_finding(self, arguments: Sequence[Tree[Token]]) -> Reader[Any]:
        """Return what counts the findings of a code, or of a severity."""
        compiler: Compiler = Compiler(Vocabulary({}), OPTION)
        if len(arguments) != 1 or arguments[0].data != "string":
            problem = 'finding takes one string: a code, "error", "warning" or "note"'
            raise ExpressionError(OPTION, problem, 1)
        code = string(arguments[0].children[0])  # type: ignore[arg-type]
        known = [*Severity, *rules()]
        if code not in known:
            problem = f"no finding '{code}'{did_you_mean(code, known)}"
            raise compiler.fail(problem, arguments[0])
        return self._count_of(code)

    def _count_of(self, code: str) -> Reader[Any]:
        return lambda _: self._found[code]


def _routes(argument: Tree[Token]) -> Iterable[str]:
    """Return the routes of which a function is to measure something."""
    if argument.data == "string":
        return [string(argument.children[0])]  # type: ignore[arg-type]
    return compared_routes(argument)


def _carriers(summary: Summary) -> Json:
    return msgspec.to_builtins(summary.carriers, str_keys=True)


def _choice(compiler: Compiler, argument: Tree[Token]) -> Reader[Any]:
    """Return what chooses exchanges: a string is a route."""
    if argument.data != "string":
        return compiler.compile(argument)
    (token,) = argument.children
    wanted = string(token)  # type: ignore[arg-type]
    return lambda exchange: (
        exchange.route is not None and wanted in names(exchange.route)
    )


def _figures(node: Tree[Token]) -> Iterator[Tree[Token]]:
    """Yield what an expression measures: its fields and its calls."""
    if node.data in {"field", "called"}:
        yield node
        return
    for child in node.children:
        if isinstance(child, Tree):
            yield from _figures(child)


def _spelling(node: Tree[Token]) -> Callable[[Json], str]:
    """Return how a figure is written: latencies, which calls measure, have a unit."""
    if node.data == "called" and _measured(node) is SPAN:
        return lambda value: duration(round(value)) if is_number(value) else "unknown"
    return lambda value: _spelled(value) if is_number(value) else "unknown"


def _measured(call: Tree[Token]) -> Measured | None:
    """Return what a function measures: how many, a latency, or what it is told."""
    name = call.children[0]
    if name not in _FIGURES:
        return COUNTED if name in {"count", "finding"} else None
    arguments = [child for child in call.children[1:] if isinstance(child, Tree)]
    if len(arguments) < _MOST_ARGUMENTS:
        return SPAN
    words = vocabulary().quantities
    return Quantities(words, lambda _: None, OPTION).of(arguments[1])


def _spelled(value: float) -> str:
    """Return a number as a person reads it; a huge one by its first digits."""
    return f"{value:,}" if abs(value) < _HUGE else f"{Decimal(value):.6g}"
