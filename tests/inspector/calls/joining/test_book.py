"""What is written down of exchanges is bounded, and is gone once they are forgotten."""

from __future__ import annotations

import random

import pytest

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.joining.memory import QUIET_NS, Memory
from inspector.calls.matching import Late
from inspector.streams.items import Limited
from tests.inspector.calls.joining.hops import (
    BROKER,
    OTHER,
    SECOND,
    Hops,
    event,
    reply,
    request,
    to,
)
from tests.inspector.conversation import inspected
from tests.inspector.over_nats import Broker, called


def _sizes(hops: Hops) -> dict[str, int]:
    """Return how much is kept, in each place that keeps some."""
    book = hops.book
    memory, lacking = book.memory, book.lacking
    return {
        "open": len(memory.open),
        "calls": sum(map(len, memory._calls.values())),  # noqa: SLF001
        "on": sum(map(len, memory._on.values())),  # noqa: SLF001
        "over": len(memory._over),  # noqa: SLF001
        "due": len(memory.coming),
        "like": len(book.crossings._like),  # noqa: SLF001
        "openings": len(book.openings._waiting),  # noqa: SLF001
        "gaps": len(lacking._gaps),  # noqa: SLF001
        "begun": len(lacking._begun),  # noqa: SLF001
        "ready": len(book.ready),
    }


def _busy(hops: Hops, rounds: int) -> None:
    """Pass calls and events of all sorts, on connections that come and go."""
    rng = random.Random(rounds)  # noqa: S311 — the same every time
    for number in range(rounds):
        caller, handler, monitor = (hops.connect() for _ in range(3))
        inbox = f"inbox {number}"
        fate = rng.randrange(7)
        if fate == 0:
            hops.call(caller, handler, inbox=inbox)
        elif fate == 1:  # nobody answers
            hops.tend(caller, "SUB", inbox, opens=True)
            hops.hand_in(caller, request(inbox), **to(inbox))
        elif fate == 2:  # the caller leaves, and the reply comes
            hops.hand_in(caller, request(inbox), **to(inbox))
            hops.tend(caller, "UNSUB", inbox)
            hops.hand_in(handler, reply(inbox), channel=inbox, correlation=inbox)
        elif fate == 3:
            packet = reply(inbox, last=bool(number % 2))
            hops.hand_in(handler, packet, channel=inbox, correlation=inbox)
            hops.hand_out(monitor, packet, channel=inbox, correlation=inbox)
        elif fate == 4:
            hops.tend(caller, "503", inbox, unwanted=True)
            hops.call(caller, handler, monitor, inbox=inbox)
        elif fate == 5:
            hops.hand_out(handler, event())
            hops.lose(handler.directions[1])
            hops.hand_in(caller, event())
        else:
            hops.hand_in(caller, event(number))
            hops.hand_out(handler, event(number))
            hops.hand_out(monitor, event(number))
        for each in (caller, handler, monitor):
            hops.close(each)


def test_nothing_is_kept_of_exchanges_that_are_over_and_forgotten() -> None:
    hops = Hops(Memory(most_remembered=0))
    _busy(hops, 300)
    hops.elapse(30 * SECOND)
    hops.end()
    hops.elapse()
    sizes = _sizes(hops)
    kept = {name: size for name, size in sizes.items() if size}

    # Of connections, and of inboxes that nobody used, as much as their limits allow.
    assert kept.keys() <= {"begun", "openings"}
    assert sorted(each.number for each in hops.exchanges) == list(
        range(1, hops.book.tally.exchanges + 1)
    )


def test_what_is_kept_does_not_grow_with_what_has_passed() -> None:
    hops = Hops(Memory(most_open=8, most_remembered=5))
    most: dict[str, int] = {}
    for each in range(4):
        _busy(hops, 200)
        sizes = _sizes(hops)
        if not each:
            most = sizes
        for name in ("open", "calls", "on", "over", "like"):
            assert sizes[name] <= 13, name
    assert sizes["due"] <= 4 * max(most["due"], 1)


def test_a_ledger_outlives_its_exchange_which_does_not_stay() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.call(caller, handler, inbox="a")
    (joined,) = hops.book.memory.calls("a")
    (call,) = hops.exchanges

    assert joined.exchange is None
    assert joined.passage is None
    assert joined.ledger is call.ledger


def test_of_too_many_open_exchanges_the_oldest_is_told_as_it_stands() -> None:
    hops = Hops(Memory(most_open=2))
    caller = hops.connect()
    for number in range(4):
        hops.hand_in(caller, request(f"{number}"), **to(f"{number}"))
    limited = [each for each in hops.told if isinstance(each, Limited)]

    assert [(each.limit, each.packet) for each in limited] == [
        ("exchanges", 3),
        ("exchanges", 4),
    ]
    assert {each.direction.connection for each in limited} == {caller}
    assert [(each.number, each.outcome, each.cause) for each in hops.exchanges] == [
        (1, Outcome.UNANSWERED, "limit"),
        (2, Outcome.UNANSWERED, "limit"),
    ]
    assert [each.number for each in hops.joining.waiting()] == [3, 4]


