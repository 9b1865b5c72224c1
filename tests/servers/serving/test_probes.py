from __future__ import annotations

import asyncio
import http.client
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from servers.serving import probes
from servers.serving.binding import bind
from servers.serving.places import Place
from servers.serving.probes import probed
from tests.servers.peers import until
from tests.servers.serving.probes import ask, exchange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers.serving.probes import Readiness


@asynccontextmanager
async def _endpoint(
    *, ready: bool = True, readiness: Readiness | None = None
) -> AsyncIterator[int]:
    async def told() -> tuple[bool, bytes]:
        return ready, b'{"told":1}'

    bound = bind(Place("127.0.0.1", 0))
    async with probed(bound, readiness or told, lambda: None):
        yield bound.sockets[0].getsockname()[1]


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
async def test_readiness_is_told(ready: bool, status: int) -> None:  # noqa: FBT001
    async with _endpoint(ready=ready) as port:
        assert await ask(port, "/readyz") == (status, b'{"told":1}')
        assert await ask(port, "/readyz?verbose") == (status, b'{"told":1}')
        assert await ask(port, "/livez") == (200, b'{"status":"alive"}')


async def test_a_common_client_is_answered() -> None:
    def get(port: int) -> tuple[int, str | None, bytes]:
        client = http.client.HTTPConnection("127.0.0.1", port)
        client.request("GET", "/readyz")
        answer = client.getresponse()
        found = answer.status, answer.getheader("Content-Type"), answer.read()
        client.close()
        return found

    async with _endpoint() as port:
        found = await asyncio.to_thread(get, port)
    assert found == (200, "application/json", b'{"told":1}')


async def test_head_has_the_length_and_no_body() -> None:
    async with _endpoint() as port:
        request = "HEAD /readyz HTTP/1.0\r\n\r\n"
        head, body = await exchange(port, request)
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert "Content-Length: 10" in head
    assert body == b""


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET / HTTP/1.1", 404),
        ("GET /metrics HTTP/1.1", 404),
        ("POST /readyz HTTP/1.1", 405),
        ("DELETE /livez HTTP/1.1", 405),
        ("GET /readyz HTTP/2.0", 400),
        ("GET /readyz", 400),
        ("", 400),
        ("é \x00 HTTP/1.1", 405),
        ("GET /" + "x" * 70_000 + " HTTP/1.1", 431),
    ],
)
async def test_what_is_no_probe_is_refused(request_line: str, status: int) -> None:
    async with _endpoint() as port:
        head, _ = await exchange(port, f"{request_line}\r\nHost: x\r\n\r\n")
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert ("Allow: GET, HEAD" in head) == (status == 405)


async def test_a_peer_that_asks_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probes, "_PATIENCE", 0.05)
    async with _endpoint() as port:
        assert await exchange(port, "GET /readyz HTTP/1.1\r\n") == ("", b"")


async def test_peers_that_ask_nothing_hold_up_no_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probes, "_MOST", 2)
    async with _endpoint() as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        assert (await ask(port, "/livez"))[0] == 200
        for reader, _ in held[:3]:  # the oldest are closed
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
        for _, each in held:
            each.close()


async def test_a_probe_that_waits_for_its_answer_does_not_hold_up_the_end() -> None:
    asked = asyncio.Event()

    async def never() -> tuple[bool, bytes]:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with _endpoint(readiness=never) as port:
        asking = asyncio.ensure_future(ask(port, "/readyz"))
        await until(asked.is_set)
    with pytest.raises((IndexError, ConnectionResetError)):  # no answer
        await asking
