"""Names in frames are hidden before anything is read of them, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pamqp import commands

from inspector.carriers.base import Errand, Idle, Transfer, Trouble
from inspector.carriers.rabbitmq.carrier import carrier
from inspector.carriers.rabbitmq.concealing import hide_names
from inspector.carriers.rabbitmq.frames import FrameReader
from inspector.redaction.texts import Redaction
from tests.inspector.carriers.rabbitmq.wire import (
    BROKER,
    CLIENT,
    REPLY_TO,
    Basic,
    deliver,
    message,
    method,
    publish,
)

if TYPE_CHECKING:
    from pamqp.base import Frame
    from pamqp.common import FieldTable as Table

    from inspector.carriers.base import Unit
    from inspector.carriers.rabbitmq.frames import Flaw
    from inspector.carriers.rabbitmq.frames import Frame as Cut

Queue, Exchange = commands.Queue, commands.Exchange
_NAME = "users.alice"
_BODY = b'{"pattern":"users.alice","data":"users.alice","id":"1"}'
_DEATH: dict[str, Any] = {
    "count": 1,
    "reason": "rejected",
    "queue": _NAME,
    "exchange": _NAME,
    "routing-keys": [_NAME, "log"],
}
_DEAD: dict[str, Any] = {
    "x-death": [_DEATH, _DEATH],
    "x-first-death-queue": _NAME,
    "x-last-death-exchange": _NAME,
    "CC": [_NAME],
    "note": _NAME,
}
_LETTERS: Table = {"x-dead-letter-exchange": _NAME, "x-dead-letter-routing-key": _NAME}


def _conceal() -> Redaction:
    return Redaction((), ["users.*"])


def _shown(data: bytes, conceal: Redaction | None = None) -> bytes:
    frames: list[Cut | Flaw] = []
    return hide_names(FrameReader().cut(data, frames), frames, conceal or _conceal())


def _units(*turns: tuple[int, bytes]) -> list[Unit]:
    talk = carrier.talk(_conceal(), whole=True)
    return [unit for side, data in turns for unit in talk.receive(side, data, 0)]


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (Exchange.Declare(exchange=_NAME, arguments={"alternate-exchange": _NAME}), 2),
        (Exchange.Delete(exchange=_NAME), 1),
        (Exchange.Bind(destination=_NAME, source=_NAME, routing_key=_NAME), 3),
        (Exchange.Unbind(destination=_NAME, source=_NAME, routing_key=_NAME), 3),
        (Queue.Declare(queue=_NAME, arguments=_LETTERS), 3),
        (Queue.DeclareOk(_NAME, 1, 1), 1),
        (Queue.Bind(queue=_NAME, exchange=_NAME, routing_key=_NAME), 3),
        (Queue.Unbind(queue=_NAME, exchange=_NAME, routing_key=_NAME), 3),
        (Queue.Purge(queue=_NAME), 1),
        (Queue.Delete(queue=_NAME), 1),
        (Basic.Consume(queue=_NAME, consumer_tag=_NAME), 2),
        (Basic.ConsumeOk(_NAME), 1),
        (Basic.Cancel(_NAME), 1),
        (Basic.CancelOk(_NAME), 1),
        (Basic.Publish(exchange=_NAME, routing_key=_NAME), 2),
        (Basic.Return(312, "NO_ROUTE", _NAME, _NAME), 2),
        (Basic.Deliver(_NAME, 1, exchange=_NAME, routing_key=_NAME), 3),
        (Basic.Get(queue=_NAME), 1),
        (Basic.GetOk(1, exchange=_NAME, routing_key=_NAME, message_count=0), 2),
    ],
)
def test_names_are_hidden_where_a_method_has_them(frame: Frame, names: int) -> None:
    data = method(frame)
    shown = _shown(data)

    assert data.count(b"alice") == names
    assert shown == data.replace(b"alice", b"xxxx1")


def test_names_in_headers_are_hidden_and_no_others() -> None:
    data = deliver(_BODY, 1, "log", headers=_DEAD, reply_to=_NAME)
    shown = _shown(data)

    body = len(_BODY) + 1
    assert data[:-body].count(b"alice") == 11
    assert shown[:-body].count(b"alice") == 1
    assert shown.replace(b"xxxx1", b"alice") == data
    assert b"\x04noteS\0\0\0\x0busers.alice" in shown


@pytest.mark.parametrize(
    "data",
    [
        method(Queue.Declare(queue="amq.alice")),
        publish(_BODY, "log", reply_to=REPLY_TO),
        method(commands.Connection.StartOk({"queue": _NAME}, "PLAIN", _NAME), 0),
        method(Queue.Declare(queue=_NAME))[:-1] + b"\0",  # it has no end
        b"\1\0\1\0\0\0\2\0\x32\xce",  # of a method the half of its number
    ],
)
def test_what_has_nothing_to_hide_is_what_it_was(data: bytes) -> None:
    assert _shown(data) is not None
    assert _shown(data, Redaction((), ["users.*", "amq.*"])) == data


def test_headers_that_are_malformed_show_nothing() -> None:
    data = deliver(_BODY, 1, "log", headers=_DEAD, reply_to=_NAME)
    units = _units((BROKER, data.replace(b"\x04noteS", b"\x04note?")))

    assert any(isinstance(each, Trouble) for each in units)
    assert not any(isinstance(each, Transfer) for each in units)
    assert not any(b"alice" in getattr(each, "text", b"") for each in units)


def test_units_are_made_of_what_is_shown() -> None:
    sent = publish(_BODY, _NAME, headers=_DEAD, reply_to=REPLY_TO, correlation_id="1")
    declared = method(Queue.Declare(queue=_NAME))
    idle, consumes, asked, got = _units(
        (CLIENT, declared),
        (CLIENT, method(Basic.Consume(queue=_NAME, consumer_tag="tag"))),
        (CLIENT, sent),
        (BROKER, deliver(_BODY, 1, _NAME, reply_to=REPLY_TO, correlation_id="1")),
    )

    assert isinstance(idle, Idle)
    assert idle.text == declared.replace(b"alice", b"xxxx1")
    assert idle.original == declared
    assert isinstance(consumes, Idle)
    assert consumes.channels == ("users.xxxx1",)
    for unit in (asked, got):
        assert isinstance(unit, Transfer)
        assert unit.channel == "users.xxxx1"
        assert unit.body == _BODY.replace(b"alice", b"xxxx1", 1)
        assert unit.original == _BODY
    assert isinstance(asked, Transfer)
    assert asked.head == sent[: sent.index(_BODY)].replace(b"alice", b"xxxx1").replace(
        b"note\x53\0\0\0\x0busers.xxxx1", b"note\x53\0\0\0\x0busers.alice"
    )
    assert isinstance(got, Transfer)
    assert got.destination == "users.xxxx1"


def test_what_is_returned_and_refused_names_nothing() -> None:
    given = publish(b'{"pattern":"log"}', _NAME, mandatory=True)
    back = message(Basic.Return(312, "NO_ROUTE", "", _NAME), b'{"pattern":"log"}')
    why = "NOT_FOUND - no queue 'users.alice' in vhost '/'"
    refuses = method(commands.Channel.Close(404, why, 50, 10))
    _, returned, trouble = _units((CLIENT, given), (BROKER, back), (BROKER, refuses))

    assert isinstance(returned, Errand)
    assert returned.original == back
    assert returned.text == back.replace(b"alice", b"xxxx1")
    assert isinstance(trouble, Trouble)
    assert trouble.detail == "404 NOT_FOUND - no queue '…'"


def test_what_is_mixed_with_another_message_is_covered() -> None:
    first, other = publish(_BODY, _NAME, most=20), publish(_BODY, _NAME, channel=2)
    cut = first.index(b"\2\0\1")
    units = _units((CLIENT, first[:cut] + other + first[cut:]))
    mixed = units[-1]

    assert isinstance(mixed, Transfer)
    assert mixed.head == b""
    assert mixed.secret == ((mixed.begin, mixed.pieces[0].begin),)


def _secrets(data: bytes, conceal: Redaction | None) -> list[bytes]:
    talk = carrier.talk(conceal, whole=True)
    (unit,) = talk.receive(CLIENT, data, 0)
    assert isinstance(unit, Idle)
    return [data[begin:end] for begin, end in unit.secret]


def test_secrets_in_tables_of_methods_are_named_with_that_of_the_login() -> None:
    said: Table = {"product": "x", "password": "horse", "more": {"token": "staple"}}
    login = method(commands.Connection.StartOk(said, "PLAIN", "\0u\0battery"), 0)
    declared = method(Queue.Declare(queue="a", arguments={"x-api-key": "horse"}))
    auto = Redaction(["auto"])

    assert _secrets(login, auto) == [b"\0u\0battery", b"staple", b"horse"]
    assert _secrets(login, None) == [b"\0u\0battery"]
    assert _secrets(declared, auto) == [b"horse"]
    assert _secrets(declared, None) == []


def test_of_a_table_that_is_malformed_all_is_secret() -> None:
    declared = method(Queue.Declare(queue="a", arguments={"x-api-key": "horse"}))
    malformed = declared.replace(b"keyS", b"key?")

    assert _secrets(malformed, Redaction(["auto"])) == [malformed[-21:-1]]


def test_where_a_dead_letter_was_is_no_secret_of_a_header() -> None:
    data = deliver(_BODY, 1, "log", headers=_DEAD)
    talk = carrier.talk(Redaction(["data"]), whole=True)
    (unit,) = talk.receive(BROKER, data, 0)

    assert isinstance(unit, Transfer)
    assert unit.facts is not None
    headers = unit.facts["headers"]
    assert isinstance(headers, dict)
    assert headers["note"] == "x" * len(_NAME)
    assert headers["x-death"] == [_DEATH, _DEATH]
