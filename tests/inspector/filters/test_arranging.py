"""What is shown of many: in which order, how many, and how many are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.filters.arranging import SORTED_BY, Arrangement, Order
from tests.inspector.conversation import MILLISECOND, Wire, inspected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange

_ORDERED = st.lists(st.tuples(st.integers(0, 3), st.integers()))


def _exchanges() -> list[Exchange]:
    wire = Wire()
    call = wire.connect()
    for route, wait in (("b", 3), ("a", 9), ("c", 1)):
        call.ask(route, route, "x" * wait)
        wire.wait(wait * MILLISECOND)
        call.answer(route, 1)
    call.emit("log", 1)
    return inspected(wire.records).exchanges


def _routes(text: str) -> str:
    order = Order.parse(text)
    arrangement = Arrangement(order.key, descending=order.descending)
    shown = arrangement.arranged(_exchanges())
    return " ".join(f"{exchange.route}" for exchange in shown)


def test_figures_stand_from_the_largest_and_a_minus_turns_them_round() -> None:
    assert _routes("latency") == "a b c log"
    assert _routes("-latency") == "c b a log"


def test_what_is_no_figure_stands_from_the_first() -> None:
    assert _routes("route") == "a b c log"
    assert _routes("-route") == "log c b a"
    assert _routes("time") == "b a c log"
    assert _routes("-time") == "log c a b"


@pytest.mark.parametrize("word", SORTED_BY)
def test_every_word_sorts_all_exchanges(word: str) -> None:
    assert sorted(_routes(word).split()) == ["a", "b", "c", "log"]


def test_a_word_that_sorts_nothing_is_refused() -> None:
    with pytest.raises(LookupError, match="latncy"):
        Order.parse("-latncy")


@given(items=_ORDERED, number=st.integers(1, 5), descending=st.booleans())
def test_the_first_and_the_last_are_those_of_the_whole_list(
    items: list[tuple[int, int]], number: int, *, descending: bool
) -> None:
    whole = sorted(items, key=lambda item: item[0], reverse=descending)

    for limit, last, expected in (
        (number, None, whole[:number]),
        (None, number, whole[-number:]),
        (None, None, whole),
    ):
        arrangement: Arrangement[tuple[int, int]] = Arrangement(
            lambda item: item[0], descending=descending, limit=limit, last=last
        )
        assert list(arrangement.arranged(items)) == expected
        assert (arrangement.seen, arrangement.shown) == (len(items), len(expected))


@given(st.lists(st.integers()), st.integers(1, 5))
def test_without_an_order_they_stand_as_they_come(
    items: list[int], number: int
) -> None:
    first: Arrangement[int] = Arrangement(limit=number)
    last: Arrangement[int] = Arrangement(last=number)

    assert list(first.arranged(items)) == items[:number]
    assert list(last.arranged(items)) == items[-number:]
    assert first.seen == last.seen == len(items)


class _Thing:
    """Something that can be counted while it is alive."""

    def __init__(self, place: int) -> None:
        self.place = place * 7919 % 1000


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize(("limit", "last"), [(5, None), (None, 5)])
@pytest.mark.parametrize("sorts", [True, False])
def test_no_more_is_held_than_is_shown(
    limit: int | None, last: int | None, *, descending: bool, sorts: bool
) -> None:
    alive: WeakSet[_Thing] = WeakSet()
    most = 0

    def things() -> Iterator[_Thing]:
        nonlocal most
        for place in range(1000):
            thing = _Thing(place)
            alive.add(thing)
            most = max(most, len(alive))
            yield thing

    arrangement: Arrangement[_Thing] = Arrangement(
        (lambda thing: thing.place) if sorts else None,
        descending=descending,
        limit=limit,
        last=last,
    )

    assert len(list(arrangement.arranged(things()))) == 5
    assert most < 12


def test_what_is_left_out_is_said_with_its_option() -> None:
    arrangement: Arrangement[int] = Arrangement(limit=2)
    list(arrangement.arranged(range(1000)))

    assert arrangement.left_out("exchange") == "left out 998 of 1,000 exchanges"
    assert arrangement.option == "--limit 2"
    assert Arrangement(last=3).option == "--last 3"
    assert not Arrangement().option


def test_nothing_is_said_where_all_is_shown() -> None:
    arrangement: Arrangement[int] = Arrangement(limit=3)
    list(arrangement.arranged(range(3)))

    assert arrangement.left_out("exchange") is None


def test_the_first_is_known_at_once_unless_they_are_sorted_or_the_last() -> None:
    assert not Arrangement(limit=3).waits
    assert Arrangement(last=3).waits
    assert Arrangement(lambda item: item).waits
