"""Whatever goes over the wire, the counts follow from the segments and add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from inspector.calls.exchanges import Exchange
from inspector.listening import Tap
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from inspector.views.jsonlines import exchange_line, finding_line, summary_line
from protocol import encode_frame, encode_packet
from tests.inspector.captures import CAPTURES, SEED, name_of
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Inspected,
    Wire,
    event,
    inspected,
    request,
)
from tests.inspector.scrambled import damage, scramble
from tests.inspector.traces import TRACES
from tests.inspector.traffic import Traffic, traffic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from inspector.sources.records import PacketRecord

_bounded = settings(max_examples=50, deadline=None)


def _identity_of(exchange: Exchange) -> str:
    """Return what tells an exchange from all others: its pattern has its number."""
    assert isinstance(exchange.pattern, str)
    return exchange.pattern


@_bounded
@given(traffic())
def test_the_packets_of_an_exchange_are_those_that_first_carried_its_bytes(
    made: Traffic,
) -> None:
    result = inspected(made.wire.records)
    found = {each["pattern"]: each for each in result.lines}

    assert len(result.exchanges) == len(made.calls)
    for number, call in enumerate(made.calls):
        kind = "event" if call.identity is None else "message"
        exchange = found[f"{kind} {number}"]
        assert sorted(exchange["request_packets"]) == call.request_packets()
        assert sorted(exchange["reply_packets"]) == call.reply_packets()
        assert exchange["packets"] == len(call.request_packets()) + len(
            call.reply_packets()
        )
        assert len(exchange["replies"]) == len(call.answers)


@_bounded
@given(traffic())
def test_an_exchange_ends_as_its_replies_say(made: Traffic) -> None:
    result = inspected(made.wire.records)
    found = {_identity_of(each): each for each in result.exchanges}

    for number, call in enumerate(made.calls):
        if call.identity is None:
            assert found[f"event {number}"].outcome == "sent"
            continue
        expected = (
            "completed" if call.over else "incomplete" if call.answers else "unanswered"
        )
        assert found[f"message {number}"].outcome == expected


@_bounded
@given(traffic(loss=True))
def test_the_rows_of_the_report_add_up_to_the_packets_of_the_nest_connections(
    made: Traffic,
) -> None:
    report = inspected(made.wire.records).report
    nest = {str(end) for connection in report.nest for end in connection.endpoints}
    own = [
        number
        for conversation in made.conversations
        if f"{conversation.addresses[CLIENT]}:{conversation.ports[CLIENT]}" in nest
        for number in conversation.records
    ]
    rows = report.packet_rows.values()

    assert report.counts.packets == len(own)
    assert report.counts.packets == (
        report.counts.data_packets
        + report.counts.pure_acks
        + report.counts.retransmissions
        + report.counts.control
        + report.counts.keep_alives
    )
    assert all(row.data >= 0 and row.acks >= 0 for row in rows)
    assert sum(row.data for row in rows) <= report.counts.data_packets
    assert sum(row.acks for row in rows) <= report.counts.pure_acks
    assert sum(row.exchanges for row in rows) == sum(report.kinds.values())


@_bounded
@given(traffic())
def test_without_loss_every_data_packet_belongs_to_one_exchange(made: Traffic) -> None:
    report = inspected(made.wire.records).report

    owned = sum(row.data for row in report.packet_rows.values())
    assert owned == report.counts.data_packets
    assert report.gap_bytes == 0


@_bounded
@given(traffic(loss=True))
def test_what_is_read_is_said_in_lines_that_agree_with_the_summary(
    made: Traffic,
) -> None:
    result = inspected(made.wire.records)
    lines, summary = result.lines, result.summary

    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    for kind in ("message", "event", "orphan"):
        assert summary[f"{kind}s"] == sum(line["kind"] == kind for line in lines)
    ended = ("completed", "errors", "no_handler", "unanswered", "incomplete")
    over = sum(summary[outcome] for outcome in ended)
    assert summary["messages"] == over + summary["in_flight"]
    assert summary["in_flight"] == sum("in_flight" in line for line in lines)
    assert summary["packet_records"] == len(made.wire.records)


def test_the_same_capture_always_gives_the_same_lines() -> None:
    first, second = (_inspect_seed() for _ in range(2))

    assert first.lines == second.lines
    assert first.summary == second.summary


def test_what_a_capture_says_is_said_before_its_end() -> None:
    wire = Wire()
    wire.connect().emit("log", 1).ask("sum", "1").answer("1", 2)
    records = iter(wire.records)
    said = Pipeline().inspect(records)

    assert isinstance(event := next(said), Exchange)
    assert event.kind == "event"
    assert len(list(records)) == 2


def test_connections_that_say_things_at_the_same_time_are_kept_apart() -> None:
    wire = Wire()
    first = wire.connect(client="10.0.0.1:40000")
    second = wire.connect(client="10.0.0.1:40001")
    first.ask("sum", "1", [1])
    second.ask("sum", "1", [2])
    second.answer("1", 2)
    first.answer("1", 1)
    lines = inspected(wire.records).lines

    assert [(each["data"], each["replies"][0]["response"]) for each in lines] == [
        ([1], 1),
        ([2], 2),
    ]
    assert [each["connection"] for each in lines] == [1, 2]


def test_frames_of_two_connections_cut_anywhere_do_not_mix() -> None:
    wire = Wire()
    calls = [wire.connect(client=f"10.0.0.1:{port}") for port in (40_000, 40_001)]
    frames = [_frame(number) for number in range(2)]
    for place in range(0, len(frames[0]), 5):
        for call, frame in zip(calls, frames, strict=True):
            call.send(CLIENT, frame[place : place + 5])
    lines = inspected(wire.records).lines

    assert [each["data"] for each in lines] == [["x" * 30, 0], ["x" * 30, 1]]


def _frame(number: int) -> bytes:
    return encode_packet(request("p", "1", ["x" * 30, number]))


def _inspect_seed() -> Inspected:
    return inspected(read_capture(str(SEED)))


def _said(records: Iterable[PacketRecord], taps: Sequence[Tap]) -> list[bytes]:
    """Return all that an inspection says, in its order."""
    inspection = Pipeline(taps=taps)
    said = [
        exchange_line(item) if isinstance(item, Exchange) else finding_line(item)
        for item in inspection.inspect(records)
    ]
    return [*said, summary_line(inspection.report())]


def _two_ways(records: Sequence[PacketRecord]) -> list[list[bytes]]:
    """Return what is said with the express way, and by the rules alone."""
    return [_said(records, []), _said(records, [Tap()])]


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_a_capture_says_the_same_whichever_way_it_goes(capture: Path) -> None:
    quick, ruled = _two_ways(list(read_capture(str(capture))))

    assert quick == ruled


@pytest.mark.parametrize("code", TRACES)
@pytest.mark.parametrize("which", ["triggers", "passes"])
def test_a_trace_says_the_same_whichever_way_it_goes(code: str, which: str) -> None:
    wire: Wire = getattr(TRACES[code], which)()
    quick, ruled = _two_ways(wire.records)

    assert quick == ruled


@pytest.mark.parametrize("seed", range(8))
def test_damaged_frames_say_the_same_whichever_way_they_go(seed: int) -> None:
    records = list(scramble(1_000 + seed, 20)[0].records)
    damage(records, seed, every=10)
    quick, ruled = _two_ways(records)

    assert quick == ruled


def test_a_plain_frame_behind_one_in_doubt_waits_for_it() -> None:
    # No JSON; but its length may count code points, and the last of them come yet.
    doubtful = '{"pattern":"x","data":"' + "😀" * 80
    wire = Wire()
    call = wire.connect().emit("hello", 1)
    call.send(CLIENT, encode_frame(doubtful.encode()))
    for number in range(3):
        call.send(CLIENT, encode_packet(event("plain", number)))
    quick, ruled = _two_ways(wire.records)

    assert quick == ruled


@pytest.mark.parametrize("server", [True, False])
def test_of_a_capture_begun_late_the_client_is_known_either_way(server: bool) -> None:  # noqa: FBT001
    wire = Wire()
    call = wire.join()
    call.send(SERVER if server else CLIENT, b"12#[1,2,3,4,50]")
    call.ask("sum", "1").answer("1", 2).ask("sum", "2").answer("2", 3)
    quick, ruled = _two_ways(wire.records)

    assert quick == ruled


def test_what_looks_like_a_frame_inside_another_is_none() -> None:
    inner = b"12#aaaaaaaaaaaa"
    frame = encode_packet(event("log", f"x{inner.decode()}y"))
    before, after = frame.split(inner)
    wire = Wire()
    call = wire.connect()
    for piece in (before, inner, after):
        call.send(CLIENT, piece)
    quick, ruled = _two_ways(wire.records)

    assert quick == ruled
    assert inspected(wire.records).codes == []


def test_where_only_exchanges_are_wanted_they_are_the_same() -> None:
    records = [each for code in TRACES for each in TRACES[code].triggers().records]
    said: list[list[bytes]] = []
    for only in (False, True):
        inspection = Pipeline(Options(exchanges_only=only))
        items = list(inspection.inspect(records))
        assert all(isinstance(item, Exchange) for item in items) is only
        assert bool(inspection.report().patterns) is not only
        said.append(
            [exchange_line(each) for each in items if isinstance(each, Exchange)]
        )

    assert said[0] == said[1]


def test_what_is_open_at_the_end_is_open_until_the_last_record() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    asked = len(wire.records)
    wire.wait(5 * SECOND)
    wire.add(b"no TCP at all")
    result = inspected(wire.records)

    assert result.exchanges[0].ended_ns == wire.records[-1].time_ns
    assert result.exchanges[0].asked_ns == wire.records[asked - 1].time_ns
