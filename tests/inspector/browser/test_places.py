from __future__ import annotations

from inspector.browser.places import Places


def _flags(places: Places, first: int, count: int, *at: set[int]) -> list[int]:
    return list(places.flags(first, count, *at))


def test_numbers_have_the_places_that_were_put() -> None:
    places = Places()
    places.put(3, 1, 9)
    places.put(1, 2, 8)
    places.put(4, 2, 9)

    assert _flags(places, 1, 6, {1}, {8}) == [1, 0, 1, 0, 0, 0]
    assert _flags(places, 3, 2, {2}, set()) == [0, 1]
    assert _flags(places, 1, 4, set(), set()) == [0, 0, 0, 0]
    assert _flags(places, 7, 2, {1}, {8}) == [0, 0]
    places.put(3, 2, 9)
    assert _flags(places, 1, 4, {2}, set()) == [1, 0, 1, 1]


def test_what_was_forgotten_has_none() -> None:
    places = Places()
    for number in range(1, 11):
        places.put(number, 1, number)

    places.forget(4)
    places.put(2, 1, 2)
    places.put(12, 1, 12)

    assert _flags(places, 1, 12, {1}, set()) == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1]
    assert _flags(places, 6, 3, set(), {7}) == [0, 1, 0]
    assert _flags(places, 1, 3, {1}, set()) == [0, 0, 0]
    places.forget(100)
    assert _flags(places, 99, 3, {1}, set()) == [0, 0, 0]


def test_the_first_are_those_of_the_first_routes() -> None:
    places = Places()
    for number, route in enumerate((3, 1, 2, 1, 3, 2, 0, 2), 1):
        places.put(number, route, 1)

    assert places.first([{2}, {1}, {3}], 2) == [3, 6]
    assert places.first([{2}, {9}, {1}, {3}], 4) == [3, 6, 8, 2]
    assert places.first([{1, 3}, {2}], 5) == [1, 2, 4, 5, 3]
    assert places.first([{2}, {1}], 6) is None  # one has no route
    places.forget(3)
    assert places.first([{1, 3}, {2}], 3) == [4, 5, 6]
