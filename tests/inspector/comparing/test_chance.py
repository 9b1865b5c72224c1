"""The tests themselves: against all arrangements, and what chance does to them."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from inspector.comparing.chance import holm, rank_test, share_test


def _counted(values: list[int]) -> list[tuple[int, int]]:
    return [(value, values.count(value)) for value in {*values}]


def _exact(before: list[int], after: list[int]) -> float:
    """Return how likely ranks differ as much, by all ways to part the values."""
    values, size = before + after, len(before)

    def away(part: tuple[int, ...] | list[int], rest: list[int]) -> float:
        larger = sum((a > b) + (a == b) / 2 for a in part for b in rest)
        return abs(larger - len(part) * len(rest) / 2)

    seen, places = away(before, after), range(len(values))
    found = []
    for chosen in itertools.combinations(places, size):
        rest = [values[place] for place in places if place not in chosen]
        found.append(away([values[place] for place in chosen], rest) >= seen - 1e-9)
    return sum(found) / len(found)


@pytest.mark.parametrize("seed", range(4))
def test_ranks_are_judged_nearly_as_by_all_arrangements(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 — no secret
    before = [chance.randrange(12) for _ in range(7)]
    after = [chance.randrange(4 * seed, 12 + 4 * seed) for _ in range(6)]

    found = rank_test(_counted(before), _counted(after))
    assert found == pytest.approx(_exact(before, after), abs=0.05)


def _hypergeometric(a: int, of_a: int, b: int, of_b: int) -> float:
    having = a + b
    chances = [
        math.comb(of_a, k)
        * math.comb(of_b, having - k)
        / math.comb(of_a + of_b, having)
        for k in range(max(0, having - of_b), min(having, of_a) + 1)
    ]
    seen = math.comb(of_a, a) * math.comb(of_b, b) / math.comb(of_a + of_b, having)
    return sum(each for each in chances if each <= seen * (1 + 1e-6))


@pytest.mark.parametrize(
    "shares",
    [
        (3, 3, 0, 3),
        (0, 5, 5, 5),
        (2, 30, 9, 40),
        (0, 0, 1, 2),
        (5, 10, 5, 10),
        (1, 900, 9, 80),
    ],
)
def test_shares_are_judged_exactly(shares: tuple[int, int, int, int]) -> None:
    assert share_test(*shares) == pytest.approx(_hypergeometric(*shares))


def test_large_counts_take_no_time_that_grows_with_them() -> None:
    assert share_test(10**6, 10**8, 10**6, 10**8) == pytest.approx(1.0, abs=1e-3)
    assert share_test(10**6, 10**8, 2 * 10**6, 10**8) == 0
    assert share_test(400, 2_000, 460, 2_000) == pytest.approx(
        _hypergeometric(400, 2_000, 460, 2_000)
    )
    exactly = share_test(995, 5_000, 1_080, 5_000)
    assert share_test(1_000, 5_000, 1_085, 5_000) == pytest.approx(exactly, rel=0.2)


def test_nothing_and_what_is_alike_differ_by_chance() -> None:
    assert rank_test([], [(3, 9)]) == 1
    assert rank_test([(3, 9)], [(3, 900)]) == 1
    assert share_test(0, 4, 0, 9) == 1


def test_of_the_same_source_few_are_called_sure() -> None:
    chance, sure = random.Random(11), 0  # noqa: S311 — no secret
    for _ in range(60):
        sides = [
            [(round(chance.lognormvariate(15, 1)), 1) for _ in range(size)]
            for size in (60, 600)
        ]
        sure += rank_test(*sides) < 0.01

    assert sure <= 3


def test_together_fewer_are_sure_than_each_by_itself() -> None:
    chances = [0.004, 0.5, 0.0001, 0.006]

    assert holm(chances, 0.01) == [False, False, True, False]
    assert holm([0.0001, 0.0002, 0.009], 0.01) == [True, True, True]
    assert holm([], 0.01) == []
