"""What the parts of an expression measure, and with what they may be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lark import Tree

from inspector.filters.literals import UNITS
from inspector.filters.measuring import Quantities
from inspector.filters.parser import parse
from inspector.filters.quantities import (
    COUNTED,
    SIZED,
    SPAN,
    TIMED,
    Measured,
    Quantity,
)

if TYPE_CHECKING:
    from lark import Token

_WORDS = {"n": COUNTED, "size": SIZED, "span": SPAN, "time": TIMED}
_QUANTITIES = Quantities(_WORDS, lambda _: SPAN, "--where")


def _parts(text: str) -> tuple[Tree[Token], Tree[Token]]:
    left, _, right = parse(text, "--where").children
    assert isinstance(left, Tree)
    assert isinstance(right, Tree)
    return left, right


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("n", COUNTED),
        ("other", None),
        ("p99()", SPAN),
        ("n + other", COUNTED),
        ("other - size", SIZED),
        ("span * 2", SPAN),
        ("50% * size", SIZED),
        ("span * n", None),
        ("n / n", Measured(Quantity.SHARE)),
        ("span / time", Measured(Quantity.SHARE)),
        ("size / n", None),
        ("span / 2", None),
        ("5ms", None),
        ("data.n", None),
    ],
)
def test_what_is_measured_follows_from_the_parts(
    text: str, measured: Measured | None
) -> None:
    part, _ = _parts(f"{text} == 1")

    assert _QUANTITIES.of(part) == measured


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("n > 5", ""),
        ("n > 5ms", "is a number without a unit, and never 5ms, as at character 5"),
        ("size > -5", ""),
        ("size > 5 s", "is a size, and never 5 s, as at character 8; write 2kB"),
        ("time > 5", ""),
        ("time > 5%", "is a time, and never 5%, as at character 8; write 5ms"),
        ("span > 5s", ""),
        ("span > 0.0", ""),
        (
            "span > 5",
            "is compared with a number without a unit at character 8; write 5ms",
        ),
        ("n / n > 5%", ""),
        ("n / n > 5", ""),
        (
            "n / n > 5B",
            "is a share, and never 5B, as at character 9; write 5% or 0.05",
        ),
        ("other > 5B", ""),
        ("span > other", ""),
    ],
)
def test_a_unit_has_to_be_one_of_what_is_measured(text: str, problem: str) -> None:
    assert _QUANTITIES.mismatch(*_parts(text)) == problem


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_measures_something(unit: str) -> None:
    words = (COUNTED, SIZED, TIMED, Measured(Quantity.SHARE))
    fitting = []
    for word in words:
        quantities = Quantities({"x": word}, lambda _: None, "--where")
        if not quantities.mismatch(*_parts(f"x > 5{unit}")):
            fitting.append(word.quantity)

    assert len(fitting) == 1
    assert Quantity.COUNT not in fitting


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("span + 5ms", ""),
        ("span + 0", ""),
        ("span + time", ""),
        ("span + other", ""),
        ("n - 5", ""),
        ("n / n + 5", ""),
        ("n / n + n", ""),
        ("time + 5", ""),
        (
            "span + 5",
            "is combined with a number without a unit at character 8; write 5ms",
        ),
        ("size - 5ms", "is a size, and never 5ms, as at character 8; write 2kB"),
        ("span + size", "is a time, and never a size, as at character 8"),
        ("n + span", "is a number without a unit, and never a time, as at character 5"),
        ("5ms + 3kB", "is a time, and never a size, as at character 7"),
        ("5ms + 3", ""),
    ],
)
def test_a_sum_has_parts_that_measure_the_same(text: str, problem: str) -> None:
    left, _ = _parts(f"{text} > x")
    one, _, other = left.children
    assert isinstance(one, Tree)
    assert isinstance(other, Tree)

    assert _QUANTITIES.sum_mismatch(one, other) == problem
