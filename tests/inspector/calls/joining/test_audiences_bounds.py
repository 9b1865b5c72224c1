"""What is given up of who listens stays so, and what is recent is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.joining import audiences
from inspector.calls.joining.audiences import Audiences
from inspector.carriers.audiences import Interest, Introduction
from inspector.streams.connections import Connection, Direction, Ending
from inspector.streams.endpoints import Endpoint
from tests.inspector.conversation import SECOND

if TYPE_CHECKING:
    import pytest


def _connected(known: Audiences, number: int) -> Connection:
    ends = Endpoint("10.0.0.1", number), Endpoint("10.0.0.9", 4222)
    connection = Connection(number, ends, 1, 1)
    connection.directions = Direction(connection, 0), Direction(connection, 1)
    for each in connection.directions:
        each.from_start = True
    connection.client = 0
    known.note(connection, Introduction("N", number, 0), SECOND)
    return connection


def test_what_was_given_up_is_not_taken_up_again() -> None:
    known = Audiences()
    first = _connected(known, 1)
    known.note(first, Introduction("N", 1, 0, elsewhere=True), SECOND)
    listener, sender = _connected(known, 2), _connected(known, 3)
    known.note(listener, Interest("1", "other"), SECOND)

    assert not known.nobody(sender, "log", 2 * SECOND)


def test_an_interest_that_ended_lately_is_kept_where_others_make_room() -> None:
    known = Audiences()
    listener, sender = _connected(known, 1), _connected(known, 2)
    for number in range(audiences.MAX_INTERESTS + 1):
        time_ns = (number + 2) * SECOND
        known.note(listener, Interest(f"{number}", f"c{number}"), time_ns)
        known.note(listener, Interest(f"{number}"), time_ns + SECOND // 2)
    recent, old = number - 50, number - 70

    assert not known.nobody(sender, f"c{recent}", (recent + 2) * SECOND)
    assert known.nobody(sender, f"c{old}", (old + 2) * SECOND)


def test_answers_are_remembered_as_long_as_there_is_room() -> None:
    known = Audiences()
    listener, sender = _connected(known, 1), _connected(known, 2)
    known.note(listener, Interest("1", "other"), SECOND)
    (broker,) = known._brokers.values()  # noqa: SLF001 — whose bounds are what is tested
    kept = []
    for number in range(audiences.MAX_INTERESTS + 2):
        assert known.nobody(sender, f"c{number}", SECOND)
        kept.append(len(broker._covering))  # noqa: SLF001

    assert kept[-4:] == [
        audiences.MAX_INTERESTS - 1,
        audiences.MAX_INTERESTS,
        1,
        2,
    ]


def test_who_gives_up_keeps_nothing() -> None:
    known = Audiences()
    listener, _ = _connected(known, 1), _connected(known, 9)
    known.note(listener, Interest("1", "other"), SECOND)
    (broker,) = known._brokers.values()  # noqa: SLF001
    broker.give_up()

    assert [broker._members, broker._ahead, broker._covering] == [{}, set(), {}]  # noqa: SLF001


def test_the_interests_of_who_is_forgotten_count_no_more() -> None:
    known = Audiences()
    gone, listener = _connected(known, 1), _connected(known, 2)
    for number in range(2_000):
        known.note(gone, Interest(f"{number}", f"g{number}"), SECOND)
    gone.ending = Ending(0, reset=False, packet=1, time_ns=SECOND)
    for number in range(3, audiences.MAX_CONNECTIONS + 2):
        sender = _connected(known, number)
    for number in range(3_000):
        known.note(listener, Interest(f"{number}", f"c{number}"), SECOND)

    assert known.nobody(sender, "log", 2 * SECOND)
    assert not known.nobody(sender, "c2999", 2 * SECOND)


def test_who_would_have_to_compare_too_much_gives_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert audiences.MAX_COMPARED == 4_000_000
    monkeypatch.setattr(audiences, "MAX_COMPARED", 4_000)
    known = Audiences()
    listener, sender = _connected(known, 1), _connected(known, 2)
    compared: list[str] = []

    def covers(_pattern: str, channel: str) -> bool:
        compared.append(channel)
        return False

    for number in range(40):
        known.note(listener, Interest(f"{number}", f"*.{number}", covers), SECOND)
    said = [known.nobody(sender, f"c{each}", SECOND) for each in range(110)]

    assert said == [True] * 100 + [False] * 10
    assert len(compared) == 4_040
