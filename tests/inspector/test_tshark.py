"""tshark counts the packets of every capture too, and comes to the same figures."""

from __future__ import annotations

import functools
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from inspector.sources.files import read_capture
from protocol import encode_packet
from tests.inspector.captures import CAPTURES, name_of, pcap_bytes
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Inspected,
    Wire,
    inspected,
    request,
    response,
)
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inspector.streams.connections import Connection

each_capture = pytest.mark.parametrize("capture", CAPTURES, ids=name_of)

_FIELDS = [
    "frame.number",
    "tcp.stream",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.len",
    "tcp.flags",
    "tcp.analysis.retransmission",
    "tcp.analysis.keep_alive",
]
_SYN_FIN_RST = 0x07


class Seen(NamedTuple):
    """A TCP segment as tshark sees it."""

    number: int
    stream: int
    ports: tuple[int, int]
    size: int
    control: bool
    retransmitted: bool
    keep_alive: bool

    @property
    def kind(self) -> str:
        if self.keep_alive:
            return "keep_alives"
        if self.retransmitted and self.size:
            return "retransmissions"
        if self.size:
            return "data_packets"
        return "control" if self.control else "pure_acks"


@functools.cache
def dissect(capture: Path) -> list[Seen]:
    """Let tshark read a capture, once."""
    fields = [word for field in _FIELDS for word in ("-e", field)]
    printed = subprocess.run(
        ["tshark", "-n", "-r", capture, "-Y", "tcp", "-T", "fields", *fields],  # noqa: S607
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout
    return [_seen(line.split("\t")) for line in printed.splitlines()]


def _seen(cells: list[str]) -> Seen:
    number, stream, source, target, size, flags, retransmitted, keep_alive = cells
    return Seen(
        int(number),
        int(stream),
        (int(source), int(target)),
        int(size),
        bool(int(flags, 16) & _SYN_FIN_RST),
        bool(retransmitted),
        bool(keep_alive),
    )


def inspect_capture(capture: Path) -> Inspected:
    """Inspect a capture file."""
    return inspected(read_capture(str(capture)))


def stream_of(connection: Connection) -> int:
    """Return tshark's number of a connection: both count in order of appearance."""
    return connection.number - 1


@each_capture
def test_the_packets_of_the_nest_connections_are_those_that_tshark_counts(
    capture: Path,
) -> None:
    report = inspect_capture(capture).report
    streams = {stream_of(connection) for connection in report.nest}
    counted = Counter(each.kind for each in dissect(capture) if each.stream in streams)

    assert counted == +Counter(
        {
            "data_packets": report.counts.data_packets,
            "pure_acks": report.counts.pure_acks,
            "retransmissions": report.counts.retransmissions,
            "keep_alives": report.counts.keep_alives,
            "control": report.counts.control,
        }
    )
    assert report.counts.packets == counted.total()


@each_capture
def test_every_connection_has_the_number_ports_and_packets_that_tshark_gives_it(
    capture: Path,
) -> None:
    report = inspect_capture(capture).report
    seen = dissect(capture)

    assert len(report.nest) + report.other_connections == len(
        {each.stream for each in seen}
    )
    for connection in report.nest:
        own = [each for each in seen if each.stream == stream_of(connection)]
        ports = connection.client_endpoint.port, connection.server_endpoint.port
        assert own[0].ports == ports
        kinds = Counter(each.kind for each in own)
        assert connection.counts.data_packets == kinds["data_packets"]
        assert connection.counts.pure_acks == kinds["pure_acks"]
        assert connection.counts.retransmissions == kinds["retransmissions"]


@each_capture
def test_the_packets_of_the_exchanges_are_the_packets_with_data(capture: Path) -> None:
    result = inspect_capture(capture)
    streams = {stream_of(connection) for connection in result.report.nest}
    asked: set[tuple[int, int]] = set()
    answered: set[tuple[int, int]] = set()
    for line in result.lines:
        asked.update((line["connection"], number) for number in line["request_packets"])
        answered.update(
            (line["connection"], number) for number in line["reply_packets"]
        )
    clients = {each.number: each.client_endpoint.port for each in result.report.nest}

    with_data = {
        (each.stream + 1, each.number, each.ports[0] == clients[each.stream + 1])
        for each in dissect(capture)
        if each.stream in streams and each.kind == "data_packets"
    }
    assert {(*place, True) for place in asked} | {
        (*place, False) for place in answered
    } == with_data


def _retransmission() -> Wire:
    wire = Wire()
    call = wire.connect().ask("sum", "1", [1, 2])
    number = len(wire.records)
    wire.wait(300 * MILLISECOND)
    call.resend(number).ack(SERVER).answer("1", 3).ack(CLIENT).close()
    return wire


def _keep_alives() -> Wire:
    wire = Wire()
    call = wire.connect().ask("sum", "1").ack(SERVER).answer("1", 3).ack(CLIENT)
    for _ in range(3):
        wire.wait(1000 * MILLISECOND)
        call.keep_alive(CLIENT).ack(SERVER)
    call.ask("sum", "2").answer("2", 4).ack(CLIENT).close()
    return wire


def _overtaken() -> Wire:
    # What comes much later tshark takes for a retransmission, which is a guess: to us
    # bytes count where they are captured first.
    wire = Wire()
    call = wire.connect()
    frame = encode_packet(request("sum", "1", "x" * 3000))
    start = call.next_seq[CLIENT]
    call.send(CLIENT, frame[:1000])
    call.send(CLIENT, frame[1000:2000], captured=False)
    call.send(CLIENT, frame[2000:])
    middle = len(wire.records)
    call.segment(CLIENT, frame[1000:2000], flags="PA", seq=start + 1000)
    wire.wait(300 * MILLISECOND)
    call.resend(middle).ack(SERVER).answer("1", 1).ack(CLIENT).close()
    return wire


def _window_updates_and_reset() -> Wire:
    wire = Wire()
    call = wire.connect().send(CLIENT, request("sum", "1"), request("sum", "2"))
    call.ack(SERVER).ack(SERVER).ack(SERVER)
    call.send(SERVER, response("1", 1)).ack(CLIENT).reset(SERVER)
    return wire


def _reused_ports() -> Wire:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1).ack(CLIENT).close()
    wire.wait(5000 * MILLISECOND)
    again = wire.connect(isns=(777_777, 33_333))
    again.ask("sum", "1").answer("1", 1).ack(CLIENT).close()
    return wire


_CRAFTED: list[Callable[[], Wire]] = [
    _retransmission,
    _keep_alives,
    _overtaken,
    _window_updates_and_reset,
    _reused_ports,
]


@pytest.mark.parametrize("craft", _CRAFTED, ids=lambda craft: craft.__name__[1:])
def test_tshark_agrees_on_what_the_captures_do_not_hold(
    craft: Callable[[], Wire], tmp_path: Path
) -> None:
    records = craft().records
    capture = tmp_path / "crafted.pcap"
    capture.write_bytes(pcap_bytes(records))
    report = inspected(records).report
    counted = Counter((each.stream, each.kind) for each in dissect(capture))

    assert counted == +Counter(
        {
            (stream_of(connection), kind): getattr(connection.counts, kind)
            for connection in report.nest
            for kind in (
                "data_packets",
                "pure_acks",
                "retransmissions",
                "keep_alives",
                "control",
            )
        }
    )
