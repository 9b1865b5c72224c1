"""A place is found once nothing is to be learnt of what is counted there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from inspector.express.broker_places import BrokerPlaces
from inspector.figures.report import Report
from inspector.findings.detective import Detective
from protocol import PacketError
from tests.inspector.calls.joining.hops import Hops
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import MILLISECOND
from tests.inspector.over_nats import Broker, Peer, called, emitted
from tests.inspector.ways import check_ways, counted

if TYPE_CHECKING:
    from protocol import Json


class _Scene:
    """A caller and a handler, after calls that took long, so that others do not."""

    def __init__(self, group: str | None = "workers") -> None:
        self.broker, self.group = Broker(), group
        self.caller, self.handler = self.broker.peer(), self._handler()
        for number in range(6):
            passing = self.caller.ask("sum", number)
            self.handler.take(passing)
            self.broker.wire.wait(50 * MILLISECOND)
            self.caller.get(passing, self.handler.answer(passing, 1)).leave(passing)

    def _handler(self) -> Peer:
        return self.broker.worker("sum", "other", "a..b", group=self.group)

    def made(self, caller: Peer, handler: Peer, pattern: Json = "sum") -> list[bool]:
        """Make three calls; return for each whether an exchange was made of it."""
        made = []
        for _ in range(3):
            before = self._made()
            called(caller, handler, pattern=pattern, data=1, value=2)
            made.append(self._made() > before)
        return made

    def _made(self) -> int:
        capture = pcap_bytes(self.broker.wire.records)
        check_ways(capture)
        return counted(capture)["made"]


def test_who_has_asked_for_something_is_known() -> None:
    scene = _Scene()

    assert scene.made(scene.caller, scene.handler) == [False, False, False]


def test_another_caller_is_learnt_first() -> None:
    scene = _Scene()

    assert scene.made(scene.broker.peer(), scene.handler) == [True, False, False]


@pytest.mark.parametrize("group", ["workers", None])
def test_another_handler_is_learnt_first(group: str | None) -> None:
    scene = _Scene(group)
    other = scene.broker.worker("sum", group=group)

    # Which way its connection is read is known once a packet has passed either way.
    assert scene.made(scene.caller, other) == [True, True, False]


def test_another_pattern_is_learnt_first() -> None:
    scene = _Scene()

    assert scene.made(scene.caller, scene.handler, "other") == [True, False, False]


def test_what_a_finding_is_about_each_time_is_never_plain() -> None:
    scene = _Scene()

    assert scene.made(scene.caller, scene.handler, "a..b") == [True, True, True]


def test_an_event_has_a_place_of_its_own() -> None:
    scene = _Scene()
    for number in range(3):
        emitted(scene.caller, scene.handler, pattern="sum", data=number)
        scene.broker.wire.linger()
    called(scene.caller, scene.handler, data=1, value=2)

    check_ways(pcap_bytes(scene.broker.wire.records))
    assert counted(pcap_bytes(scene.broker.wire.records)) == {"all": 10, "made": 6}


def _places(most: int) -> BrokerPlaces:
    return BrokerPlaces(Hops().book, Report(), Detective().signs, most)


def test_a_pattern_is_what_it_says_however_it_is_written() -> None:
    places = _places(9)
    for text in (b'{"cmd":"a"}', b'{ "cmd": "a" }'):
        body = b'{"pattern":%b,"id":"1"}' % text
        spelling = places.spell(text, body, places.messages)
        assert (spelling.pattern, spelling.route) == ({"cmd": "a"}, '{"cmd":"a"}')

    assert len(places.messages) == 2
    assert not places.events


def test_of_spellings_so_many_are_remembered() -> None:
    places = _places(2)
    for number in range(3):
        body = b'{"pattern":"p%d"}' % number
        places.spell(b'"p%d"' % number, body, places.events)

    assert list(places.events) == [b'"p2"']


def test_what_is_not_read_as_json_is_not_spelled() -> None:
    places = _places(9)
    with pytest.raises((msgspec.DecodeError, PacketError)):
        places.spell(b'"\\ud800"', b'{"pattern":"\\ud800"}', places.events)
    assert not places.events
