"""Numbers of the parts, by the moments at which they were given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.sharing.moments import Moments, Numbers

_PAGES = 3 << 16
_moments = st.lists(st.integers(0, _PAGES), max_size=60).map(sorted)


def _made(moments: list[int]) -> Moments:
    made = Moments()
    for moment in moments:
        made.append(moment)
    return made


@given(_moments, st.integers(0, 2 * _PAGES))
def test_moments_are_found_again(moments: list[int], moment: int) -> None:
    made = _made(moments)

    assert [made[index] for index in range(len(made))] == moments
    assert made.before(moment) == sum(each < moment for each in moments)


@given(st.lists(st.tuples(st.integers(0, _PAGES), st.integers(0, 2)), max_size=60))
def test_numbers_are_those_that_one_counter_would_give(
    given_at: list[tuple[int, int]],
) -> None:
    # At one moment only one part gives numbers, of which there may be several.
    part_at = dict(given_at)
    in_order = sorted((moment, part_at[moment]) for moment, _ in given_at)
    parts = [_made([m for m, part in in_order if part == each]) for each in range(3)]
    numbers = Numbers(parts)
    counts = [0, 0, 0]

    for whole, (_, part) in enumerate(in_order, start=1):
        counts[part] += 1
        assert numbers.of_whole(part, counts[part]) == whole
