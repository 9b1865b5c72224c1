from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.ranges import RangeSet


def _of(*numbers: int, most: int = 1_000) -> RangeSet:
    ranges = RangeSet(most)
    for number in numbers:
        ranges.add(number)
    return ranges


@pytest.mark.parametrize(
    ("numbers", "most", "text"),
    [
        ((), 4, ""),
        ((2,), 4, "#2"),
        ((2, 4, 5, 6, 7, 8), 4, "#2 #4–#8"),
        ((8, 2, 6, 4, 7, 5), 4, "#2 #4–#8"),
        ((1, 3, 5, 7, 9, 11), 4, "#1 #3 #5 #7 and 2 more"),
        ((1, 2, 4, 5, 9), 1, "#1–#2 and 3 more"),
    ],
)
def test_numbers_stand_as_ranges_and_the_rest_as_a_count(
    numbers: tuple[int, ...], most: int, text: str
) -> None:
    assert _of(*numbers).text(most, "#") == text


def test_without_a_prefix_they_are_packets() -> None:
    assert _of(19, 26, 31).text(8) == "19 26 31"


@given(st.sets(st.integers(1, 60)).flatmap(lambda s: st.permutations(sorted(s))))
def test_in_any_order_the_text_is_the_same(numbers: list[int]) -> None:
    assert _of(*numbers).text(30) == _of(*sorted(numbers)).text(30)
    assert _of(*numbers).count == len(numbers)


@given(st.sets(st.integers(1, 400), max_size=200).map(sorted), st.integers(1, 30))
def test_what_is_shown_and_the_rest_are_all(numbers: list[int], most: int) -> None:
    words, _, rest = _of(*numbers).text(most).partition(" and ")
    shown: list[int] = []
    for word in words.split():
        first, _, last = word.partition("–")
        shown.extend(range(int(first), int(last or first) + 1))
    more = int(rest.split()[0]) if rest else 0

    assert shown == numbers[: len(shown)]
    assert len(shown) + more == len(numbers)


def test_what_is_remembered_is_bounded() -> None:
    ranges = _of(*range(0, 100_000, 2))

    assert ranges.count == 50_000
    assert len(ranges.text(10_000).split(" and ")[0].split()) == 1_000


@given(st.permutations(range(60)), st.integers(1, 60))
def test_of_many_the_smallest_are_remembered_in_any_order(
    numbers: list[int], known: int
) -> None:
    ranges = _of(*(number * 2 - number % 2 for number in numbers), most=known)
    smallest = sorted(number * 2 - number % 2 for number in numbers)[:known]

    assert ranges.text(60) == _of(*smallest).text(60) + (
        f" and {60 - known:,} more" if known < 60 else ""
    )


@given(st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)), st.integers(40, 60))
def test_merging_is_adding_the_numbers_raised(
    first: set[int], second: set[int], shift: int
) -> None:
    own, other, both = RangeSet(), RangeSet(), RangeSet()
    for number in sorted(first):
        own.add(number)
        both.add(number)
    for number in sorted(second):
        other.add(number)
        both.add(number + shift)
    own.merge(other, shift)

    assert own.text(8, "#") == both.text(8, "#")
    assert own.count == both.count


@given(st.lists(st.integers(1, 30)))
def test_a_number_that_comes_again_changes_nothing(numbers: list[int]) -> None:
    once = _of(*dict.fromkeys(numbers))

    assert _of(*numbers).count == once.count == len(set(numbers))
    assert _of(*numbers).text(8) == once.text(8) == _of(*sorted(numbers)).text(8)


@given(st.lists(st.integers(1, 30)), st.integers(1, 30))
def test_numbers_that_are_not_shown_are_counted_once_too(
    numbers: list[int], known: int
) -> None:
    twice = [number for number in numbers for _ in range(2)]
    ranges = _of(*twice, *twice, most=max(known, 15))

    assert ranges.count == len(set(numbers))


def test_one_that_comes_again_after_a_thousand_others_is_counted_anew() -> None:
    ranges = _of(*range(3_000))
    ranges.add(2_999)
    assert ranges.count == 3_000
    ranges.add(1_500)
    assert ranges.count == 3_001


def test_what_is_merged_does_not_count_twice() -> None:
    own, other = _of(1, 2, 9), _of(2, 3, 9)
    own.merge(other)

    assert (own.count, own.text(8)) == (4, "1–3 9")
    many = _of(*range(5_000))
    many.merge(_of(*range(5_000)), 5_000)
    assert many.count == 10_000


def test_a_number_is_known_as_far_as_it_is_remembered() -> None:
    ranges = _of(2, 3, 4, 9, most=4)
    ranges.add(12)

    assert [number for number in range(14) if number in ranges] == [2, 3, 4, 9, 12]
    assert 1 not in _of()
