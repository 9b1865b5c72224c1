"""A stand-in for a Consul agent: the HTTP paths that the demo ``discovery`` asks.

::

    python -m servers.demos.consul

It keeps services and their checks in memory, by TTL and by TCP, and answers blocking
queries. It is no Consul: there is no cluster, no token, no DNS, no other path. Where
there is a Consul, ``CONSUL_HTTP_ADDR`` names it, and this is not needed.

Source: Consul's HTTP API, the pages Agent Service, Agent Check, Health and Catalog.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from starlette.requests import Request

_NODE = {"Node": "stand-in", "Address": programs.HOST}
_LONGEST = 600.0  # seconds that a blocking query may take
_TICK = 0.1  # seconds between two looks at the checks
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


class Agent:
    """Services, and whether their checks pass."""

    def __init__(self) -> None:
        self.services: dict[str, dict[str, Any]] = {}
        self.index = 1
        self._due: dict[str, float] = {}  # check → when it fails, or is made next
        self._changed = asyncio.Condition()

    async def change(self) -> None:
        """Answer the queries that wait."""
        async with self._changed:
            self.index += 1
            self._changed.notify_all()

    async def newer(self, index: int, seconds: float) -> None:
        """Wait until there is something newer, or for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, _LONGEST)), self._changed:
                await self._changed.wait_for(lambda: self.index > index)

    async def register(self, service: dict[str, Any]) -> None:
        """Add a service, or replace it."""
        checks = service.get("Checks") or [service.get("Check") or {}]
        for number, check in enumerate(checks):
            check.setdefault("CheckID", f"service:{service['ID']}:{number}")
            check["Status"] = check.get("Status", "critical")
            self._due[check["CheckID"]] = time.monotonic() + _period(check)
        service["Checks"] = checks
        self.services[service["ID"]] = service
        await self.change()

    async def deregister(self, identity: str) -> None:
        """Remove a service."""
        if self.services.pop(identity, None) is not None:
            await self.change()

    async def set(self, check_id: str, status: str) -> bool:
        """Set the status of a check; say whether there is one."""
        for service in self.services.values():
            for check in service["Checks"]:
                if check["CheckID"] == check_id:
                    self._due[check_id] = time.monotonic() + _period(check)
                    if check["Status"] != status:
                        check["Status"] = status
                        await self.change()
                    return True
        return False

    async def watch(self) -> None:
        """Fail checks whose TTL has passed, and connect where that is due."""
        while True:
            await asyncio.sleep(_TICK)
            now = time.monotonic()
            for service in list(self.services.values()):
                for check in service["Checks"]:
                    if self._due[check["CheckID"]] <= now:
                        await self.set(check["CheckID"], await _status(check))

    def healthy(self, name: str, *, passing: bool) -> list[dict[str, Any]]:
        """Return the instances of a service as an answer has them."""
        return [
            {"Node": _NODE, "Service": each, "Checks": each["Checks"]}
            for each in self.services.values()
            if each["Name"] == name and not (passing and not _passes(each))
        ]


def _passes(service: dict[str, Any]) -> bool:
    return all(each["Status"] == "passing" for each in service["Checks"])


def _period(check: dict[str, Any]) -> float:
    """Return the seconds after which something is due for a check."""
    text = str(check.get("TTL") or check.get("Interval") or "600s")
    unit = "ms" if text.endswith("ms") else text[-1]
    return float(text.removesuffix(unit)) * _UNITS[unit]


async def _status(check: dict[str, Any]) -> str:
    """Return what a check that is due comes to."""
    if "TCP" not in check:
        return "critical"
    host, _, port = check["TCP"].rpartition(":")
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection(host, int(port))
    except (OSError, ValueError):
        return "critical"
    writer.close()
    return "passing"


def make_agent() -> Starlette:
    """Return the HTTP application."""
    agent = Agent()

    async def register(request: Request) -> Response:
        try:
            service = json.loads(await request.body())
            service.setdefault("ID", service["Name"])
            await agent.register(service)
        except (ValueError, KeyError, TypeError, AttributeError):
            return Response("Request decode failed", 400)
        return Response()

    async def deregister(request: Request) -> Response:
        await agent.deregister(request.path_params["id"])
        return Response()

    async def check(request: Request) -> Response:
        status = {"pass": "passing", "fail": "critical", "warn": "warning"}
        found = await agent.set(
            request.path_params["id"], status[request.path_params["status"]]
        )
        return Response(status_code=200 if found else 404)

    async def health(request: Request) -> Response:
        asked = request.query_params
        with suppress(ValueError, KeyError):
            wait = _period({"TTL": asked.get("wait", "300s")})
            await agent.newer(int(asked["index"]), wait)
        found = agent.healthy(request.path_params["name"], passing="passing" in asked)
        return _answer(agent, found)

    async def services(_: Request) -> Response:
        names = {each["Name"]: each.get("Tags", []) for each in agent.services.values()}
        return _answer(agent, names)

    async def instances(request: Request) -> Response:
        name = request.path_params["name"]
        return _answer(
            agent,
            [
                {
                    **_NODE,
                    "ServiceName": name,
                    "ServiceAddress": each["Address"],
                    "ServicePort": each["Port"],
                }
                for each in agent.services.values()
                if each["Name"] == name
            ],
        )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(agent.watch())
        yield
        watching.cancel()

    put = ["PUT"]
    one = "/v1/agent/service/deregister/{id:path}"
    of_check = "/v1/agent/check/{status}/{id:path}"
    routes = [
        Route("/v1/agent/service/register", register, methods=put),
        Route(one, deregister, methods=put),
        Route(of_check, check, methods=put),
        Route("/v1/health/service/{name}", health),
        Route("/v1/catalog/services", services),
        Route("/v1/catalog/service/{name}", instances),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def _answer(agent: Agent, found: object) -> Response:
    return JSONResponse(found, headers={"X-Consul-Index": str(agent.index)})


def consul() -> AbstractAsyncContextManager[None]:
    """Run the stand-in."""
    return programs.serving_http(make_agent(), programs.port_of("consul", 8500))


if __name__ == "__main__":
    programs.main({"consul": consul})
