from __future__ import annotations

import subprocess
import sys

import pytest

from protocol.on_demand import on_demand
from tests.patience import PATIENCE

_PROGRAM = """
import sys
from protocol.on_demand import on_demand
convert = on_demand("colorsys:rgb_to_hsv")
print("colorsys" in sys.modules, convert(0, 0, 0), "colorsys" in sys.modules)
"""


def test_a_module_is_loaded_by_the_first_call() -> None:
    printed = subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout

    assert printed.split() == ["False", "(0.0,", "0.0,", "0)", "True"]


def test_it_is_called_with_all_that_it_is_given() -> None:
    fraction = on_demand("fractions:Fraction")

    assert str(fraction(6, denominator=4)) == "3/2"
    assert fraction.loaded is fraction.loaded


@pytest.mark.parametrize(
    ("place", "error"),
    [("no_such_module:f", ImportError), ("colorsys:no_such_name", AttributeError)],
)
def test_what_there_is_not_fails_when_it_is_called(
    place: str, error: type[Exception]
) -> None:
    absent = on_demand(place)

    with pytest.raises(error, match="no_such"):
        absent()
