"""A tree becomes a function of its subject."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.errors import ExpressionError
from inspector.filters.compiler import Compiler
from inspector.filters.parser import parse
from inspector.filters.vocabulary import Vocabulary
from protocol import UNDEFINED

_SUBJECT = {"name": "sum", "size": 5, "data": {"a b": [1, {"x": "y"}]}, "flag": True}
_SUBJECT["flower"] = "rose"
_FIELDS = {
    name: lambda subject, name=name: subject.get(name, UNDEFINED)
    for name in ("name", "size", "data", "flag", "flower", "absent")
}


def _names(value: str) -> frozenset[str]:
    return frozenset({value, value.upper()})


def evaluated(text: str) -> Any:  # noqa: ANN401 — any JSON value
    functions = {"double": lambda trees: lambda _: 2 * len(trees)}
    words = Vocabulary(_FIELDS, {"name": ["sum", "log"]}, names={"flower": _names})
    compiler: Compiler = Compiler(words, "--where", functions)
    return compiler.compile(parse(text, "--where"))(_SUBJECT)


@pytest.mark.parametrize(
    "text",
    [
        'flower == "rose" and flower == "ROSE" and "ROSE" == flower',
        'flower != "R" and not (flower != "ROSE")',
        'flower != "R" and flower == flower and not (flower == 5)',
        'flower in ["tulip", "ROSE"] and flower not in ["tulip"]',
        'flower in "A ROSE"',
        'name == "sum"',
        'name != "log"',
        "size == 5 and size != 6 and size < 6 and size <= 5 and size > 4 and size >= 5",
        'data["a b"][1].x == "y"',
        'data["a b"][-1]["x"] == "y"',
        'data["a b"][size - 5] == 1',
        "absent == undefined and data.none.more == undefined",
        "not absent and not (absent < 1) and not (absent >= 1)",
        'name ~ "^s" and name !~ "^u" and absent !~ "."',
        'name in ["sum", "log"] and "u" in name and 5 not in [1, size + 1]',
        '"a b" in data and 1 in data["a b"]',
        "size * 2 + 1 == 11 and size / 2 == 2.5 and size - -1 == 6",
        "flag and flag == true and flag != 1 and flag != false",
        "[size, 1] == [5, 1] and null == null and null != undefined",
        "double(1, 2) == 4 and double() == 0",
        "false or size",
        "5 == size and 'sum' == name",
    ],
)
def test_what_holds(text: str) -> None:
    assert evaluated(text)
    assert evaluated(f"not ({text})") is False


@pytest.mark.parametrize(
    ("operator", "others", "last", "holds"),
    [
        ("or", "size == 6", "flag", True),
        ("or", "size == 6", "absent", False),
        ("and", "size == 5", "flag", True),
        ("and", "size == 5", "absent", False),
    ],
)
def test_very_many_conditions_are_joined(
    operator: str, others: str, last: str, *, holds: bool
) -> None:
    assert evaluated(f" {operator} ".join([others] * 5_000 + [last])) is holds


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("nam == 1", 1, "no field 'nam', did you mean name?"),
        ("size > 1 or sze > 2", 13, "no field 'sze', did you mean size?"),
        ("qqq", 1, "no field 'qqq'"),
        ("size > 1 mz", 10, "expected an operator"),
        ("size > 1mss", 9, "no unit 'mss', did you mean ms?"),
        ("dubble(1)", 1, "no function 'dubble', did you mean double?"),
        ('name ~ "("', 8, "no regular expression: "),
        ("name ~ size", 8, "expected a string after ~"),
        ('name == "summ"', 9, "no name 'summ', did you mean sum?"),
        ('"lg" != name', 1, "no name 'lg', did you mean log?"),
    ],
)
def test_an_error_points_at_the_character(text: str, place: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluated(text)

    assert str(caught.value).startswith(f"--where: {message}")
    assert caught.value.place == place
