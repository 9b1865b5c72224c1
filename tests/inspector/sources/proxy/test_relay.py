"""What happens at one end happens at the other, and nothing else."""

from __future__ import annotations

import hashlib
import random
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from itertools import islice

import pytest

from inspector.streams.flags import TcpFlag
from inspector.tcp.segments import SegmentDecoder
from tests.inspector.sources.proxy.serving import pair, serving
from tests.patience import PATIENCE

_RESET = struct.pack("ii", 1, 0)


def received(sock: socket.socket) -> bytes:
    """Return all bytes up to the end of the stream."""
    data = b""
    while piece := sock.recv(1 << 16):
        data += piece
    return data


@pytest.mark.parametrize("from_client", [True, False], ids=["client", "server"])
def test_bytes_pass_unchanged_and_so_does_their_end(*, from_client: bool) -> None:
    data = random.Random(1).randbytes(3_000_000)  # noqa: S311 — no secret
    with pair() as (client, server, proxy):
        sender, receiver = (client, server) if from_client else (server, client)

        def send() -> None:
            sender.sendall(data)
            sender.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=send)
        thread.start()
        got = received(receiver)
        thread.join(PATIENCE)
        assert hashlib.sha256(got).digest() == hashlib.sha256(data).digest()
        # One direction has ended; the other goes on.
        receiver.sendall(b"still here")
        receiver.shutdown(socket.SHUT_WR)
        assert received(sender) == b"still here"
    segments = list(SegmentDecoder().decode(proxy.records))

    ports = {segment.flow[-4:] for segment in segments}
    assert len(ports) == 2
    passed = sum(len(segment.payload) for segment in segments)
    assert passed == len(data) + len(b"still here")
    assert sum(bool(segment.flags & TcpFlag.FIN) for segment in segments) == 2
    assert not any(segment.flags & TcpFlag.RST for segment in segments)


@pytest.mark.parametrize("by_client", [True, False], ids=["client", "server"])
def test_a_reset_passes_as_a_reset(*, by_client: bool) -> None:
    with pair() as (client, server, proxy):
        client.sendall(b"hello")
        assert server.recv(5) == b"hello"
        breaker, other = (client, server) if by_client else (server, client)
        breaker.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        breaker.close()
        with pytest.raises(ConnectionResetError):
            other.recv(1)
    flags = [segment.flags for segment in SegmentDecoder().decode(proxy.records)]

    assert sum(bool(each & TcpFlag.RST) for each in flags) == 1


def test_a_side_that_does_not_read_stops_the_other() -> None:
    with pair() as (client, server, _):
        client.settimeout(1.0)
        sent = 0
        block = bytes(1 << 20)
        with suppress(TimeoutError):
            while sent < 256 << 20:
                sent += client.send(block)
        # What is under way fits into the buffers of some sockets, and not more.
        assert sent < 64 << 20
        client.settimeout(PATIENCE)
        client.shutdown(socket.SHUT_WR)
        assert len(received(server)) == sent


def test_a_server_that_speaks_first_is_heard() -> None:
    with pair() as (client, server, _):
        server.sendall(b"welcome")
        assert client.recv(7) == b"welcome"


def test_a_greeting_before_the_client_came_is_kept() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as target,
        serving(target.getsockname()[1]) as proxy,
    ):
        server, _ = target.accept()
        server.sendall(b"welcome")
        with server, socket.create_connection(("127.0.0.1", proxy.port)) as client:
            assert client.recv(7) == b"welcome"


def test_no_delay_is_added_to_small_writes() -> None:
    """Two writes go on at once, though nothing acknowledges the first."""
    with pair() as (client, server, proxy):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(20):
            client.sendall(b"%02d" % number)
            assert server.recv(2) == b"%02d" % number
            assert server.gettimeout() == PATIENCE
    data = [each for each in SegmentDecoder().decode(proxy.records) if each.payload]

    assert len(data) == 20


def test_a_client_that_says_all_at_once_and_goes_is_heard() -> None:
    with (
        socket.create_server(("127.0.0.1", 0), backlog=64) as target,
        ThreadPoolExecutor(21) as readers,
    ):
        target.settimeout(PATIENCE)
        with serving(target.getsockname()[1]) as proxy:
            where = ("127.0.0.1", proxy.port)
            for _ in range(20):  # not all of them find a spare connection
                with socket.create_connection(where, PATIENCE) as client:
                    client.sendall(b"5#12345")
            # One more than clients: the spare one, which says nothing until the end.
            accepted = [target.accept()[0] for _ in range(21)]
            heard = as_completed([readers.submit(received, each) for each in accepted])
            said = [each.result(PATIENCE) for each in islice(heard, 20)]
        assert said == [b"5#12345"] * 20
        for each in accepted:
            each.close()
