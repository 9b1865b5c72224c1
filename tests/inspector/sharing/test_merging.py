"""Whatever parts tell, merged it is what one process tells."""

from __future__ import annotations

import struct
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from inspector.analysis import sightings, totals
from inspector.analysis.exchanges import Kind
from inspector.capture import flows
from inspector.capture.files import read_capture, read_captures
from inspector.capture.limits import Limits
from inspector.capture.shares import Share
from inspector.sharing import merging, part
from inspector.sharing.merging import merged
from inspector.sharing.part import UnshareableError
from protocol import NEWEST, encode_frame
from tests.inspector.captures import CAPTURES, name_of
from tests.inspector.conversation import CLIENT, SECOND, SERVER, Wire, response
from tests.inspector.scrambled import damage, scramble
from tests.inspector.sharing.reports import (
    inspected_at_once,
    inspected_in_parts,
    part_of,
    told,
)
from tests.inspector.traces import TRACES, Trace
from tests.inspector.traffic import Traffic, traffic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from inspector.capture.records import PacketRecord

_CLIENT_PORTS = 30_000  # and above
_PORTS = struct.Struct(">HH")
_PLACE = 34  # of the ports, behind Ethernet and an IPv4 header without options


def _agree(records: Sequence[PacketRecord], count: int = 2) -> bool:
    whole = inspected_at_once(records)
    return told(inspected_in_parts(records, count)) == told(whole)


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_a_capture_gives_the_same_report(capture: Path) -> None:
    assert _agree(list(read_capture(str(capture))))


def test_all_captures_at_once_give_the_same_report() -> None:
    names = [str(capture) for capture in CAPTURES]

    assert _agree(list(read_captures(names, [])), 2)
    assert _agree(list(read_captures(names, [])), 5)


def _elsewhere(record: PacketRecord, shift: int) -> PacketRecord:
    """Move the client of a packet to another port."""
    ports = _PORTS.unpack_from(record.data, _PLACE)
    moved = [port + shift if port >= _CLIENT_PORTS else port for port in ports]
    data = record.data[:_PLACE] + _PORTS.pack(*moved)
    record.data = data + record.data[_PLACE + _PORTS.size :]
    return record


def _together(wires: Iterable[Wire]) -> list[PacketRecord]:
    """Capture some wires at the same time, their clients on ports of their own."""
    moved = [
        [_elsewhere(record, 2 * place) for record in wire.records]
        for place, wire in enumerate(wires)
    ]
    records = sorted(chain.from_iterable(moved), key=lambda each: each.time_ns)
    for number, record in enumerate(records, start=1):
        record.number = number
    return records


@pytest.mark.parametrize("which", Trace._fields)
def test_all_traces_at_once_give_the_same_report(which: str) -> None:
    wires = [getattr(trace, which)() for trace in TRACES.values()]
    records = _together(wires)

    assert len(inspected_at_once(records).findings) > 3
    assert _agree(records)
    assert _agree(records, 3)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_conversations_give_the_same_report(seed: int) -> None:
    records = list(scramble(2_000 + seed, 40)[0].records)
    damage(records, seed, every=20)

    assert _agree(records)


@settings(max_examples=50, deadline=None)
@given(traffic(loss=True))
def test_any_traffic_gives_the_same_report(made: Traffic) -> None:
    # Where nobody knew who asks when something was lost, parts tell nothing.
    with suppress(UnshareableError):
        assert _agree(made.wire.records)


def test_habits_are_known_whichever_part_saw_them_first() -> None:
    wire = Wire()
    for port in range(40_000, 40_040, 2):
        call = wire.connect(client=f"10.0.0.1:{port}")
        if port % 3:
            call.ask("sum", f"{port}", [1]).answer(f"{port}", 1)
        elif port % 5:
            call.emit("sum", [1])
        else:
            call.ask("smu", f"{port}", [1])
        call.close()
    records = wire.records

    codes = {fold.first.code for fold in inspected_at_once(records).findings.values()}
    assert {"event-to-message-handler", "unanswered"} <= codes
    assert _agree(records)


def test_strangers_are_told_when_another_part_shows_that_the_port_is_nests() -> None:
    wire = Wire()
    for port in (40_000, 40_002, 40_004, 40_006):
        wire.connect(client=f"10.0.0.1:{port}").send(
            CLIENT, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        ).close()
    wire.connect(client="10.0.0.1:40008").emit("log", 1).close()
    wire.connect(client="10.0.0.1:40010").open().close()
    records = wire.records

    (fold, *_) = inspected_at_once(records).findings.values()
    assert (fold.first.code, fold.count) == ("foreign-protocol", 4)
    assert _agree(records)


