from __future__ import annotations

import asyncio
import socket

import pytest

from servers.sockets import LAST_PORT, peer_name, set_no_delay


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
