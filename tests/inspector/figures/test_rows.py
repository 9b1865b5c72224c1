"""What exchanges add to the rows of the report, and what rows add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.costs import cost_of
from inspector.calls.exchanges import Exchange, Outcome
from inspector.figures.rows import PacketRow, PatternRow, Reason
from protocol import JsonText, Response
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Conversation,
    Wire,
    event,
    failure,
    inspected,
    request,
    response,
)
from tests.inspector.over_nats import Broker, called

if TYPE_CHECKING:
    from collections.abc import Callable

    Step = Callable[[Conversation], object]


def _exchanges(*steps: Step) -> list[Exchange]:
    wire = Wire()
    call = wire.connect()
    for step in steps:
        step(call)
    return inspected(wire.records).exchanges


def _plain(call: Conversation) -> None:
    call.ask("sum", "1").ack(SERVER).answer("1", 1).ack(CLIENT)


def _split(call: Conversation) -> None:
    call.split(CLIENT, request("sum", "1"), 9).answer("1", 1)


def _stream(call: Conversation) -> None:
    call.ask("ticks", "1").send(SERVER, response("1", 1, last=False)).answer("1", 2)


def _long_stream(call: Conversation) -> None:
    call.ask("ticks", "1")
    for value in range(4):
        call.send(SERVER, response("1", value, last=False))
    call.answer("1", 4)


def _shared(call: Conversation) -> None:
    call.send(CLIENT, request("sum", "1"), request("sum", "2"))
    call.answer("1", 1).answer("2", 2)


def _unanswered(call: Conversation) -> None:
    call.ask("sum", "9").wire.linger()


def _packet_row(packets: int, *steps: Step) -> PacketRow:
    row = PacketRow(packets)
    for each in _exchanges(*steps):
        row.add(each)
    return row


def _facts(row: PacketRow) -> tuple[int, ...]:
    return row.exchanges, row.data, row.acks, row.plain, row.shared, row.as_expected


def test_a_row_begins_with_nothing() -> None:
    row = PacketRow(2)

    assert _facts(row) == (0, 0, 0, 0, 0, 0)
    assert (row.packets, row.expected, row.reasons) == (2, {}, {})


def test_a_plain_call_needs_no_reason() -> None:
    row = _packet_row(2, _plain, _plain)

    assert _facts(row) == (2, 4, 4, 2, 0, 2)
    assert row.expected == {2: 2}
    assert row.reasons == {}


def test_in_a_row_of_another_number_nothing_is_as_expected() -> None:
    row = _packet_row(3, _split, _stream)

    assert _facts(row) == (2, 6, 0, 0, 0, 0)
    assert row.expected == {2: 2}
    assert list(row.reasons) == ["split", "stream"]
    assert row.reasons["split"].splits == {(2, 1): 1}
    assert (row.reasons["stream"].smallest, row.reasons["stream"].largest) == (2, 2)


def test_whoever_shares_a_packet_is_counted_once() -> None:
    row = _packet_row(2, _shared)

    assert _facts(row) == (2, 3, 0, 0, 2, 2)
    assert row.reasons["shared"].numbers.count == 2


def test_of_orphans_no_number_is_expected() -> None:
    wire = Wire()
    wire.join().answer("1", 1)
    (orphan,) = inspected(wire.records).exchanges
    row = PacketRow(1)
    row.add(orphan)

    assert (row.expected, row.as_expected, row.plain) == ({}, 0, 0)
    assert list(row.reasons) == ["orphan"]


def test_merged_rows_are_the_row_of_all() -> None:
    merged = _packet_row(2, _plain, _shared)
    merged.merge(_packet_row(2, _shared, _plain), shift=3)

    assert _facts(merged) == (6, 10, 4, 2, 4, 6)
    assert merged.expected == {2: 6}
    assert merged.reasons["shared"].numbers.text(9, "#") == "#2–#5"


def test_merging_adds_what_is_expected_by_number() -> None:
    merged, other = PacketRow(2), PacketRow(2)
    merged.varied, other.varied = {2: 1, 5: 1}, {5: 2, 6: 1}
    merged.merge(other)

    assert merged.expected == {2: 1, 5: 3, 6: 1}
    assert merged.as_expected == 1


def test_a_reason_knows_the_fewest_and_the_most_values() -> None:
    reason = Reason()
    for number, values in enumerate([5, 2, 9], start=1):
        reason.add(number, values, (1, values))

    assert (reason.smallest, reason.largest) == (2, 9)
    assert reason.splits == {(1, 5): 1, (1, 2): 1, (1, 9): 1}
    assert reason.numbers.text(9, "#") == "#1–#3"


@pytest.mark.parametrize(
    ("own", "others", "bounds"),
    [
        ([5], [2, 9], (2, 9)),
        ([2, 9], [5], (2, 9)),
        ([], [4], (4, 4)),
        ([4], [], (4, 4)),
        ([3], [3], (3, 3)),
    ],
)
def test_merged_reasons_keep_their_bounds(
    own: list[int], others: list[int], bounds: tuple[int, int]
) -> None:
    parts = []
    for numbers in (own, others):
        reason = Reason()
        for number, values in enumerate(numbers, start=1):
            reason.add(number, values, (1, 1))
        parts.append(reason)
    merged, other = parts
    merged.merge(other, shift=10)

    assert (merged.smallest, merged.largest) == bounds
    assert merged.numbers.count == len(own) + len(others)
    assert merged.splits.total() == len(own) + len(others)


def _pattern_row(*steps: Step) -> PatternRow:
    row = PatternRow()
    for each in _exchanges(*steps):
        row.add(each)
    return row


def test_a_pattern_begins_with_nothing() -> None:
    row = PatternRow()

    assert (row.count, row.errors, row.unanswered, row.bytes) == (0, 0, 0, 0)
    assert row.latencies.count == 0


def _failed(call: Conversation) -> None:
    call.ask("sum", "3").send(SERVER, failure("3", "no"))


def _unhandled(call: Conversation) -> None:
    nobody = JsonText(
        b'"There is no matching message handler defined in the remote service."'
    )
    call.ask("sum", "4").send(SERVER, Response("4", err=nobody, is_disposed=True))


def _unfinished(call: Conversation) -> None:
    call.ask("sum", "5").send(SERVER, response("5", 1, last=False))


@pytest.mark.parametrize(
    ("step", "outcome", "counted"),
    [
        (_plain, Outcome.COMPLETED, (0, 0, 1)),
        (_failed, Outcome.ERROR, (1, 0, 1)),
        (_unhandled, Outcome.NO_HANDLER, (1, 0, 1)),
        (_unanswered, Outcome.UNANSWERED, (0, 1, 0)),
        (_unfinished, Outcome.INCOMPLETE, (0, 0, 1)),
    ],
)
def test_errors_and_missing_replies_are_counted_apart(
    step: Step, outcome: Outcome, counted: tuple[int, int, int]
) -> None:
    (exchange,) = _exchanges(step)
    row = PatternRow()
    row.add(exchange)

    assert exchange.outcome is outcome
    assert row.count == 1
    assert (row.errors, row.unanswered, row.latencies.count) == counted
    assert row.bytes == exchange.request_bytes + exchange.reply_bytes > 0


def test_an_event_has_no_latency() -> None:
    row = _pattern_row(lambda call: call.send(CLIENT, event("log", 1)))

    assert (row.count, row.latencies.count) == (1, 0)


def test_merged_patterns_are_the_pattern_of_all() -> None:
    steps = [_plain, _failed, _unanswered, _plain]
    merged, whole = _pattern_row(*steps[:2]), _pattern_row(*steps)
    merged.merge(_pattern_row(*steps[2:]))

    for row in (merged, whole):
        assert (row.count, row.errors, row.unanswered) == (4, 1, 1)
    assert merged.bytes == whole.bytes
    assert merged.latencies.quantile(0.5) == whole.latencies.quantile(0.5)


def test_a_plain_exchange_over_a_broker_adds_what_any_like_it_does() -> None:
    broker = Broker()
    called(broker.peer(), broker.worker("sum"), value=1)
    (call,) = inspected(broker.wire.records).exchanges
    cost = cost_of(call)
    assert cost is not None
    added, plain = PacketRow(5), PacketRow(5)
    added.add(call)
    plain.add_plain(call.ledger, cost)

    assert vars(plain) == vars(added)
    assert call.ledger.row is plain
    assert plain.words == "SUB+PUB, MSG, PUB, MSG, UNSUB"
