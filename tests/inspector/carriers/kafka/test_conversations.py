"""Conversations with a broker, held to the properties of every carrier."""

from __future__ import annotations

from inspector.carriers.kafka.carrier import carrier
from inspector.carriers.kafka.reading import MAX_FRAME
from inspector.carriers.testing import Turn, check_carrier, check_cuts, check_noise
from tests.inspector.carriers.kafka.written import (
    ANSWERS,
    ASKS,
    BROKER,
    CLIENT,
    batch,
    commit,
    committed,
    fetch,
    fetched,
    framed,
    heartbeat,
    joined,
    produce,
    produced,
    record,
    versions,
    zipped,
)


def _pairs(*pairs: tuple[bytes, bytes]) -> list[Turn]:
    """Return requests, each with its response."""
    return [
        Turn(side, data)
        for pair in pairs
        for side, data in zip((CLIENT, BROKER), pair, strict=True)
    ]


def call() -> list[Turn]:
    """Return a call and its answer, as their caller sees them."""
    asks, answers = record('{"a":1}', ASKS), record("3", ANSWERS)
    return [
        *_pairs(versions(1)),
        *_pairs((produce(2, "sum", batch(asks)), produced(2, "sum"))),
        *_pairs((fetch(3, "sum.reply"), fetched(3, "sum.reply"))),
        *_pairs(
            (fetch(4, "sum.reply"), fetched(4, "sum.reply", batch(answers), after=1))
        ),
        *_pairs((commit(5, "sum.reply", 1), committed(5, "sum.reply"))),
        Turn(CLIENT, produce(6, "log", batch(record("hello")), acks=0)),
        *_pairs(heartbeat(7)),
    ]


def work() -> list[Turn]:
    """Return what a consumer sees that is rebalanced, with compressed batches."""
    some = [record("a"), record(None, {"x-trace": "1"}, delta=1, key=b"k")]
    both = batch(*some, first=5) + zipped(record("[1]"), first=7)
    return [
        *_pairs(joined(1)),
        *_pairs((fetch(2, "log", 5), fetched(2, "log", both, after=9))),
        *_pairs(heartbeat(3, error=27)),
        *_pairs(joined(4)),
        *_pairs((commit(5, "log", 8), committed(5, "log", 22))),
        *_pairs((produce(6, "sum.reply", zipped(*some)), produced(6, "sum.reply", 3))),
        *_pairs((fetch(7, "log", 8), fetched(7, "log", error=1))),
    ]


def test_conversations_have_all_properties() -> None:
    check_carrier(carrier, [call(), work()], missed=4)


def test_what_is_malformed_is_read_alike_however_it_is_cut() -> None:
    wrong = produce(
        3, "log", batch(record("x")).replace(b"\0\0\0\0\2", b"\0\0\0\0\1", 1)
    )
    check_cuts(
        carrier,
        [
            Turn(CLIENT, versions(1)[0]),
            Turn(CLIENT, b"\xff\xff" + produce(2, "log", batch(record("hello")))),
            Turn(CLIENT, wrong + framed(b"\0\0\0\7") + produce(4, "log", b"")),
            Turn(BROKER, versions(1)[1] + b"\xff" + produced(4, "log")),
        ],
    )


def test_much_noise_raises_nothing() -> None:
    check_noise(carrier, [call(), work()], rounds=150, seed=5)


def test_no_more_is_kept_than_the_longest_frame() -> None:
    talk = carrier.talk(None, whole=True)
    talk.receive(CLIENT, versions(1)[0], 0)
    units = talk.receive(CLIENT, (MAX_FRAME + 1).to_bytes(4) + b"\0" * 30, 0)

    assert [unit.code for unit in units] == ["kafka-protocol"]  # type: ignore[attr-defined]
    talk.receive(CLIENT, b"x" * 100_000, 0)
    assert talk.buffered(CLIENT) <= carrier.reach
