"""Being found by Consul's paths, which a stand-in has, or by those of a real agent."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from servers import UsageError
from servers.discovery import Registration, consul
from servers.discovery.asking import RegistryError
from servers.discovery.consul import consul_url
from tests.patience import PATIENCE
from tests.servers.demos.twins import free_port
from tests.servers.discovery.agents import agent, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def _consul() -> AsyncIterator[str]:
    if given := os.environ.get("CONSUL_HTTP_ADDR"):
        yield consul_url(given)
        return
    async with agent() as url:
        yield url


class _Found:
    """What a discovery says, one after the other."""

    def __init__(self, url: str, service: str, tag: str = "") -> None:
        self._values: Any = consul(service, url=url, tag=tag).addresses()

    async def until(self, expected: list[tuple[str, int]]) -> None:
        async with asyncio.timeout(PATIENCE):
            while await anext(self._values) != expected:
                pass

    async def close(self) -> None:
        await self._values.aclose()


async def test_instances_are_found_when_they_come_and_lost_when_they_leave() -> None:
    async with _consul() as url, AsyncExitStack() as stack:
        found = _Found(url, "calc-1")
        stack.push_async_callback(found.close)
        await found.until([])
        ports = [8881, 8882]
        for count, port in enumerate(ports, 1):
            await stack.enter_async_context(
                Registration("calc-1", "127.0.0.1", port, tcp_every=0, url=url)
            )
            await found.until([("127.0.0.1", each) for each in ports[:count]])
        async with Registration("calc-1", "127.0.0.1", 8883, tcp_every=0, url=url):
            await found.until([("127.0.0.1", each) for each in (*ports, 8883)])
        await found.until([("127.0.0.1", each) for each in ports])


async def test_an_instance_that_is_silent_or_refuses_connections_is_not_healthy() -> (
    None
):
    async with _consul() as url, AsyncExitStack() as stack:
        server = await asyncio.start_server(
            lambda _, writer: writer.close(), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        served = Registration(
            "calc-2", "127.0.0.1", port, ttl=0.6, tcp_every=0.2, url=url
        )
        await stack.enter_async_context(served)
        found = _Found(url, "calc-2")
        stack.push_async_callback(found.close)
        await found.until([("127.0.0.1", port)])
        server.close()
        await server.wait_closed()
        await found.until([])

        silent = Registration(
            "calc-3", "127.0.0.1", 8888, ttl=0.6, tcp_every=0, url=url
        )
        await stack.enter_async_context(silent)
        other = _Found(url, "calc-3")
        stack.push_async_callback(other.close)
        await asyncio.sleep(0.9)  # it beats
        await other.until([("127.0.0.1", 8888)])
        assert silent._beating is not None  # noqa: SLF001
        silent._beating.cancel()  # noqa: SLF001
        await other.until([])


async def test_an_agent_that_forgot_is_told_again() -> None:
    port = free_port()
    async with AsyncExitStack() as stack:
        async with agent(port) as url:
            await stack.enter_async_context(
                Registration("calc", "127.0.0.1", 8888, ttl=0.6, tcp_every=0, url=url)
            )
        async with agent(port) as url:
            found = _Found(url, "calc")
            await found.until([("127.0.0.1", 8888)])
            await found.close()


async def test_an_instance_without_an_address_has_that_of_its_node() -> None:
    def answer(_: object) -> JSONResponse:
        node, service = {"Address": "10.0.0.7"}, {"Address": "", "Port": 8888}
        return JSONResponse([{"Node": node, "Service": service}])

    path = "/v1/health/service/{name}"
    async with listening(Starlette(routes=[Route(path, answer)])) as url:
        found = _Found(url, "calc")
        await found.until([("10.0.0.7", 8888)])
        await found.close()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, [], "HTTP 500"),
        (200, {"a": 1}, "not an answer of Consul"),
        (200, [{"Service": {}}], "not an answer of Consul"),
    ],
)
async def test_other_answers_are_errors(status: int, body: object, words: str) -> None:
    def answer(_: object) -> JSONResponse:
        return JSONResponse(body, status)

    path = "/v1/health/service/{name}"
    async with listening(Starlette(routes=[Route(path, answer)])) as url:
        with pytest.raises(RegistryError, match=words):
            await _Found(url, "calc").until([])


async def test_no_consul_is_an_error_for_both() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(RegistryError):
        await _Found(url, "calc").until([])
    with pytest.raises(RegistryError):
        await Registration("calc", "127.0.0.1", 8888, url=url).__aenter__()


def test_the_url_is_given_or_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CONSUL_HTTP_ADDR", raising=False)
    assert consul_url() == "http://127.0.0.1:8500"
    monkeypatch.setenv("CONSUL_HTTP_ADDR", "consul.internal:8500")
    assert consul_url() == "http://consul.internal:8500"
    assert consul_url("https://a/") == "https://a"
    with pytest.raises(UsageError, match="not the URL of a Consul"):
        consul_url("ftp://a")


async def test_what_the_stand_in_cannot_read_is_refused() -> None:
    async with agent() as url, httpx.AsyncClient(base_url=url) as http:
        for body in (b"", b"[]", b"{}", b'{"Name":"a","Check":{"TTL":"x"}}'):
            answer = await http.put("/v1/agent/service/register", content=body)
            assert answer.status_code == 400
        assert (await http.put("/v1/agent/check/pass/none")).status_code == 404
        assert (await http.get("/v1/catalog/service/none")).json() == []
