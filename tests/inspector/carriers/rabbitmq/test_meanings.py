"""What a method is for depends on what was said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Fate, Idle, Transfer, Trouble
from inspector.carriers.rabbitmq.carrier import carrier
from tests.inspector.carriers.rabbitmq.wire import (
    BROKER,
    CLIENT,
    EVENT,
    REPLY_TO,
    REQUEST,
    Basic,
    commands,
    deliver,
    message,
    method,
    publish,
    read,
)

if TYPE_CHECKING:
    from inspector.carriers.base import Unit

_OTHER = b'{"not":"of Nest"}'
_CONFIRMED = method(commands.Confirm.Select())


def _transfers(units: list[Unit]) -> list[Transfer]:
    return [unit for unit in units if isinstance(unit, Transfer)]


def _errands(units: list[Unit]) -> list[Errand]:
    return [unit for unit in units if isinstance(unit, Errand)]


def test_a_confirm_is_about_the_publishes_that_it_names() -> None:
    units = read(
        (CLIENT, _CONFIRMED + publish(EVENT) + publish(_OTHER) + publish(EVENT)),
        (BROKER, method(Basic.Ack(3, multiple=True))),
    )
    first, second = _transfers(units)
    (confirm,) = _errands(units)

    assert confirm.about == (first.tag, second.tag)
    assert (confirm.verb, confirm.fate) == ("confirm", Fate.KEPT)
    assert first.owed == second.owed == 1
    (unit,) = read((CLIENT, publish(EVENT)))
    assert isinstance(unit, Transfer)
    assert (unit.owed, unit.tag) == (0, None)


def test_what_is_about_others_alone_is_idle() -> None:
    units = read(
        (CLIENT, _CONFIRMED + publish(_OTHER)),
        (BROKER, method(Basic.Ack(1)) + deliver(_OTHER, 1)),
        (CLIENT, method(Basic.Nack(1))),
    )
    assert [unit.verb for unit in units if isinstance(unit, Idle)][-4:] == [
        "basic.publish",
        "basic.ack",
        "basic.deliver",
        "basic.nack",
    ]


def test_what_the_broker_does_not_take_is_withdrawn() -> None:
    units = read((CLIENT, _CONFIRMED + publish(EVENT)), (BROKER, method(Basic.Nack(1))))
    (errand,) = _errands(units)
    assert (errand.verb, errand.fate) == ("refuse", Fate.WITHDRAWN)


def test_acknowledgements_say_what_becomes_of_deliveries() -> None:
    consume = method(Basic.Consume(queue="cats_q", consumer_tag="tag"))
    units = read(
        (CLIENT, consume),
        (
            BROKER,
            b"".join(
                deliver(EVENT, number, "k", exchange="e") for number in (1, 2, 3, 4)
            ),
        ),
        (CLIENT, method(Basic.Ack(1)) + method(Basic.Nack(2, requeue=True))),
        (
            CLIENT,
            method(Basic.Nack(3, requeue=False))
            + method(Basic.Reject(4, requeue=True)),
        ),
        (CLIENT, method(Basic.Ack(9))),
    )
    deliveries, errands = _transfers(units), _errands(units)

    assert [unit.destination for unit in deliveries] == ["cats_q"] * 4
    assert [unit.owed for unit in deliveries] == [1] * 4
    assert [(unit.verb, unit.fate) for unit in errands] == [
        ("ack", Fate.ACCEPTED),
        ("nack", Fate.REQUEUED),
        ("nack", Fate.REJECTED),
        ("reject", Fate.REQUEUED),
        ("ack", Fate.ACCEPTED),
    ]
    assert [unit.about for unit in errands[:4]] == [(unit.tag,) for unit in deliveries]
    assert errands[4].about == ()


def test_without_acknowledgements_none_are_owed() -> None:
    consume = method(Basic.Consume(queue="cats_q", consumer_tag="tag", no_ack=True))
    units = read((CLIENT, consume), (BROKER, deliver(EVENT, 1, redelivered=True)))
    (unit,) = _transfers(units)
    assert (unit.owed, unit.tag, unit.again) == (0, None, True)


def test_in_the_middle_the_default_exchange_says_the_queue() -> None:
    units = read(
        (BROKER, deliver(EVENT, 70) + deliver(EVENT, 71, "k", exchange="topic")),
        (CLIENT, method(Basic.Ack(70))),
        (BROKER, deliver(EVENT, 72)),
        whole=False,
    )
    first, second, third = _transfers(units)
    assert [first.destination, second.destination] == ["cats_q", None]
    assert [first.owed, third.owed] == [0, 1]
    assert _errands(units)[0].about == (first.tag,)


def test_what_is_got_comes_from_the_queue_that_was_asked() -> None:
    get = method(Basic.Get(queue="a")) + method(Basic.Get(queue="b"))
    got = message(Basic.GetOk(1, False, "e", "k", 0), EVENT)  # noqa: FBT003
    units = read((CLIENT, get), (BROKER, method(Basic.GetEmpty()) + got))
    assert [unit.destination for unit in _transfers(units)] == ["b"]


def test_a_return_is_about_what_was_published_like_it() -> None:
    back = message(Basic.Return(312, "NO_ROUTE", "", "no"), EVENT)
    units = read(
        (CLIENT, publish(EVENT, "no") + publish(EVENT, "no", mandatory=True)),
        (BROKER, back),
    )
    (errand,) = _errands(units)
    assert errand.about == (_transfers(units)[1].tag,)
    assert errand.unwanted

    (errand,) = _errands(read((BROKER, back), whole=False))
    assert errand.about == ()
    asked = message(Basic.Return(312, "", "", "no"), REQUEST, correlation_id="c1")
    (errand,) = _errands(read((BROKER, asked), whole=False))
    assert errand.about == ("c1",)
    other = message(Basic.Return(312, "", "", "no"), _OTHER)
    assert _errands(read((BROKER, other), whole=False)) == []


def test_a_transaction_is_about_all_that_was_published_in_it() -> None:
    units = read(
        (CLIENT, method(commands.Tx.Select()) + method(commands.Tx.Commit())),
        (CLIENT, publish(EVENT) + publish(EVENT) + method(commands.Tx.Commit())),
        (BROKER, method(commands.Tx.CommitOk())),
        (CLIENT, publish(EVENT) + method(commands.Tx.Rollback())),
        (BROKER, method(commands.Tx.RollbackOk())),
    )
    tags = [unit.tag for unit in _transfers(units)]
    assert [unit.owed for unit in _transfers(units)] == [2] * 3
    assert [(unit.verb, unit.about, unit.fate) for unit in _errands(units)] == [
        ("tx.commit", tuple(tags[:2]), Fate.KEPT),
        ("tx.commit-ok", tuple(tags[:2]), Fate.KEPT),
        ("tx.rollback", tuple(tags[2:]), Fate.WITHDRAWN),
        ("tx.rollback-ok", tuple(tags[2:]), Fate.KEPT),
    ]


def test_a_close_is_trouble_if_it_is_an_error() -> None:
    text = "NOT_FOUND - no queue 'a' in vhost '/'"
    close = method(commands.Channel.Close(404, text, 50, 10))
    (unit,) = read((BROKER, close))
    assert isinstance(unit, Trouble)
    assert (unit.code, unit.detail) == ("broker-error", f"404 {text}")
    for code in (0, 200):
        (unit,) = read(
            (CLIENT, method(commands.Connection.Close(code, "bye", 0, 0), 0))
        )
        assert isinstance(unit, Idle)


def test_a_channel_that_is_opened_again_knows_nothing() -> None:
    again = method(commands.Channel.Open())
    units = read((CLIENT, _CONFIRMED + again + publish(EVENT)))
    assert _transfers(units)[0].owed == 0


def test_a_broker_that_takes_nothing_more_is_trouble() -> None:
    (unit,) = read((BROKER, method(commands.Connection.Blocked("low on memory"), 0)))
    assert isinstance(unit, Trouble)
    assert (unit.code, unit.detail) == ("blocked-publisher", "low on memory")


def test_secrets_of_the_handshake_are_known() -> None:
    said = method(commands.Connection.StartOk({}, "PLAIN", "\0u\0geheim"), 0)
    (unit,) = read((CLIENT, said))
    assert isinstance(unit, Idle)
    assert [said[low:high] for low, high in unit.secret] == [b"\0u\0geheim"]
    said = method(commands.Connection.UpdateSecret("geheim", "why"), 0)
    (unit,) = read((CLIENT, said))
    assert isinstance(unit, Idle)
    assert [said[low:high] for low, high in unit.secret] == [b"geheim"]


def test_who_the_client_is_shows_by_what_it_says() -> None:
    for side, said, client in (
        (1, publish(EVENT), 1),
        (1, deliver(EVENT, 1), 0),
        (1, method(Basic.Reject(1)), 1),
        (1, method(Basic.Ack(1)), None),
        (1, method(Basic.Consume(queue=REPLY_TO)), 1),
    ):
        talk = carrier.talk(None, whole=False)
        talk.receive(side, said, 0)
        assert talk.client == client
