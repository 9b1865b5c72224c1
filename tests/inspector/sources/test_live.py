"""Packets of an interface: their bytes, their times, what the kernel dropped."""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from inspector.errors import InspectorError, NotPermittedError
from inspector.sources.live import LiveCapture, _tagged
from inspector.sources.records import ETHERNET
from inspector.streams.flags import TcpFlag
from inspector.tcp.segments import SegmentDecoder, concerning
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.records import PacketRecord

_SECOND = 1_000_000_000


@contextmanager
def echoing() -> Iterator[socket.socket]:
    """Give the client's end of a connection to a server that echoes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname(), PATIENCE)
        other, _ = server.accept()

        def echo() -> None:
            with other:
                while data := other.recv(65_536):
                    other.sendall(data)

        thread = threading.Thread(target=echo)
        thread.start()
        with client:
            yield client
        thread.join(PATIENCE)


def taken(capture: LiveCapture, number: int) -> list[PacketRecord]:
    """Return so many data packets of a capture."""
    end = time.monotonic() + PATIENCE
    records = []
    for record in capture.records(lambda: time.monotonic() < end):
        (segment,) = SegmentDecoder().decode([record])
        if segment.payload:
            records.append(record)
        if len(records) == number:
            return records
    pytest.fail(f"only {len(records)} of {number} packets came")


def until_times_are_noted(client: socket.socket, capture: LiveCapture) -> None:
    """Send until packets have times of the kernel, and not those of being read."""
    end = time.monotonic() + PATIENCE
    noted = False
    while not noted:
        assert time.monotonic() < end
        client.sendall(b"--")
        client.recv(2)
        answered = time.time_ns()
        noted = all(each.time_ns <= answered for each in taken(capture, 2))


def test_every_packet_is_seen_once_with_its_bytes_and_its_time() -> None:
    with echoing() as client:
        capture = LiveCapture("lo", [client.getpeername()[1]])
        until_times_are_noted(client, capture)
        begun = time.time_ns()
        for number in range(50):
            client.sendall(b"%02d" % number)
            client.recv(2)
        ended = time.time_ns()
        records = taken(capture, 100)
        capture.close()
    segments = list(SegmentDecoder().decode(records))

    assert [segment.payload for segment in segments] == [
        b"%02d" % number for number in range(50) for _ in range(2)
    ]
    numbers, times = zip(
        *((each.number, each.time_ns) for each in records), strict=True
    )
    assert list(numbers) == sorted(set(numbers))
    assert list(times) == sorted(times)
    assert begun <= times[0]
    assert times[-1] <= ended
    assert any(each % 1000 for each in times), "the kernel tells nanoseconds"
    assert {record.link_type for record in records} == {ETHERNET}
    assert all(record.length == len(record.data) for record in records)
    assert capture.dropped is not None


def test_the_kernel_leaves_other_ports_out() -> None:
    with echoing() as wanted, echoing() as other:
        capture = LiveCapture("lo", [wanted.getpeername()[1]])
        for client in (other, wanted):
            client.sendall(b"x" if client is wanted else b"y")
            client.recv(1)
        records = taken(capture, 2)
        capture.close()

    assert capture.filtered
    payloads = [each.payload for each in SegmentDecoder().decode(records)]
    assert payloads == [b"x", b"x"]


def test_without_ports_all_of_tcp_is_seen() -> None:
    with echoing() as client:
        capture = LiveCapture("lo")
        mark = b"a mark of our own %d" % time.time_ns()
        client.sendall(mark)
        client.recv(len(mark))
        end = time.monotonic() + PATIENCE
        records = capture.records(lambda: time.monotonic() < end)
        marked = (record for record in records if mark in record.data)
        there, back = next(marked), next(marked)
        capture.close()

    assert there.number < back.number


def test_the_beginning_and_the_end_of_connections_are_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        capture = LiveCapture("lo", [server.getsockname()[1]])
        socket.create_connection(server.getsockname()).close()
        server.accept()[0].close()
        asked = iter([True] * 5 + [False])
        segments = SegmentDecoder().decode(capture.records(lambda: next(asked)))
        flags = [segment.flags for segment in segments]
        capture.close()

    assert flags[0] == TcpFlag.SYN
    assert sum(bool(each & TcpFlag.FIN) for each in flags) == 2


def test_what_the_kernel_dropped_is_counted_over_the_whole_capture() -> None:
    """With the smallest buffer a packet of 60 KB finds hardly room."""
    with echoing() as client:
        capture = LiveCapture("lo", [client.getpeername()[1]], buffer=1)
        assert capture.drops() == (0, 0)
        for _ in range(10):
            client.sendall(bytes(60_000))
            received = 0
            while received < 60_000:
                received += len(client.recv(65_536))
        first = capture.drops()
        again = capture.drops()
        capture.close()

    assert first.dropped > 0
    assert first.seen >= first.dropped
    assert again == first


def test_it_filters_itself_where_no_library_compiles_a_filter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    monkeypatch.delattr("scapy.libs.winpcapy.pcap_compile", raising=False)
    with echoing() as wanted, echoing() as other:
        ports = [wanted.getpeername()[1]]
        capture = LiveCapture("lo", ports, concerning(ports))
        assert not capture.filtered
        other.sendall(b"y")
        other.recv(1)
        wanted.sendall(b"x")
        wanted.recv(1)
        records = taken(capture, 2)
        capture.close()

    assert [each.payload for each in SegmentDecoder().decode(records)] == [b"x", b"x"]


def test_it_ends_amid_what_concerns_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    monkeypatch.delattr("scapy.libs.winpcapy.pcap_compile", raising=False)
    looks = iter([True, True, False])
    over = threading.Event()

    def disturb() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not over.wait(0.005):
                sender.sendto(b"x", ("127.0.0.1", 9))

    capture = LiveCapture("lo", [9], lambda _: False)
    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        reading = threading.Thread(
            target=lambda: list(capture.records(lambda: next(looks))), daemon=True
        )
        reading.start()
        reading.join(PATIENCE)
        ended = not reading.is_alive()
    finally:
        over.set()
        thread.join()
        reading.join()
        capture.close()

    assert not capture.filtered
    assert ended


def test_a_tag_that_the_card_took_off_is_put_back() -> None:
    packet = bytes(range(12)) + b"\x08\x00" + b"payload"

    assert _tagged(packet, 5, 0) == (
        bytes(range(12)) + struct.pack(">HH", 0x8100, 5) + b"\x08\x00payload"
    )
    assert _tagged(packet, 5, 0x88A8)[12:14] == b"\x88\xa8"


def test_an_unknown_interface_is_an_error_that_names_the_others() -> None:
    with pytest.raises(InspectorError, match=r"nope: no such interface; .*\blo\b"):
        LiveCapture("nope")


def test_the_right_to_capture_is_told_of() -> None:
    message = str(NotPermittedError("eth0"))

    assert NotPermittedError.exit_code == 4
    assert message.startswith("eth0: not permitted to capture; ")
    assert "protocol-inspect live -" in message


def test_without_the_extra_the_line_to_install_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "scapy.config", None)

    with pytest.raises(InspectorError, match="-m pip install scapy"):
        LiveCapture("lo")
