from __future__ import annotations

from protocol import UNDEFINED
from servers.recorded.books import Book, How
from servers.recorded.json_paths import JsonPaths
from tests.servers.recorded.recorded import recording, value


def _book(*data: object, ignored: str = "") -> Book:
    book = Book(JsonPaths([ignored] if ignored else []))
    for number, each in enumerate(data):
        book.add(recording("a", each, value(number)))
    return book


def _found(book: Book, data: object) -> tuple[object, How]:
    found = book.find(data)
    return found.recording.replies[0].response, found.how


def test_equal_data_is_found_whatever_its_spelling() -> None:
    book = _book({"a": 1, "b": 2}, {"a": 2})

    assert _found(book, {"b": 2.0, "a": 1}) == (0, How.EXACT)
    assert _found(book, {"a": 2}) == (1, How.EXACT)
    assert len(book) == 2


def test_equal_data_is_answered_in_turn_and_the_last_goes_on() -> None:
    book = _book("poll", "poll", "poll")

    assert [_found(book, "poll")[0] for _ in range(5)] == [0, 1, 2, 2, 2]


def test_what_is_ignored_does_not_matter_but_equal_data_comes_first() -> None:
    book = _book({"id": 1, "at": 5}, {"id": 1, "at": 6}, ignored="$.at")

    assert _found(book, {"id": 1, "at": 6}) == (1, How.EXACT)
    assert _found(book, {"id": 1, "at": 7}) == (0, How.IGNORING)
    assert _found(book, {"id": 1}) == (1, How.IGNORING)


def test_what_was_hidden_stands_for_anything() -> None:
    book = _book({"user": "a", "password": "xxxxx"}, {"user": "b", "password": "xxx"})

    assert _found(book, {"user": "b", "password": "much longer"}) == (1, How.IGNORING)
    assert _found(book, {"user": "c", "password": "xxx"})[1] is How.NEAREST


def test_the_nearest_is_found_with_what_is_different() -> None:
    book = _book({"id": 1, "lang": "de"}, {"id": 2, "lang": "en"})
    found = book.find({"id": 3, "lang": "en"})

    assert (found.recording.replies[0].response, found.how) == (1, How.NEAREST)
    assert found.difference == "$.id: 2 → 3"


def test_no_data_is_found_and_is_near_to_something() -> None:
    book = _book(UNDEFINED, 5)

    assert _found(book, UNDEFINED) == (0, How.EXACT)
    assert _found(_book(5), UNDEFINED) == (0, How.NEAREST)
    assert _found(book, "x") == (1, How.NEAREST)


def test_many_recordings_are_found_without_comparing_all() -> None:
    book = _book(*range(3_000))

    assert _found(book, 2_999) == (2_999, How.EXACT)
    assert _found(book, "x")[1] is How.NEAREST
