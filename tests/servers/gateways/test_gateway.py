from __future__ import annotations

import subprocess
import sys

import pytest

from servers import EncodeError, Service
from servers.gateways import GatewayClient, SocketIo, Ws
from tests.patience import PATIENCE


def test_gateways_have_names_and_ports() -> None:
    assert SocketIo(port=3000).name == "socketio://localhost:3000"
    assert SocketIo("::1", 1).of("admin").name == "socketio://[::1]:1/admin"
    assert SocketIo(None, 1, namespace="/main").name == "socketio://*:1/main"
    assert Ws(port=3001, path="/events").name == "ws://localhost:3001/events"
    assert not Ws().shared


def test_the_libraries_are_loaded_when_a_gateway_opens() -> None:
    program = (
        "import sys, servers\nfrom servers.gateways import SocketIo, Ws\n"
        "SocketIo(), Ws()\nprint({'socketio', 'engineio', 'websockets', 'uvicorn'} & "
        "sys.modules.keys() or 'none')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )

    assert done.stdout == "none\n"


def test_nobody_hears_what_a_gateway_says_while_it_is_closed() -> None:
    gateway = Ws()

    assert gateway.emit("said", 1) == gateway.to("tea").emit("said") == 0
    assert not gateway.clients
    with pytest.raises(EncodeError):
        gateway.emit("said", float("nan"))


def test_a_hook_stays_the_function_that_it_is() -> None:
    gateway = Ws()

    @gateway.on_connect
    def come(client: GatewayClient) -> str:
        return client.id

    @gateway.on_disconnect
    def go(client: GatewayClient, reason: str) -> str:
        return f"{client.id} {reason}"

    assert (come.__name__, go.__name__) == ("come", "go")


async def test_a_gateway_opens_again() -> None:
    gateway = Ws("127.0.0.1", 0)
    for _ in range(2):
        async with Service().listen(gateway) as server:
            assert server.names == [f"ws://127.0.0.1:{gateway.port}"]
