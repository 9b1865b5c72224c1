"""Gateways of Socket.IO, with python-socketio's own client."""

from __future__ import annotations

import asyncio

import pytest
from socketio.exceptions import ConnectionError as RefusedError
from websockets.exceptions import ConnectionClosed, InvalidStatus

from servers import Client, ListenError, RpcError, Service, Tcp, UsageError
from servers.gateways import GatewayClient, Handshake, SocketIo
from tests.servers.gateways.talking import browsing, enter, make_service, raw
from tests.servers.peers import until

_TRANSPORTS = (["websocket"], ["polling"], ["polling", "websocket"])


def _local(**options: object) -> SocketIo:
    return SocketIo("127.0.0.1", 0, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("transports", _TRANSPORTS, ids="-".join)
async def test_what_a_handler_gives_is_an_acknowledgement_an_event_or_an_exception(
    transports: list[str],
) -> None:
    gateway = _local()
    async with (
        make_service().listen(gateway),
        browsing(gateway, transports=transports) as browser,
    ):
        assert await browser.ask("sum", [1, 2, 3]) == 6
        assert await browser.ask("echo", "a", {"b": [1]}) == ["a", {"b": [1]}]
        assert await browser.ask("echo") is None
        assert await browser.ask("values", 3) == 0  # an acknowledgement is one value
        assert await browser.ask("named", "é😀") is None
        assert await browser.next() == ("named", "é😀")
        for event in ("count", "sum", "values"):  # of which the others give no event
            await browser.emit(event, 2 if event != "sum" else [1])
        assert [await browser.next() for _ in range(2)] == [("count", 0), ("count", 1)]
        for event, err in (
            ("refuse", {"status": "error", "message": "不行"}),
            ("fail", {"status": "error", "message": "Internal server error"}),
        ):
            await browser.emit(event, {"q": 1})
            cause = {"pattern": event, "data": {"q": 1}}
            assert await browser.next() == ("exception", {**err, "cause": cause})
        await browser.emit("object", 1)
        assert await browser.next() == ("exception", {"code": 42})
        await browser.emit("sum", "none")
        event, invalid = await browser.next()
        assert (event, invalid["cause"]["data"]) == ("exception", "none")
        assert await browser.ask("question", 5) == ["answer", 5]
        assert await browser.next() == ("asked", 5)
        many = [browser.ask("sum", [number]) for number in range(40)]
        assert await asyncio.gather(*many) == list(range(40))


async def test_whoever_asks_what_nobody_handles_gets_an_exception_and_no_one_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway = _local(cause=False)
    async with make_service().listen(gateway), browsing(gateway) as browser:
        await browser.emit("nope", 1)
        await browser.client.emit("nope", 2, callback=print)
        event, said = await browser.next()

    assert event == "exception"
    assert said["message"].startswith("There is no matching message handler")
    assert "cause" not in said
    assert caplog.text.count("no handler for event 'nope'") == 1


async def test_the_same_handlers_serve_tcp_and_browsers_in_two_namespaces() -> None:
    gateway, service = _local(), make_service()
    main = gateway.of("main")
    async with (
        service.listen(Tcp("127.0.0.1", 0), gateway, main) as server,
        Client("127.0.0.1", server.port) as nest,
        browsing(gateway) as one,
        browsing(main, "/main") as other,
    ):
        assert await nest.send("sum", [1, 2]) == 3
        assert await one.ask("sum", [3]) == await other.ask("sum", [3]) == 3
        assert server.connections == 3
        assert main.emit("said", 1) == 1
        assert await other.next() == ("said", 1)
        assert one.heard.empty()
        assert main.name == f"socketio://127.0.0.1:{gateway.port}/main"


async def test_a_handshake_is_verified_and_its_user_kept() -> None:
    def verify(handshake: Handshake) -> str:
        if handshake.auth == {"token": "broken"}:
            raise ValueError("on purpose")
        if handshake.auth != {"token": "open"}:
            raise RpcError({"message": "Unauthorized", "data": {"code": 7}})
        return "ada"

    gateway = _local(namespace="main", auth=verify)
    async with make_service().listen(gateway):
        async with browsing(gateway, "/main", auth={"token": "open"}):
            assert [each.user for each in gateway.clients.values()] == ["ada"]
        for auth in ({"token": "wrong"}, {"token": "broken"}, None):
            with pytest.raises(RefusedError):
                async with browsing(gateway, "/main", auth=auth):
                    pass
        with pytest.raises(RefusedError):
            async with browsing(gateway, "/elsewhere"):
                pass
        assert not gateway.clients


async def test_rooms_hooks_and_events_from_anywhere() -> None:
    gateway, left = _local(), list[str]()

    @gateway.on_connect
    async def welcome(client: GatewayClient) -> None:
        await asyncio.sleep(0)
        client.emit("welcome", client.namespace)

    @gateway.on_disconnect
    async def farewell(client: GatewayClient, reason: str) -> None:
        await asyncio.sleep(0)
        left.append(f"{client.gone} {reason}")

    async with make_service().listen(gateway):
        async with browsing(gateway) as ada, browsing(gateway) as bob:
            assert await ada.next() == await bob.next() == ("welcome", "/")
            assert await ada.ask("join", "tea") == ["tea"]
            assert gateway.to("tea").emit("said", "to tea") == 1
            assert gateway.emit("said", "to all") == 2
            assert await ada.next() == ("said", "to tea")
            assert await ada.next() == await bob.next() == ("said", "to all")
            bobs = list(gateway.clients.values())[1]
            bobs.disconnect()
            await bob.gone.wait()
            bobs.emit("said", "to nobody")
            assert list(gateway.clients) != [bobs.id]
        await until(lambda: len(left) == 2)

    assert left[0] == "True server namespace disconnect"
    assert left[1] in ("True client namespace disconnect", "True transport close")


async def test_a_client_whose_welcome_fails_is_sent_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway = _local()
    gateway.on_connect(lambda _client: 1 / 0)
    async with make_service().listen(gateway), browsing(gateway) as browser:
        await browser.gone.wait()

    assert "failed" in caplog.text


async def test_at_the_end_calls_are_answered_and_clients_leave() -> None:
    gateway, gate = _local(), asyncio.Event()
    service = Service()
    service.message("gate")(gate.wait)
    async with service.listen(gateway) as server, raw(gateway) as connection:
        await enter(connection)
        await connection.send('427["gate"]')
        await until(lambda: server.in_flight)
        ending = asyncio.create_task(server.stop())
        await until(lambda: server.health.status == "stopping")
        with pytest.raises(InvalidStatus):
            async with raw(gateway):
                pass
        gate.set()
        assert await connection.recv() == "437[true]"
        assert await connection.recv() == "1"  # the session is closed, …
        with pytest.raises(ConnectionClosed):  # … and so is its connection
            await connection.recv()
        await ending
    async with service.listen(gateway):  # again
        pass


async def test_what_cannot_be_opened_is_an_error() -> None:
    gateway = _local()
    async with make_service().listen(gateway):
        with pytest.raises(ListenError, match="is open already"):
            async with make_service().listen(gateway):
                pass
        with pytest.raises(ListenError, match="is open already"):
            async with make_service().listen(gateway.of("/")):
                pass
        with pytest.raises(ListenError, match="cannot listen on"):
            async with make_service().listen(SocketIo("127.0.0.1", gateway.port)):
                pass
    with pytest.raises(UsageError, match="2 workers would each have clients"):
        make_service().run(gateway, workers=2)
