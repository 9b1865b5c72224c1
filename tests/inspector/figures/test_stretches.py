from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from inspector.figures.rows import PatternRow
from inspector.figures.stretches import Stretch
from tests.inspector.conversation import inspected
from tests.inspector.figures.services import Call, captured

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange

_FAILED = inspected(captured([Call(0, "pay", "thrown", 1)]).records).exchanges[0]


def _stretch(fates: list[bool], failed: Exchange = _FAILED) -> Stretch:
    stretch = Stretch()
    one, other = PatternRow(stretch), PatternRow(stretch)
    for number, fate in enumerate(fates):
        (one if number % 3 else other).count += 1
        if fate:
            stretch.fail(failed)
    return stretch


@given(st.lists(st.booleans(), max_size=40))
def test_the_longest_row_of_failures_is_the_first_of_that_length(
    fates: list[bool],
) -> None:
    runs, place = [], 0
    for fate, run in groupby(fates):
        length = len(list(run))
        if fate:
            runs.append((length, fates[:place].count(False)))
        place += length
    stretch = _stretch(fates)

    assert (stretch.calls, stretch.failed) == (len(fates), sum(fates))
    if not runs:
        assert stretch.longest is None
        return
    longest = max(runs, key=lambda run: run[0])
    assert stretch.longest is not None
    assert (stretch.longest.length, stretch.longest.before) == longest
    assert stretch.after == fates.count(False) - longest[1]


def test_calls_without_a_reply_count_from_the_last_answer_on() -> None:
    calls = [Call(0, "pay", "silence", 100)] * 3
    lost = inspected(captured(calls, given_up=True).records).exchanges
    stretch = Stretch()
    one, other = PatternRow(stretch), PatternRow(stretch)
    stretch.wait(lost[0], 0)
    stretch.wait(lost[1], lost[0].asked_ns)  # by when another was answered
    stretch.wait(lost[2], 0)
    one.answered_ns, other.answered_ns = 5, lost[0].asked_ns

    assert stretch.silence is not None
    assert stretch.silence.numbers.text(9) == "2–3"
    assert stretch.silence.first_ns == lost[1].asked_ns
    assert stretch.answered_ns == lost[0].asked_ns
