from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from servers import Client, Limits, Service
from servers.sockets import (
    LAST_PORT,
    UNIX,
    abort_elsewhere,
    address_name,
    peer_name,
    set_no_delay,
    system_reason,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (("127.0.0.1", 5), "127.0.0.1:5"),
        (("::1", 5, 0, 0), "[::1]:5"),
        ("/tmp/socket", "/tmp/socket"),  # noqa: S108 — of a Unix socket
        ("", "?"),
        (None, "?"),
    ],
)
def test_peers_are_named(address: object, name: str) -> None:
    assert peer_name(asyncio.BaseTransport({"peername": address})) == name


async def test_both_sides_of_a_unix_socket_have_the_name_of_its_path(
    tmp_path: Path,
) -> None:
    path, peers = str(tmp_path / "s"), list[str]()

    def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peers.append(peer_name(writer.transport))
        writer.close()

    async with await asyncio.start_unix_server(accept, path):
        reader, writer = await asyncio.open_unix_connection(path)
        peers.append(peer_name(writer.transport))
        await reader.read()
        writer.close()

    assert peers == [f"unix:{path}"] * 2


def test_an_abstract_address_has_a_name_too() -> None:
    assert address_name(b"\0hidden") == "unix:\0hidden"
    assert socket.AF_UNIX == UNIX


def test_nagles_algorithm_is_switched_off() -> None:
    with socket.socket() as connection:
        set_no_delay(asyncio.BaseTransport({"socket": connection}))

        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_has_no_such_algorithm_is_left_alone() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        set_no_delay(asyncio.BaseTransport({"socket": one}))
    set_no_delay(asyncio.BaseTransport({"socket": one}))  # closed by now
    set_no_delay(asyncio.BaseTransport())  # a transport in memory


def test_a_connection_that_is_gone_already_is_no_error() -> None:
    closed = socket.socket()
    closed.close()

    set_no_delay(asyncio.BaseTransport({"socket": closed}))


def test_ports_have_16_bits() -> None:
    assert LAST_PORT == 2**16 - 1


@pytest.mark.parametrize(("seconds", "idle"), [(60.0, 30), (1.0, 1), (0.0, None)])
async def test_the_system_watches_over_connections_of_both_sides(
    seconds: float, idle: int | None
) -> None:
    limits = Limits(keepalive=seconds)
    async with (
        Service(limits=limits).listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, limits=limits) as nest,
    ):
        await nest.connect()
        (one,) = server._connections  # noqa: SLF001
        caller = nest._opening.caller  # noqa: SLF001
        other = caller.wires.links[0].connection  # type: ignore[union-attr]
        for connection in (one, other):
            number = connection._transport.get_extra_info("socket").fileno()  # noqa: SLF001
            with socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM) as each:
                on = each.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                found = each.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
            assert bool(on) is (idle is not None)
            assert idle in (None, found)


def test_a_transport_of_a_closed_loop_sends_fin() -> None:
    one, other = socket.socketpair()
    loop = asyncio.new_event_loop()
    with other:
        transport, _ = loop.run_until_complete(
            loop.create_connection(asyncio.Protocol, sock=one)
        )
        loop.close()
        abort_elsewhere(transport)
        other.settimeout(60)
        assert other.recv(1) == b""
        transport.get_extra_info("socket")._sock.close()  # noqa: SLF001 — no loop will
        transport._sock = None  # type: ignore[attr-defined]  # noqa: SLF001


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "Connect call"),
            "Connection refused",
        ),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (TimeoutError(), "no answer in time"),
        (OSError("closed"), "closed"),
    ],
)
def test_an_error_of_the_system_is_what_it_says(error: OSError, why: str) -> None:
    assert system_reason(error) == why


def test_an_error_of_tls_is_not_taken_for_one_of_the_system() -> None:
    said = ssl.MemoryBIO()
    said.write(b"AMQP\0\0\x09\x01")
    context = ssl.create_default_context()
    tls = context.wrap_bio(said, ssl.MemoryBIO(), server_hostname="h")
    with pytest.raises(ssl.SSLError) as caught:
        tls.do_handshake()

    assert system_reason(caught.value) == "wrong version number"
