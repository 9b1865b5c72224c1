"""Both sides: what each command is for, and each answer to it."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Skipped, Transfer, Trouble, Unit
from inspector.carriers.redis.carrier import carrier
from tests.inspector.carriers.redis.conversations import (
    BROKER,
    CLIENT,
    EVENT,
    REPLY,
    REQUEST,
    confirmed,
    read,
    strings,
)

PUBLISH = strings("PUBLISH", "sum", REQUEST)


def _errands(units: list[Unit]) -> list[tuple[str, tuple[object, ...]]]:
    return [(each.verb, each.about) for each in units if isinstance(each, Errand)]


@pytest.mark.parametrize("kind", ["*", ">"])
def test_who_listens_for_replies_runs_errands(kind: str) -> None:
    turns = [
        (CLIENT, strings("subscribe", "sum.reply")),
        (BROKER, confirmed("subscribe", "sum.reply", 1, kind)),
        (CLIENT, strings("unsubscribe", "sum.reply")),
        (BROKER, confirmed("unsubscribe", "sum.reply", 0, kind)),
    ]
    units = read(*turns)

    assert all(isinstance(each, Errand) for each in units)
    errands = [each for each in units if isinstance(each, Errand)]
    assert [(each.verb, each.opens) for each in errands] == [
        ("SUBSCRIBE", True),
        ("subscribed", True),
        ("UNSUBSCRIBE", False),
        ("unsubscribed", False),
    ]
    assert {each.channels for each in errands} == {("sum.reply",)}
    assert [each.text for each in errands] == [data for _, data in turns]


def test_who_subscribes_again_names_all_that_replies_go_to() -> None:
    (unit,) = read((CLIENT, strings("subscribe", "a.reply", "sum", "b.reply")))

    assert isinstance(unit, Errand)
    assert unit.channels == ("a.reply", "b.reply")


def test_who_listens_for_all_else_does_so_for_itself() -> None:
    turns = [
        (CLIENT, strings("subscribe", "sum")),
        (BROKER, confirmed("subscribe", "sum", 1)),
        (CLIENT, strings("psubscribe", "sum.*", "*.reply")),
        (BROKER, confirmed("psubscribe", "sum.*", 2)),
    ]
    units = read(*turns)

    assert all(isinstance(each, Idle) for each in units)
    assert [each.text for each in units if isinstance(each, Idle)] == [
        data for _, data in turns
    ]


def test_a_number_says_how_many_had_what_was_published() -> None:
    units = read(
        (CLIENT, PUBLISH + strings("GET", "a") + PUBLISH),
        (BROKER, b":2\r\n$-1\r\n:0\r\n"),
    )
    first, second = (each for each in units if isinstance(each, Transfer))
    two, none = (each for each in units if isinstance(each, Errand))

    assert (two.about, two.value, two.unwanted) == ((first.tag,), 2, False)
    assert (none.about, none.value, none.unwanted) == ((second.tag,), 0, True)
    assert (two.verb, none.verb) == (":2", ":0")


def test_a_number_that_somebody_asked_for_is_idle() -> None:
    units = read((CLIENT, strings("INCR", "a") + PUBLISH), (BROKER, b":7\r\n:1\r\n"))

    assert [type(each) for each in units] == [Idle, Transfer, Idle, Errand]


def test_a_number_without_publish_is_for_nobody_known() -> None:
    talk = carrier.talk(None, whole=False)
    talk.client = CLIENT

    assert _errands(talk.receive(BROKER, b":1\r\n", 0)) == [(":1", ())]


def test_an_array_is_a_message_only_where_none_is_pushed() -> None:
    pushed = strings("message", "log", EVENT, kind=">")
    alike = strings("message", "log", EVENT)
    units = read((CLIENT, strings("LRANGE", "a")), (BROKER, pushed + alike))

    assert [type(each) for each in units] == [Idle, Transfer, Idle]


def test_other_pushes_answer_nothing() -> None:
    invalidate = b">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n"
    units = read((CLIENT, PUBLISH), (BROKER, invalidate + b":1\r\n"))

    assert [getattr(each, "verb", "") for each in units[1:]] == ["invalidate", ":1"]
    assert _errands(units) == [(":1", (1,))]


def test_a_client_may_want_no_answers() -> None:
    off, on = strings("CLIENT", "REPLY", "OFF"), strings("CLIENT", "REPLY", "ON")
    units = read(
        (CLIENT, off + PUBLISH + strings("GET", "a") + on),
        (BROKER, b"+OK\r\n"),
        (CLIENT, PUBLISH),
        (BROKER, b":1\r\n"),
    )
    tags = [each.tag for each in units if isinstance(each, Transfer)]

    assert tags == [None, 1]
    assert _errands(units) == [(":1", (1,))]


@pytest.mark.parametrize(
    ("asked", "objection", "code"),
    [
        (PUBLISH, b"-NOPERM no permissions", "broker-error"),
        (PUBLISH, b"-OOM command not allowed", "broker-error"),
        (strings("subscribe", "sum.reply"), b"-ERR no", "broker-error"),
        (strings("AUTH", "a", "b"), b"-WRONGPASS invalid", "broker-error"),
        (strings("INFO"), b"-NOAUTH Authentication required.", "broker-error"),
        (strings("client", "SETINFO", "LIB-VER", "6"), b"-ERR unknown", ""),
        (strings("GET", "a"), b"-WRONGTYPE Operation", ""),
    ],
)
def test_an_objection_counts_if_it_concerns_nest(
    asked: bytes, objection: bytes, code: str
) -> None:
    unit = read((CLIENT, asked), (BROKER, objection + b"\r\n"))[-1]

    assert getattr(unit, "code", "") == code
    if isinstance(unit, Trouble):
        assert unit.detail == objection[1:].decode()


@pytest.mark.parametrize("command", ["MONITOR", "PSYNC"])
def test_what_others_have_is_not_read(command: str) -> None:
    units = read((CLIENT, strings(command)), (BROKER, PUBLISH))

    assert [type(each) for each in units] == [Idle, Skipped]


def test_whose_a_connection_is_shows_by_its_first_value() -> None:
    for turn, client in (
        ((CLIENT, strings("hello", "3")), CLIENT),
        ((CLIENT, b"*3\r\n$7\r\npublish\r\n$1\r\na\r\n$1\r\nb\r\n"), CLIENT),
        ((BROKER, b":1\r\n"), CLIENT),
        ((BROKER, strings("message", "sum.reply", REPLY)), CLIENT),
        ((BROKER, confirmed("subscribe", "sum", 1)), CLIENT),
    ):
        talk = carrier.talk(None, whole=True)
        talk.receive(*turn, 0)
        assert talk.client == client


def test_what_is_malformed_is_trouble() -> None:
    talk = carrier.talk(None, whole=True)
    talk.client = CLIENT
    units = talk.receive(BROKER, b"*1\r\n$x\r\n" + strings("message", "a", EVENT), 0)

    assert isinstance(units[0], Trouble)
    assert (units[0].code, units[0].begin, units[0].end) == ("redis-protocol", 0, 8)
    assert isinstance(units[1], Transfer)


def test_a_loss_drops_what_is_not_whole() -> None:
    talk = carrier.talk(None, whole=True)
    talk.receive(CLIENT, PUBLISH[:20], 0)
    assert (talk.buffered(CLIENT), talk.begun(CLIENT)) == (20, 20)

    (skipped,) = talk.lose(CLIENT)
    assert (skipped.begin, skipped.end) == (0, 20)
    assert (talk.buffered(CLIENT), talk.lose(CLIENT)) == (0, [])
    assert talk.finish(CLIENT, 0, "end") == []
    assert talk.express(CLIENT) is None
    assert talk.received(CLIENT) == 20
