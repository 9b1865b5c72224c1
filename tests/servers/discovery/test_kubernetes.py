"""Endpoint slices of a stand-in for an API server, which has these paths alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from servers.discovery import kubernetes
from servers.discovery.asking import RegistryError
from tests.patience import PATIENCE
from tests.servers.demos.twins import free_port
from tests.servers.discovery.agents import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request


class _Cluster:
    """Has one service, in slices."""

    def __init__(self) -> None:
        self.version = 1
        self.slices: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.tokens: set[str | None] = set()
        self._changed = asyncio.Event()

    def set(self, *slices: dict[str, Any]) -> None:
        self.version += 1
        self.slices = list(slices)
        self._changed.set()

    async def answer(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        self.tokens.add(request.headers.get("authorization"))
        if "watch" in request.query_params:
            return StreamingResponse(self._events(), media_type="application/json")
        version = {"resourceVersion": str(self.version)}
        return JSONResponse({"metadata": version, "items": self.slices})

    async def _events(self) -> AsyncIterator[bytes]:
        await self._changed.wait()
        self._changed.clear()
        yield b'{"type":"MODIFIED","object":{}}\n'

    @property
    def application(self) -> Starlette:
        path = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
        return Starlette(routes=[Route(path, self.answer)])


def _slice(*addresses: str, ready: bool | None = True) -> dict[str, Any]:
    return {
        "ports": [{"name": "metrics", "port": 9}, {"name": "nest", "port": 8888}],
        "endpoints": [
            {"addresses": [each], "conditions": {"ready": ready}} for each in addresses
        ],
    }


async def test_ready_endpoints_of_all_slices_are_followed(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n", encoding="utf-8")
    (tmp_path / "namespace").write_text("shop", encoding="utf-8")
    cluster = _Cluster()
    async with listening(cluster.application) as url, asyncio.timeout(PATIENCE):
        found: Any = kubernetes("calc", port="nest", url=url, account=tmp_path)
        values = found.addresses()
        assert await anext(values) == []
        cluster.set(_slice("10.0.0.2"), _slice("10.0.0.1", ready=None), {"ports": None})
        assert await anext(values) == [("10.0.0.1", 8888), ("10.0.0.2", 8888)]
        cluster.set(_slice("10.0.0.2"), _slice("10.0.0.1", ready=False))
        assert await anext(values) == [("10.0.0.2", 8888)]
        await values.aclose()

    selector = "kubernetes.io/service-name=calc"
    assert {each["labelSelector"] for each in cluster.asked} == {selector}
    assert cluster.tokens == {"Bearer secret"}
    assert found.name == "kubernetes service shop/calc"


async def test_no_cluster_and_other_answers_are_errors() -> None:
    def answer(_: object) -> JSONResponse:
        return JSONResponse({"kind": "Status"})

    path = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
    async with listening(Starlette(routes=[Route(path, answer)])) as url:
        for place, words in (
            (url, "not a list of endpoint slices"),
            (f"http://127.0.0.1:{free_port()}", "."),
        ):
            found: Any = kubernetes("calc", namespace="shop", url=place)
            with pytest.raises(RegistryError, match=words):
                await anext(found.addresses())
