"""Plain hops are joined as others are; what does not fit is refused, and not noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.calls.joining.memory import QUIET_NS, Memory
from inspector.calls.joining.plain import PlainPassage
from inspector.calls.joining.plain_hops import PlainHops
from inspector.calls.plain import PlainPlace
from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    CONFIRMED,
    EMITTED,
    LEFT,
    SPREAD,
    TOLD,
    PlainHop,
)
from inspector.streams.packets import DataPacket
from protocol import JsonText
from tests.inspector.calls.joining.hops import BROKER, OTHER, SECOND, Hops, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.calls.joining.joined import Joined
    from inspector.streams.connections import Connection, Direction

_REQUEST = b'{"pattern":"sum","data":1,"id":"a"}'
_REPLY = b'{"response":1,"isDisposed":true,"id":"a"}'
_EVENT = b'{"pattern":"log","data":1}'


class _Plain:
    """Plain hops between a caller and a handler, a millisecond apart."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.hops = Hops(memory)
        self.counted: list[Joined] = []
        self.plain = PlainHops(self.hops.book)
        self.hops.book.count = self._count
        self.caller, self.handler = self.hops.connect(), self.hops.connect()
        self.now_ns = SECOND
        self.verb = "SUB"

    def _count(self, joined: Joined) -> bool:
        if joined.outcome is None:
            return False
        self.counted.append(joined)
        self.hops.book.close(joined)
        return True

    def record(self) -> DataPacket:
        self.now_ns += 1_000_000
        return DataPacket(self.now_ns // 1_000_000, self.now_ns, 0, 9)

    def passage(self, body: bytes, channel: str, inbox: str | None) -> PlainPassage:
        place = PlainPlace(channel)
        data = JsonText(b"1")
        return PlainPassage(body, data, channel, channel, inbox, 0, [], place, (), [])

    def _add(
        self, joined: Joined | None, way: Direction, record: DataPacket, size: int
    ) -> bool:
        if joined is not None:
            self.plain.add(joined, way, record, size)
            record.frames = 1
            if joined.outcome is not None:
                self.hops.book.settle(joined)
        return joined is not None

    def ask(self, inbox: str = "in") -> bool:
        way, record = self.caller.directions[0], self.record()
        passage = self.passage(_REQUEST, "sum", inbox)
        hop = PlainHop(ASKED, "sum", inbox, "7", _REQUEST, 50, self.verb)
        hop.correlation = inbox
        joined = self.plain.ask(way, record.time_ns, passage, "a", hop)
        return self._add(joined, way, record, 50)

    def hand(self, body: bytes = _REQUEST, channel: str = "sum") -> bool:
        hop = PlainHop(ASKED_OF, channel, "in", "1", body, 50, "", "workers")
        hop.correlation = "in"
        way, record = self.handler.directions[1], self.record()
        return self._add(self.plain.ask_of(way, record, hop), way, record, 50)

    def answer(self, who: Connection | None = None) -> bool:
        way, record = (who or self.handler).directions[0], self.record()
        hop = PlainHop(ANSWERED, "in", body=_REPLY, correlation="in")
        joined = self.plain.asked_by(way, hop)
        if joined is not None and joined.plain is not None:
            joined.plain.reply = _REPLY
            self.hops.book.advance(record.time_ns)
        return self._add(joined, way, record, 40)

    def tell(self, who: Connection | None = None, body: bytes = _REPLY) -> bool:
        hop = PlainHop(TOLD, "in", None, "7", body, 40, correlation="in")
        way, record = (who or self.caller).directions[1], self.record()
        return self._add(self.plain.tell(way, record, hop), way, record, 40)

    def leave(self) -> bool:
        hop = PlainHop(LEFT, "in", None, "7", verb="UNSUB", correlation="in")
        way = self.caller.directions[0]
        return self.plain.leave(way, self.record(), hop) is not None

    def confirm(self, tag: str) -> bool:
        hop = PlainHop(CONFIRMED, "", None, tag, verb="confirm")
        way = self.caller.directions[1]
        return self.plain.confirm(way, self.record(), hop) is not None

    def emit(self) -> bool:
        way, record = self.caller.directions[0], self.record()
        passage = self.passage(_EVENT, "log", None)
        hop = PlainHop(EMITTED, "log", body=_EVENT)
        joined = self.plain.emit(way, record.time_ns, passage, hop)
        return self._add(joined, way, record, 30)

    def spread(self, number: str = "1") -> bool:
        hop = PlainHop(SPREAD, "log", None, number, _EVENT, 30)
        way, record = self.handler.directions[1], self.record()
        return self._add(self.plain.spread(way, record, hop), way, record, 30)


def test_a_call_is_joined_hop_by_hop_and_ends_as_its_caller_leaves() -> None:
    plain = _Plain()
    assert plain.ask()
    assert plain.hand()
    assert plain.answer()
    assert plain.tell()
    assert plain.hops.book.memory.held == 180
    assert not plain.counted
    assert plain.leave()
    (joined,) = plain.counted

    assert joined.ledger.data_packets == 5
    assert plain.hops.book.memory.held == 0
    assert not plain.hops.book.memory.open
    assert plain.hops.book.memory.knows("in")
    assert not plain.leave()


def test_what_is_to_be_confirmed_ends_with_that() -> None:
    plain = _Plain()
    plain.verb = ""
    assert plain.ask()
    (joined,) = plain.hops.book.memory.open.values()
    plain.plain.tag(joined, plain.caller.directions[0], "tag", requests=True)
    for step in (plain.hand, plain.answer, plain.tell):
        assert step()
    assert not plain.counted
    assert not plain.confirm("another")
    assert plain.confirm("tag")

    assert plain.counted == [joined]
    assert not plain.confirm("tag")


def test_a_call_whose_errand_waits_for_it_is_refused() -> None:
    plain = _Plain()
    plain.verb = ""
    plain.hops.tend(plain.caller, "SUB", "in", opens=True)

    assert not plain.ask()
    assert plain.ask("other")


def test_on_a_channel_of_several_it_has_to_be_known_who_listens() -> None:
    plain = _Plain()
    way, record = plain.caller.directions[0], plain.record()
    passage = plain.passage(_REQUEST, "sum", "sum.reply")
    hop = PlainHop(ASKED, "sum", "sum.reply", "", _REQUEST, 50)
    hop.correlation, hop.shared = "a", True

    assert plain.plain.ask(way, record.time_ns, passage, "a", hop) is None


@pytest.mark.parametrize("steps", range(4))
def test_what_does_not_come_next_is_refused(steps: int) -> None:
    plain = _Plain()
    done: list[Callable[[], bool]] = [
        plain.ask,
        plain.hand,
        plain.answer,
        plain.tell,
    ]
    for step in done[:steps]:
        assert step()
    for place, step in enumerate(done):
        if place != steps:
            assert not step()
    assert not plain.leave()


def test_another_body_channel_or_connection_is_refused() -> None:
    plain = _Plain()
    plain.ask()
    assert not plain.hand(_REQUEST + b" ")
    assert not plain.hand(channel="other")
    plain.hand()
    assert not plain.answer(plain.caller)
    plain.answer()
    assert not plain.tell(plain.handler)
    assert not plain.tell(body=_REPLY + b" ")
    assert plain.tell()


def test_a_reply_that_took_longer_than_a_second_is_refused() -> None:
    plain = _Plain()
    plain.ask()
    plain.hand()
    plain.answer()
    plain.now_ns += SECOND

    assert not plain.tell()


def test_an_event_is_counted_a_second_after_its_last_hop() -> None:
    plain = _Plain()
    assert plain.emit()
    assert plain.spread()
    plain.now_ns += QUIET_NS - 5_000_000
    assert plain.emit()
    assert not plain.counted
    plain.now_ns += 10_000_000
    assert plain.emit()

    assert [each.ledger.number for each in plain.counted] == [1]


def test_each_of_like_events_is_handed_to_a_destination_once() -> None:
    plain = _Plain()
    plain.handler = plain.hops.connect(opened_ns=1)
    plain.emit()
    plain.emit()
    assert plain.spread()
    assert plain.spread()
    assert not plain.spread()
    assert not plain.spread("2")  # who gets the first of them as well


def test_which_of_like_events_it_is_has_to_be_certain() -> None:
    plain = _Plain()  # whose handler may have missed the first
    plain.emit()
    plain.emit()

    assert not plain.spread()


def test_what_is_over_meanwhile_and_not_plain_is_told() -> None:
    plain = _Plain()
    plain.emit()
    plain.hops.book.memory.open[1].make()
    plain.now_ns += 2 * QUIET_NS
    assert plain.ask()
    (told,) = plain.plain.ready()

    assert isinstance(told, Exchange)
    assert told.number == 1
    assert not plain.plain.ready()


def test_a_call_whose_caller_does_not_leave_is_told() -> None:
    plain = _Plain()
    for step in (plain.ask, plain.hand, plain.answer, plain.tell):
        assert step()
    plain.now_ns += 2 * QUIET_NS

    assert not plain.leave()
    assert len(plain.counted) == 1


def test_what_would_not_fit_into_the_memory_is_refused() -> None:
    few = _Plain(Memory(most_open=1))
    assert few.ask()
    assert not few.ask("other")
    assert not few.emit()


def test_an_event_that_began_with_its_delivery_may_be_meant() -> None:
    plain = _Plain()
    plain.hops.hand_out(plain.handler, event(), channel="log", body=_EVENT)

    assert not plain.emit()
    plain.hops.book.crossings.like((BROKER, "log", hash(_EVENT))).early.clear()
    assert plain.emit()


def test_two_brokers_are_two_for_events() -> None:
    plain = _Plain()
    plain.emit()
    plain.handler = plain.hops.connect(broker=OTHER)

    assert BROKER != OTHER
    assert not plain.spread()
