"""Over WebSocket the same units are read as without it, whatever the frames are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.carriers.base import (
    Errand,
    Idle,
    Remark,
    Skipped,
    Transfer,
    Trouble,
    Unit,
)
from inspector.carriers.mqtt.carrier import carrier
from inspector.carriers.mqtt.messages import MOST
from inspector.carriers.testing import Turn, check_carrier, check_cuts, check_noise
from tests.inspector.carriers.mqtt.framed import (
    WAYS,
    compressed,
    deflated,
    fragmented,
    framed,
    handshake,
    interrupted,
    over,
    split,
    together,
    whole,
)
from tests.inspector.carriers.mqtt.test_conversations import call_at, work_at
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    EVENT,
    FIVE,
    FOUR,
    REPLY,
    REQUEST,
    connect,
    publish,
    read,
    subscribe,
)
from tests.inspector.carriers.websocket.written import BINARY, CLOSE, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.inspector.carriers.mqtt.written import Level

each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def _gists(units: Iterable[Unit]) -> list[tuple[object, ...]]:
    """Return what units of MQTT say, without their places."""
    found: list[tuple[object, ...]] = []
    for unit in units:
        if isinstance(unit, Transfer):
            found.append((unit.side, unit.packet, unit.channel, unit.tag, unit.body))
        elif isinstance(unit, Errand):
            found.append((unit.side, unit.verb, unit.about, unit.channels))
        elif isinstance(unit, Idle) and unit.verb.isupper():
            found.append((unit.side, unit.verb, unit.channels, unit.session))
        elif isinstance(unit, Trouble):
            found.append((unit.side, unit.code, unit.detail))
    return found


@each_way
@pytest.mark.parametrize("level", [FOUR, FIVE])
def test_the_same_is_read_as_without_frames(
    way: Callable[[int, bytes], bytes], level: Level
) -> None:
    for turns in (call_at(level), work_at(level)):
        units = read(*over(way, turns))
        assert _gists(units) == _gists(read(*turns))
        assert [each.verb for each in units[:2] if isinstance(each, Idle)] == [
            "GET upgrade",
            "101",
        ]
        for side in (CLIENT, BROKER):  # each byte belongs to a unit
            own = [each for each in units if each.side == side]
            size = sum(len(data) for sent, data in over(way, turns) if sent == side)
            assert max(each.end for each in own) == size
            covered = {n for each in own for n in range(each.begin, each.end)}
            assert covered == set(range(size))


@pytest.mark.parametrize("way", [whole, split, compressed])
def test_conversations_have_all_properties(way: Callable[[int, bytes], bytes]) -> None:
    check_carrier(carrier, [over(way, call_at(FIVE)), over(way, work_at(FOUR))])


@pytest.mark.parametrize("way", [fragmented, interrupted])
def test_what_pings_interrupt_is_read_alike_however_it_is_cut(
    way: Callable[[int, bytes], bytes],
) -> None:
    check_cuts(carrier, over(way, call_at(FIVE)))


def test_several_packets_in_a_message_are_several_units() -> None:
    both = publish("sum", REQUEST) + publish("log", EVENT) + b"\xc0\0"
    for way in (whole, compressed):
        turns = [*over(way, [Turn(CLIENT, connect()), Turn(CLIENT, both)])]
        first, second, ping = read(*turns)[3:]
        assert isinstance(first, Transfer)
        assert isinstance(second, Transfer)
        assert isinstance(ping, Idle)
        plain = way is whole
        assert (first.end == second.begin) is plain
        assert ((first.begin, first.end) == (ping.begin, ping.end)) is not plain
        check_cuts(carrier, turns)


def test_what_is_no_mqtt_is_trouble_and_the_next_message_is_read() -> None:
    begin = over(whole, [Turn(CLIENT, connect())])
    good = Turn(CLIENT, framed(CLIENT, publish("sum", REQUEST)))
    for bad, detail in (
        (framed(CLIENT, b"hello", TEXT), "it is text"),
        (framed(CLIENT, b"\x66\x66"), "it begins with 66"),
        (framed(CLIENT, b"x", 0x83), "its opcode is 3"),
        (framed(CLIENT, b"\x30", 0x02) * 2, "a message begins inside another one"),
    ):
        units = read(*begin, Turn(CLIENT, bad), good)[3:]
        assert isinstance(units[0], Trouble)
        assert (units[0].code, units[0].detail) == ("mqtt-protocol", detail)
        assert isinstance(units[-1], Transfer)


def test_a_packet_in_too_many_frames_is_given_up() -> None:
    head = publish("sum", REQUEST + b" " * 500_000)[:5]
    talk = carrier.talk(None, whole=True)
    for side, data in over(whole, [Turn(CLIENT, connect())]):
        talk.receive(side, data, 0)
    talk.receive(CLIENT, framed(CLIENT, head), 0)
    units = talk.receive(CLIENT, framed(CLIENT, b"") * (MOST + 1), 0)
    (trouble,) = units
    assert isinstance(trouble, Trouble)
    assert trouble.detail == "it comes in too many frames"
    assert talk.buffered(CLIENT) == talk.begun(CLIENT) == 0
    (unit,) = talk.receive(CLIENT, framed(CLIENT, publish("sum", REQUEST)), 0)
    assert isinstance(unit, Transfer)


def test_after_a_refusal_nothing_is_read() -> None:
    (ask, _) = handshake()
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
    units = read(ask, Turn(BROKER, refusal))
    assert [each.verb for each in units if isinstance(each, Idle)] == [
        "GET upgrade",
        "403",
    ]
    assert isinstance(units[-1], Skipped)


def test_a_close_says_its_code() -> None:
    code = (1002).to_bytes(2) + b"subprotocol"
    units = read(*handshake(), Turn(BROKER, framed(BROKER, code, CLOSE)))
    assert isinstance(units[-1], Idle)
    assert units[-1].verb == "close 1002 subprotocol"


def test_a_connection_is_joined_in_the_middle_of_a_message() -> None:
    """Where the beginning is missing, frames without packets are passed over."""
    turns = [
        (BROKER, framed(BROKER, b'a":1}')),  # of a packet that began before
        (BROKER, framed(BROKER, publish("sum", REQUEST))),
        (CLIENT, split(CLIENT, publish("sum/reply", REPLY))),
        (CLIENT, framed(CLIENT, deflated(publish("log", EVENT)), BINARY | 0x40)),
    ]
    units = read(*turns, whole=False)
    kinds = [Skipped, Transfer, Transfer, Remark, Transfer]  # the second is split
    assert [type(each) for each in units] == kinds
    assert units[0].end == units[1].begin == len(turns[0][1])


def test_noise_raises_nothing() -> None:
    samples = [over(way, call_at(FIVE)) for way in WAYS]
    samples.append(over(interrupted, list(together(work_at(FOUR)))))
    check_noise(carrier, samples, rounds=300, seed=7)


def test_frames_are_told_from_a_subscription_by_what_they_hold() -> None:
    plain = subscribe("sum/reply")
    (unit,) = read((CLIENT, plain), whole=False)
    assert isinstance(unit, Errand)
    (unit,) = read((CLIENT, framed(CLIENT, plain)), whole=False)
    assert isinstance(unit, Errand)
