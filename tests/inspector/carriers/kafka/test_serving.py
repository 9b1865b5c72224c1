from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Remark, Transfer, Trouble, Unit
from tests.inspector.carriers.kafka.written import (
    BROKER,
    CLIENT,
    batch,
    commit,
    committed,
    fetch,
    fetched,
    heartbeat,
    joined,
    produce,
    produced,
    read,
    record,
    zipped,
)


def _answered(asked: bytes, answered: bytes) -> list[Unit]:
    """Return what a response is."""
    return [each for each in read((CLIENT, asked), (BROKER, answered)) if each.side]


def test_records_before_what_was_asked_for_are_not_handed_on() -> None:
    records = [record(word, delta=delta) for delta, word in enumerate("abc")]
    units = _answered(
        fetch(1, "log", 6), fetched(1, "log", zipped(*records, first=5), after=8)
    )
    found = [each for each in units if isinstance(each, Transfer)]

    assert [each.body for each in found] == [b'"b"', b'"c"']
    assert [each.polled and each.polled.transfers for each in found] == [2, 2]


def test_what_is_handed_on_twice_is_handed_on_again() -> None:
    said = fetched(1, "log", batch(record("a"), first=3), after=4)
    units = read(
        (CLIENT, fetch(1, "log", 3)),
        (BROKER, said),
        (CLIENT, fetch(1, "log", 3)),
        (BROKER, said),
    )
    found = [each.again for each in units if isinstance(each, Transfer)]
    assert found == [False, True]


@pytest.mark.parametrize(
    ("asked", "answered", "detail"),
    [
        (
            produce(1, "log", batch(record("a"))),
            produced(1, "log", -1, error=10),
            "Produce log-0: MESSAGE_TOO_LARGE",
        ),
        (
            produce(1, "nope", batch(record("a"))),
            produced(1, "nope", -1, error=3),
            "Produce nope-0: UNKNOWN_TOPIC_OR_PARTITION",
        ),
        (
            fetch(1, "log"),
            fetched(1, "log", error=1),
            "Fetch log-0: OFFSET_OUT_OF_RANGE",
        ),
        (
            commit(1, "log", 1),
            committed(1, "log", 12),
            "OffsetCommit log-0: OFFSET_METADATA_TOO_LARGE",
        ),
        (
            heartbeat(1)[0],
            heartbeat(1, error=30)[1],
            "Heartbeat workers: GROUP_AUTHORIZATION_FAILED",
        ),
    ],
)
def test_what_a_broker_objects_to_is_said(
    asked: bytes, answered: bytes, detail: str
) -> None:
    (trouble,) = _answered(asked, answered)

    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.detail) == ("broker-error", detail)


def test_what_clients_meet_in_the_usual_course_is_no_objection() -> None:
    (beat,) = _answered(heartbeat(1)[0], heartbeat(1, error=27)[1])
    (late,) = _answered(commit(1, "log", 1), committed(1, "log", 22))

    assert isinstance(beat, Idle)
    assert isinstance(late, Idle)


def test_a_rebalance_is_said_when_there_are_partitions_again() -> None:
    units = read(
        *zip((CLIENT, BROKER), heartbeat(1, error=27), strict=True),
        *zip((CLIENT, BROKER), joined(2), strict=True),
    )
    (remark,) = (each for each in units if isinstance(each, Remark))
    assert (remark.code, remark.subject) == ("rebalance", "workers")


def test_the_receipt_of_a_commit_is_about_the_same() -> None:
    asks, tells = read((CLIENT, commit(1, "log", 1)), (BROKER, committed(1, "log")))
    assert isinstance(asks, Errand)
    assert isinstance(tells, Errand)
    assert asks.about == tells.about
    assert tells.verb == "OffsetCommit response"
