"""Both sides are read together, and neither ever raises."""

from __future__ import annotations

from inspector.carriers.base import Errand, Idle, Skipped, Transfer, Trouble
from inspector.carriers.rabbitmq.carrier import carrier
from inspector.redaction.texts import AUTO, Redaction
from tests.inspector.carriers.rabbitmq.wire import (
    BROKER,
    CLIENT,
    EVENT,
    HEARTBEAT,
    PREAMBLE,
    Basic,
    commands,
    method,
    publish,
    read,
)


def test_what_is_not_complete_is_counted_from_its_first_byte_on() -> None:
    talk, data = carrier.talk(None, whole=True), publish(EVENT, most=9)
    for place in range(1, len(data)):
        talk.receive(CLIENT, data[place - 1 : place], 0)
        assert talk.received(CLIENT) == talk.begun(CLIENT) == place
        assert talk.buffered(CLIENT) == place
    (unit,) = talk.receive(CLIENT, data[-1:], 0)

    assert isinstance(unit, Transfer)
    assert (unit.begin, unit.end, talk.buffered(CLIENT)) == (0, len(data), 0)
    assert talk.finish(CLIENT, 0, "close") == []
    assert talk.express(CLIENT) is None


def test_what_is_lost_is_skipped_and_the_numbers_of_publishes_with_it() -> None:
    talk = carrier.talk(None, whole=True)
    confirmed = method(commands.Confirm.Select())
    (_, first) = talk.receive(CLIENT, confirmed + publish(EVENT), 0)
    talk.receive(CLIENT, publish(EVENT)[:-5], 0)
    begun = talk.begun(CLIENT)
    (skipped,) = talk.lose(CLIENT)
    (third,) = talk.receive(CLIENT, publish(EVENT), 0)
    units = talk.receive(BROKER, method(Basic.Ack(1)) + method(Basic.Ack(3)), 0)

    assert isinstance(skipped, Skipped)
    assert skipped.end - skipped.begin == begun
    assert talk.lose(BROKER) == []
    assert isinstance(first, Transfer)
    assert isinstance(third, Transfer)
    assert [unit.about for unit in units if isinstance(unit, Errand)] == [
        (first.tag,),
        (third.tag,),
    ]


def test_signs_of_life_and_greetings_are_idle() -> None:
    units = read((CLIENT, PREAMBLE + HEARTBEAT))
    assert [(unit.verb, unit.text) for unit in units if isinstance(unit, Idle)] == [
        ("protocol header", PREAMBLE),
        ("heartbeat", HEARTBEAT),
    ]
    assert [(unit.begin, unit.end) for unit in units] == [(0, 8), (8, 16)]


def test_what_is_malformed_is_trouble_and_it_goes_on() -> None:
    unknown = method(Basic.Ack(1)).replace(b"\0\x3c\0\x50", b"\0\x3c\0\x51")
    misfit = method(commands.Basic.Get(queue="abc")).replace(b"\x03abc", b"\x09abc")
    empty = b"\x01\0\x01\0\0\0\0\xce"
    header = publish(EVENT, app_id="a").replace(b"\x01a\xce", b"\x09a\xce")
    units = read((CLIENT, unknown + misfit + empty + header + publish(EVENT)))

    troubles = [unit for unit in units if isinstance(unit, Trouble)]
    assert [unit.code for unit in troubles] == ["amqp-protocol"] * 4
    assert [unit.detail for unit in troubles] == [
        "a frame of a method has none that there is",
        "the arguments of basic.get are malformed",
        "a frame of a method has none that there is",
        "the properties of a message are malformed",
    ]
    assert isinstance(units[-1], Transfer)


def test_words_about_bytes_are_concealed() -> None:
    talk = carrier.talk(Redaction([AUTO]), whole=True)
    (unit,) = talk.receive(BROKER, method(commands.Channel.Close(404, "'a'", 1, 1)), 0)
    assert isinstance(unit, Trouble)
    assert "'a'" not in unit.detail
