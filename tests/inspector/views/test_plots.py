"""Axes and shapes of plots."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from inspector.views.plots import LogScale, TimeScale, box, columns, line, text

_SPANS = st.integers(0, 10**18)


@given(_SPANS)
def test_an_axis_of_time_has_few_round_ticks_in_order(span_ns: int) -> None:
    scale = TimeScale(span_ns, 100, 500)
    ticks = list(scale.ticks())

    assert list(ticks[0]) == [100, "0"]
    assert len(ticks) <= 9
    assert all(100 <= x <= 600 for x, _ in ticks)
    assert all(a < b for (a, _), (b, _) in pairwise(ticks))
    if span_ns > 100:
        assert len(ticks) >= 4


def test_a_time_beyond_an_axis_stays_on_it() -> None:
    scale = TimeScale(1_000, 10, 100)

    assert [scale.place(at) for at in (-5, 0, 500, 1_000, 9_999)] == [
        10, 10, 60, 110, 110,
    ]  # fmt: skip
    assert [label for _, label in TimeScale(2_500_000_000, 0, 1).ticks()] == [
        "0", "500 ms", "1,000 ms", "1,500 ms", "2,000 ms", "2,500 ms",
    ]  # fmt: skip


def test_an_axis_of_logarithms_has_powers_of_ten() -> None:
    scale = LogScale(30_000, 5_000_000_000, 0, 600)

    assert [label for _, label in scale.ticks()] == [
        "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s",
    ]  # fmt: skip
    assert [round(x) for x, _ in scale.ticks()] == [0, 100, 200, 300, 400, 500, 600]
    assert scale.place(10**6) == 200
    assert scale.columns([(10**6, 3), (10**10, 2), (11_000, 1)], 6) == [
        1, 0, 3, 0, 0, 2,
    ]  # fmt: skip
    assert len(list(LogScale(0, 0, 0, 1).ticks())) == 2


def test_the_highest_column_fills_the_height_and_the_least_can_be_seen() -> None:
    drawn = columns([0, 1, 1000], (10, 100), (30, 20), "cyan")

    assert drawn == ('<path class="cyan" d="M20 100v-1h9v1zM30 100v-20h9v20z"/>')
    assert columns([0, 0], (0, 0), (1, 1), "x") == '<path class="x" d=""/>'


def test_texts_are_as_wide_as_their_cells_and_have_no_markup() -> None:
    shown = ET.fromstring(text(1.25, 2, '<用>"', "bold"))  # noqa: S314

    assert shown.text == '<用>"'
    assert shown.attrib == {"class": "bold", "x": "1.2", "y": "2", "textLength": "48"}
    assert "class" not in text(0, 0, "a")
    assert box(1, 2, (3, 4), "c") == (
        '<rect class="c" x="1" y="2" width="3" height="4"/>'
    )
    assert line(1, 2, 3, "grid") == '<path class="grid" d="M1 2v3"/>'