def test_parts_of_which_one_read_more_cannot_be_merged() -> None:
    wire = Wire()
    wire.connect().emit("log", 1).emit("log", 2)
    parts = [
        part_of(wire.records, Share(0, 2)),
        part_of(wire.records[:-1], Share(1, 2)),
    ]

    with pytest.raises(UnshareableError):
        merged(parts, NEWEST)


@pytest.mark.parametrize("limit", ["memory", "frame_memory", "connections"])
def test_a_limit_of_all_connections_cannot_be_divided(limit: str) -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b'500#{"pattern":"x"')
    call.send(CLIENT, b"lost", captured=False).send(CLIENT, b"early")
    wire.connect(client="10.0.0.1:40002").emit("log", 1)

    assert _agree(wire.records)
    with pytest.raises(UnshareableError):
        inspected_in_parts(wire.records, limits=Limits(**{limit: 1}))


@pytest.fixture
def _few_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (flows, merging, part):
        monkeypatch.setattr(module, "LINGERING", 20)


def _many(wire: Wire, count: int) -> None:
    for port in range(30_002, 30_002 + count):
        wire.connect(client=f"10.0.0.1:{port}").emit("log", 1).close()


@pytest.mark.usefixtures("_few_linger")
@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n\r\n"], ids=["Nest", "HTTP"])
def test_what_comes_long_after_the_end_of_a_connection_cannot_be_shared(
    said: bytes,
) -> None:
    wire = Wire()
    old = wire.connect(client="10.0.0.1:30000")
    if said:
        old.send(CLIENT, said).ack(SERVER).send(SERVER, b"HTTP/1.1 200 OK\r\n\r\n")
    else:
        old.emit("log", 1)
    old.ack(CLIENT).close()
    _many(wire, 30)
    before = list(wire.records)
    old.ack(CLIENT)

    assert _agree(before)
    with pytest.raises(UnshareableError):
        inspected_in_parts(wire.records)


def test_endpoints_of_connections_that_are_forgotten_keep_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sightings, "REMEMBERED", 3)
    monkeypatch.setattr(totals, "MAX_ENDPOINTS", 6)
    wire = Wire()
    long = wire.connect(client="10.0.0.9:40000", server="10.0.0.2:3000").emit("log", 1)
    for number in range(12):
        client, server = f"10.0.0.{number % 7}:{40_002 + number}", 4000 + number % 3
        call = wire.connect(client=client, server=f"10.0.0.2:{server}")
        call.emit("log", 1).close()
    long.emit("log", 2).close()

    report = inspected_at_once(wire.records)
    assert report.servers == [f"10.0.0.2:{port}" for port in (3000, 4000, 4001, 4002)]
    assert len(report.clients) == 6
    assert _agree(wire.records)


def test_exchanges_that_end_in_another_order_than_they_begin_keep_their_handles() -> (
    None
):
    wire = Wire()
    calls = [wire.connect(client=f"10.0.0.1:{port}") for port in (40_000, 40_002)]
    for number in range(100):
        for call in calls:
            call.ask("stream", f"{number}")
    for call in calls:
        for number in range(100):
            for value in range(3):
                last = value == 2
                call.send(SERVER, response(f"{number}", value, last=last))

    report = inspected_at_once(wire.records)
    assert "#1–#200" in told(report)[0]
    assert _agree(wire.records)


def test_a_clock_that_steps_back_hides_no_copy() -> None:
    wire = Wire()
    first = wire.connect(client="10.0.0.1:40000").emit("log", 1)
    sent = len(wire.records)
    wire.connect(client="10.0.0.1:40002").emit("log", 1)
    wire.records[-1].time_ns -= SECOND
    first.copy(sent)
    wire.records[-1].time_ns = wire.records[sent - 1].time_ns + 1_000

    assert _agree(wire.records)


def test_who_asks_must_be_known_when_something_is_noted() -> None:
    wire = Wire()
    call = wire.join(client="10.0.0.1:40000")
    call.send(SERVER, b"zzzz").send(SERVER, b"x" * 50, captured=False)
    call.send(SERVER, b'{"a').ack(CLIENT).answer("7", 1).ask("x", "1")
    wire.connect(client="10.0.0.1:40002").emit("log", 1)

    assert inspected_at_once(wire.records).findings
    with pytest.raises(UnshareableError):
        inspected_in_parts(wire.records)


def test_a_pattern_too_deep_to_be_packed_cannot_be_shared() -> None:
    wire = Wire()
    deep = b'{"pattern":' + b"[" * 3_000 + b"]" * 3_000 + b',"data":1}'
    for port in (40_000, 40_002):
        wire.connect(client=f"10.0.0.1:{port}").send(CLIENT, encode_frame(deep))

    assert inspected_at_once(wire.records).kinds[Kind.EVENT] == 2
    with pytest.raises(UnshareableError):
        inspected_in_parts(wire.records)
