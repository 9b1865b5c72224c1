"""One function spells a duration, and nothing else does."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import words
from protocol import duration, significant

_ROOT = Path(__file__).parents[2]
_UNIT = re.compile(
    r"( ?(ns|µs|us|ms)| (s|secs?|seconds?|min|minutes?|h|hours?))\b(?! after 1970)"
)
_NOT_MEASURED = {
    "inspector/conformance/serving/connections.py": "a limit, as it was set",
    "inspector/conformance/serving/line.py": "a limit, as it was set",
    "inspector/explain/effects.py": "a limit of Nest",
    "inspector/filters/watching.py": "when, not how long",
    "inspector/fleet/crews.py": "a limit of ours",
    "inspector/views/diff_words.py": "in milliseconds, as its table has them",
    "inspector/views/timeline_plot.py": "in milliseconds, as its table has them",
    "inspector/views/live_screen.py": "a whole number of seconds in a header",
    "protocol/durations.py": "the one that spells them",
    "servers/calling/conversing.py": "a limit, as it was set",
    "servers/calling/watching.py": "an interval, as it was set",
    "servers/channel.py": "a limit, as it was set",
    "servers/client/caller.py": "a limit, as it was set",
    "servers/client/policies.py": "a limit, as it was set",
    "servers/errors.py": "a limit, as it was set",
    "servers/replaying/words.py": "when, not how long",
    "servers/serving/supervisor.py": "a wait, as it was set",
}
"""Module → why a figure stands before a unit of time there."""


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (0, "0 s"),
        (400, "0.400 µs"),
        (-9_900_000, "-9.90 ms"),
        (-80_000_000_000, "-1 min 20 s"),
        (972_000, "972 µs"),
        (999_499, "999 µs"),
        (999_500, "1.00 ms"),
        (41_700_000, "41.7 ms"),
        (99_949_999, "99.9 ms"),
        (99_950_000, "100 ms"),
        (999_499_999, "999 ms"),
        (999_500_000, "1.00 s"),
        (3_650_000_000, "3.65 s"),
        (59_900_000_000, "59.9 s"),
        (80_000_000_000, "1 min 20 s"),
        (3_599_400_000_000, "59 min 59 s"),
        (3_600_000_000_000, "1 h 0 min"),
        (4_000_000_000_000_000, "1,111 h 6 min"),
    ],
)
def test_a_duration_has_three_significant_digits_and_a_unit(
    time_ns: int, text: str
) -> None:
    assert duration(time_ns) == text


@given(st.integers(1_000, 59_000_000_000))
def test_a_duration_reads_within_half_a_percent(time_ns: int) -> None:
    figure, unit = duration(time_ns).split()
    scale = {"µs": 1e3, "ms": 1e6, "s": 1e9}[unit]

    assert float(figure) * scale == pytest.approx(time_ns, rel=0.005)
    assert 3 <= len(figure) <= 5


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (0.0123, "0.012"),
        (0.4561, "0.456"),
        (0.9994, "0.999"),
        (0.9996, "1.00"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (99.94, "99.9"),
        (99.96, "100"),
        (1234.5, "1234"),
    ],
)
def test_three_significant_digits_and_at_most_three_decimals(
    value: float, text: str
) -> None:
    assert significant(value) == text


def test_sentences_of_the_inspector_have_the_same() -> None:
    assert words.duration is duration
    assert words.significant is significant


def _figures_with_units(source: str) -> list[str]:
    """Return what stands after a figure in the texts of a module: units of time."""
    texts = (
        each for each in ast.walk(ast.parse(source)) if type(each) is ast.JoinedStr
    )
    return [
        str(after.value)
        for text in texts
        for figure, after in pairwise(text.values)
        if isinstance(figure, ast.FormattedValue) and isinstance(after, ast.Constant)
        if _UNIT.match(str(after.value))
    ]


def test_nothing_else_writes_a_figure_before_a_unit_of_time() -> None:
    found = {
        str(path.relative_to(_ROOT))
        for package in ("inspector", "protocol", "servers")
        for path in (_ROOT / package).rglob("*.py")
        if _figures_with_units(path.read_text(encoding="utf-8"))
    }

    assert found == set(_NOT_MEASURED)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('f"{x:.3g} ms"', True),
        ('f"took {x}ms, or so"', True),
        ('f"{x} seconds"', True),
        ('f"{duration(x)} each"', False),
        ('f"{x} segments"', False),
        ('f"{x} s after 1970"', False),
    ],
)
def test_a_second_spelling_is_seen(source: str, *, found: bool) -> None:
    assert bool(_figures_with_units(source)) is found
