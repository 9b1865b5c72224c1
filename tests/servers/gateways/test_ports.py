from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from servers import Service
from servers.gateways import SocketIo
from tests.servers.gateways.talking import browsing, make_service

if TYPE_CHECKING:
    from starlette.requests import Request


async def _page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("a page")


async def test_an_application_answers_at_all_other_paths() -> None:
    page = Starlette(routes=[Route("/page", _page)])
    gateway = SocketIo("127.0.0.1", 0, application=page)
    async with make_service().listen(gateway), httpx.AsyncClient() as http:
        url = f"http://127.0.0.1:{gateway.port}"
        assert (await http.get(f"{url}/page")).text == "a page"
        assert (await http.get(f"{url}/none")).status_code == 404
        async with browsing(gateway) as browser:
            assert await browser.ask("sum", [1]) == 1


async def test_a_namespace_may_close_before_its_port() -> None:
    gateway = SocketIo("127.0.0.1", 0)
    other = gateway.of("/other")
    async with make_service().listen(gateway):
        async with Service().listen(other), browsing(other, "/other") as browser:
            assert other.clients
            assert other.emit("said", 1) == 1
            assert await browser.next() == ("said", 1)
        assert not other.clients
        async with browsing(gateway) as browser:
            assert await browser.ask("sum", [1]) == 1
        with pytest.raises(Exception, match="failed to connect"):
            async with browsing(gateway, "/other"):
                pass
