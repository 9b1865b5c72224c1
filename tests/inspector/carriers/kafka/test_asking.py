from __future__ import annotations

from inspector.carriers.base import Errand, Idle, Transfer
from inspector.carriers.kafka.passing import Exact
from tests.inspector.carriers.kafka.written import (
    CLIENT,
    batch,
    commit,
    fetch,
    heartbeat,
    produce,
    read,
    record,
    request,
)


def test_a_commit_is_about_all_records_since_the_one_before() -> None:
    first, second = read(
        (CLIENT, commit(1, "log", 5)), (CLIENT, commit(2, "log", 8, partition=0))
    )
    assert isinstance(first, Errand)
    assert isinstance(second, Errand)
    assert first.about == (Exact("log", 0, 4),)
    assert second.about == tuple(Exact("log", 0, offset) for offset in (5, 6, 7))
    assert first.shows
    assert first.verb == "OffsetCommit"


def test_a_commit_of_what_was_committed_is_about_nothing() -> None:
    _, again = read((CLIENT, commit(1, "log", 5)), (CLIENT, commit(2, "log", 5)))

    assert isinstance(again, Idle)


def test_of_a_commit_of_very_many_the_last_are_meant() -> None:
    _, many = read((CLIENT, commit(1, "log", 1)), (CLIENT, commit(2, "log", 9_000)))
    assert isinstance(many, Errand)
    assert len(many.about) == 1_024
    assert many.about[-1] == Exact("log", 0, 8_999)


def test_a_poll_names_its_topics_when_they_are_new() -> None:
    first, second, third = read(
        (CLIENT, fetch(1, "log")),
        (CLIENT, fetch(2, "log", 7)),
        (CLIENT, fetch(3, "sum.reply")),
    )
    assert isinstance(first, Idle)
    assert isinstance(second, Idle)
    assert isinstance(third, Idle)
    assert (first.channels, second.channels) == (("log",), ())
    assert third.channels == ("sum.reply",)
    assert [first.polls, second.polls] == [(1, 1), (1, 2)]


def test_what_wants_no_receipt_owes_none() -> None:
    (quiet,) = read((CLIENT, produce(1, "log", batch(record("a")), acks=0)))
    (loud,) = read((CLIENT, produce(1, "log", batch(record("a")))))
    assert isinstance(quiet, Transfer)
    assert isinstance(loud, Transfer)
    assert (quiet.tag, quiet.owed) == (None, 0)
    assert loud.owed == 1


def test_what_a_request_is_for_is_said_and_what_may_be_secret_is_not_shown() -> None:
    beat, configs = read(
        (CLIENT, heartbeat(1)[0]), (CLIENT, request(33, 1, 2, b"password=1"))
    )
    assert isinstance(beat, Idle)
    assert isinstance(configs, Idle)
    assert (beat.verb, beat.secret) == ("Heartbeat workers", ())
    assert configs.verb == "AlterConfigs"
    ((begin, end),) = configs.secret
    assert configs.text[begin - configs.begin : end - configs.begin] == b"password=1"