def test_a_reply_to_one_that_is_forgotten_is_an_orphan() -> None:
    hops = Hops(Memory(most_remembered=0))
    caller, handler = hops.connect(), hops.connect()
    hops.call(caller, handler, inbox="a")
    hops.hand_out(caller, reply("a"), channel="a", correlation="a")
    first, orphan = hops.end()

    assert (first.kind, orphan.kind) == (Kind.MESSAGE, Kind.ORPHAN)


def test_a_like_event_of_one_that_is_forgotten_is_another() -> None:
    hops = Hops(Memory(most_remembered=0))
    sender, handler = hops.connect(), hops.connect()
    hops.hand_in(sender, event())
    hops.elapse()
    hops.hand_out(handler, event())

    assert [each.packets for each in hops.end()] == [1, 1]


def test_a_delivery_of_one_that_was_told_is_late_and_in_its_row() -> None:
    broker = Broker()
    sender, worker = broker.peer(), broker.worker("log")
    sent = sender.emit("log", 1)
    broker.wire.wait(3 * QUIET_NS)
    sender.say(b"PING\r\n").hear(b"PONG\r\n")
    worker.take(sent)
    result = inspected(broker.wire.records)
    (exchange,) = result.exchanges
    (row,) = result.report.packet_rows.values()

    assert exchange.packets == 1
    assert (row.exchanges, row.data) == (1, 2)


def test_a_delivery_by_which_its_event_is_told_is_counted_once() -> None:
    broker = Broker()
    sender, worker = broker.peer(), broker.worker("log")
    sent = sender.emit("log", 1)
    broker.wire.wait(3 * QUIET_NS)
    worker.take(sent)
    (row,) = inspected(broker.wire.records).report.packet_rows.values()

    assert (row.exchanges, row.data) == (1, 2)


def test_late_packets_are_told_with_their_ledger_once() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    sent = hops.hand_in(sender, event())
    hops.elapse()
    taken = hops.hand_out(handler, event())
    (late,) = [each for each in hops.told if isinstance(each, Late)]

    assert (late.ledger, late.packets) == (sent.ledger, taken.records)
    hops.hand_out(handler, event(), subscription="2", records=taken.records)
    assert sum(isinstance(each, Late) for each in hops.told) == 1


def test_brokers_that_are_one_are_one_realm() -> None:
    for same, packets in (({OTHER: BROKER}, [2]), ({}, [1, 1])):
        hops = Hops(same=same)
        hops.hand_in(hops.connect(BROKER), event())
        hops.hand_out(hops.connect(OTHER), event())
        assert [each.packets for each in hops.end()] == packets


def test_time_does_not_go_back() -> None:
    hops = Hops()
    hops.hand_in(hops.connect(), event())
    now_ns = hops.book.now_ns
    hops.book.advance(now_ns - 5)

    assert hops.book.now_ns == now_ns
    hops.book.advance(now_ns + QUIET_NS)
    assert any(isinstance(each, Exchange) for each in hops.book.ready)


@pytest.mark.parametrize("split", [True, False])
def test_packets_that_belong_to_several_are_seats(*, split: bool) -> None:
    broker = Broker()
    caller = broker.peer()
    workers = [broker.worker(each) for each in ("a", "b")]
    asked = [caller.ask(each) for each in "ab"]
    for worker, each in zip(workers, asked, strict=True):
        worker.take(each)
    bodies = [
        worker.answer(each, 1) for worker, each in zip(workers, asked, strict=True)
    ]
    units = [
        caller.message(each.inbox, body)
        for each, body in zip(asked, bodies, strict=True)
        if each.inbox is not None
    ]
    if split:
        for unit in units:
            caller.hear(unit)
    else:
        caller.hear(*units)
    for each in asked:
        caller.leave(each)
    called(caller, workers[0], pattern="a")
    result = inspected(broker.wire.records)
    first, second, third = result.exchanges

    assert [each.packets for each in result.exchanges] == [5, 5, 5]
    assert [each.shared for each in (first, second, third)] == [
        not split,
        not split,
        False,
    ]
    assert [len(each.shared_packets) for each in (first, second)] == [not split] * 2
    rows = result.report.packet_rows.values()
    assert sum(row.data for row in rows) == 15 - (not split)


def test_the_bytes_of_what_is_open_are_bounded() -> None:
    hops = Hops(Memory(most_held=1_000))
    caller, handler = hops.connect(), hops.connect()
    for number in range(100):
        inbox = str(number)
        hops.hand_in(caller, request(inbox), **to(inbox))
        hops.hand_out(handler, request(inbox), **to(inbox))
        assert hops.book.memory.held <= 1_000
    told = len(hops.exchanges)

    assert told > 0
    assert told == sum(isinstance(each, Limited) for each in hops.told)
    assert [each.number for each in hops.exchanges] == list(range(1, told + 1))
    hops.end()
    assert hops.book.memory.held == 0


def test_one_hop_that_holds_much_makes_room_for_all_of_it() -> None:
    hops = Hops(Memory(most_held=1_000))
    caller = hops.connect()
    for number in range(10):
        hops.hand_in(caller, request(f"{number}"), **to(f"{number}"))
    assert not hops.exchanges
    large = "large"
    hops.hand_in(caller, request(large), size=990, **to(large))

    assert hops.book.memory.held <= 1_000
    assert len(hops.exchanges) > 1
