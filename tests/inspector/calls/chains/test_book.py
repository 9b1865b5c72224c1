from __future__ import annotations

from inspector.calls.chains import book
from inspector.calls.chains.book import Book
from inspector.calls.chains.notes import Note
from tests.inspector.calls.chains.exchanges import MS, Traffic


def _outer(traffic: Traffic, data: object, at: float = 1, until: float = 9) -> Note:
    client = f"10.0.0.1:{5000 + len(traffic.exchanges)}"
    return Note(traffic.add("outer", client, "10.0.0.2:80", data, at=at, until=until))


def _inner(traffic: Traffic, data: object, at: float = 2) -> Note:
    return Note(
        traffic.add("inner", "10.0.0.2:6000", "10.0.0.3:80", data, at=at, until=at + 1)
    )


def _found(known: Book, note: Note) -> list[int]:
    known.find(note)
    return [each.note.number for each in note.candidates]


def test_an_exchange_is_found_by_data_that_has_it_or_is_in_it() -> None:
    traffic, known = Traffic(), Book()
    for data in ({"id": 1234, "name": "Ada"}, "Ada", "Bob"):
        known.add(_outer(traffic, data))

    assert sorted(_found(known, _inner(traffic, {"name": "Ada", "x": 1}))) == [2]
    assert sorted(_found(known, _inner(traffic, {"name": "Ada"}))) == [1, 2]
    assert _found(known, _inner(traffic, "Bob")) == [3]
    assert _found(known, _inner(traffic, "Eve")) == []
    assert _found(known, _inner(traffic, "Bob", at=10)) == []


def test_where_too_many_fit_nobody_knows_which() -> None:
    traffic, known = Traffic(), Book()
    for _ in range(book.MOST + 1):
        known.add(_outer(traffic, "hello"))
    inner = _inner(traffic, "hello")

    assert len(_found(known, inner)) == book.MOST
    assert inner.crowded


def test_what_was_forgotten_while_it_went_on_is_missed() -> None:
    traffic, known = Traffic(), Book(most=2)
    for name in ("Ada", "Bob", "Eve"):
        known.add(_outer(traffic, name))
    inner, later = _inner(traffic, "Bob"), _inner(traffic, "Bob", at=9.5)

    assert _found(known, inner) == [2]
    assert inner.crowded
    assert not _found(known, later)
    assert not later.crowded


def test_finding_costs_no_more_the_more_there_are() -> None:
    costs = []
    for count in (500, 2000):
        traffic, known = Traffic(), Book()
        for number in range(count):
            begin = number / 10
            known.add(_outer(traffic, f"text {number}", begin, begin + 5))
            inner = _inner(traffic, {"text": f"text {number}"}, begin + 0.01)
            assert _found(known, inner) == [inner.number - 1]
            known.add(inner)
        costs.append(known.steps / count)

    assert costs[1] <= 1.2 * costs[0]


def test_events_and_calls_are_told_apart_and_the_latest_come_first() -> None:
    traffic, known = Traffic(), Book()
    for number in range(3):
        known.add(_outer(traffic, number, at=number + 1, until=20))
    known.add(Note(traffic.add("e", "10.0.0.1:1", "10.0.0.2:80", at=4)))
    host, receiver = "10.0.0.2", "10.0.0.2:80"

    calls = known.calls_at(host, receiver, 5 * MS)
    assert [each.note.number for each in calls] == [3, 2, 1]
    events = known.events_at(host, receiver, 5 * MS, 3 * MS)
    assert [each.note.number for each in events] == [4]
    assert not list(known.events_at(host, receiver, 9 * MS, 5 * MS))
