"""Who connects while the target is away is refused, and served when it is back."""

from __future__ import annotations

import select
import socket
import time
from typing import TYPE_CHECKING

import pytest

from inspector.errors import InspectorError
from inspector.sources.proxy import Proxy, Route
from inspector.streams.endpoints import Endpoint
from tests.inspector.sources.proxy.serving import Serving, serving
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def refused(proxy: Serving) -> bool:
    try:
        socket.create_connection(("127.0.0.1", proxy.port), PATIENCE).close()
    except ConnectionRefusedError:
        return True
    return False


def readable(sockets: list[socket.socket]) -> list[socket.socket]:
    ready: list[socket.socket] = select.select(sockets, [], [], PATIENCE)[0]
    assert ready
    return ready


def test_without_a_target_clients_are_refused_until_it_comes() -> None:
    with socket.socket() as target:
        target.bind(("127.0.0.1", 0))  # and does not listen yet
        port = target.getsockname()[1]
        with serving(port) as proxy:
            assert refused(proxy)
            (told,) = proxy.told
            assert told == (
                f"127.0.0.1:{port}: no process listens there; clients are refused "
                "until it is back"
            )
            target.listen()
            until(lambda: not refused(proxy))
            assert proxy.told[1:2] == [f"127.0.0.1:{port}: is reachable again"]


def test_an_idle_proxy_learns_that_the_target_went_away() -> None:
    target = socket.create_server(("127.0.0.1", 0))
    with serving(target.getsockname()[1]) as proxy:
        spare, _ = target.accept()
        assert proxy.told == []
        target.close()
        spare.close()
        until(lambda: proxy.told)
        assert refused(proxy)


def test_every_client_gets_a_connection_of_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as target:
        target.settimeout(PATIENCE)
        with serving(target.getsockname()[1]) as proxy:
            here = ("127.0.0.1", proxy.port)
            clients = [socket.create_connection(here, PATIENCE) for _ in range(20)]
            servers = [target.accept()[0] for _ in range(21)]  # and the next spare
            for number, client in enumerate(clients):
                client.sendall(b"%02d" % number)
            heard = set[bytes]()
            while len(heard) < 20:
                heard |= {server.recv(2) for server in readable(servers)}
            for each in (*clients, *servers):
                each.close()
        assert heard == {b"%02d" % number for number in range(20)}


def test_a_spare_that_the_target_closes_is_replaced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as target:
        target.settimeout(PATIENCE)
        with serving(target.getsockname()[1]) as proxy:
            for _ in range(3):
                target.accept()[0].close()
            servers = [target.accept()[0]]
            with socket.create_connection(("127.0.0.1", proxy.port)) as client:
                client.sendall(b"x")
                # It has this one, or one that was made for it.
                while target in (ready := readable([target, *servers])):
                    servers.append(target.accept()[0])
                assert ready[0].recv(1) == b"x"
            for each in servers:
                each.close()


def test_a_port_that_cannot_be_listened_on_is_an_error() -> None:
    route = Route(Endpoint("192.0.2.1", 0), Endpoint("127.0.0.1", 1))
    with pytest.raises(InspectorError, match=r"192\.0\.2\.1:0: cannot listen: "):
        Proxy([route])
