"""Services in Consul: finding them by blocking queries, and being one of them.

Source: Consul's HTTP API: Health (``/v1/health/service``), Blocking Queries, Agent
Service and Agent Check.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from servers.errors import UsageError
from servers.logs import logger_of

from .asking import RegistryError, asked, imported_httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from types import TracebackType

    import httpx

    from servers.client.addresses import Address

logger = logger_of("discovery")

_HERE = "http://127.0.0.1:8500"
_WAIT = 55  # seconds that a blocking query may take
_SLACK = 15.0  # seconds that Consul may add: it spreads the ends of queries
_LEAST = 0.5  # seconds between two answers of which the second brought nothing new


def consul_url(url: str = "") -> str:
    """Return the URL of Consul: the given one, that of ``CONSUL_HTTP_ADDR``, or here.

    Raises:
        UsageError: It is no URL.
    """
    url = url or os.environ.get("CONSUL_HTTP_ADDR", "") or _HERE
    if "://" not in url:  # as Consul's own programs take it
        url = f"http://{url}"
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is not the URL of a Consul, http://HOST:PORT")
    return url.rstrip("/")


def _client(url: str) -> httpx.AsyncClient:
    token = os.environ.get("CONSUL_HTTP_TOKEN", "")
    headers = {"X-Consul-Token": token} if token else {}
    client: Any = imported_httpx().AsyncClient(
        base_url=url, headers=headers, timeout=_WAIT + _SLACK
    )
    return client  # type: ignore[no-any-return]


class ConsulDiscovery:
    """The healthy instances of a service; see :func:`consul`."""

    def __init__(self, service: str, url: str, tag: str) -> None:
        self.name = f"consul service {service}"
        self._path = f"/v1/health/service/{quote(service, safe='')}"
        self._url = consul_url(url)
        self._params = {"passing": "1", "wait": f"{_WAIT}s"}
        if tag:
            self._params["tag"] = tag
        imported_httpx()

    async def addresses(self) -> AsyncIterator[Sequence[Address]]:
        """Iterate over the addresses, those of now first.

        Raises:
            RegistryError: Consul cannot be asked.
        """
        index, known = 0, None
        async with _client(self._url) as http:
            while True:
                begun = time.monotonic()
                params = (
                    {**self._params, "index": str(index)} if index else self._params
                )
                response = await asked(http, "GET", self._path, params=params)
                found, new = _instances(response), _index(response)
                if found != known:
                    known = found
                    yield found
                elif time.monotonic() - begun < _LEAST:
                    await asyncio.sleep(_LEAST)
                # One that goes back has been reset, and is asked for from the start.
                index = 0 if new < index else new


def consul(service: str, *, url: str = "", tag: str = "") -> ConsulDiscovery:
    """Return where Consul has the healthy instances of a service.

    ``CONSUL_HTTP_ADDR`` and ``CONSUL_HTTP_TOKEN`` mean what they mean to Consul.

    Args:
        service: The name of the service.
        url: Of Consul, ``http://HOST:PORT``; by default that of the environment.
        tag: Only instances with this tag; by default all.

    Raises:
        UsageError: The URL is none, or httpx is not installed.
    """
    return ConsulDiscovery(service, url, tag)


def _instances(response: httpx.Response) -> list[tuple[str, int]]:
    """Return the addresses in an answer; an instance without one has its node's."""
    try:
        return sorted(
            (
                each["Service"]["Address"] or each["Node"]["Address"],
                each["Service"]["Port"],
            )
            for each in response.json()
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RegistryError(f"not an answer of Consul: {error!r}") from error


def _index(response: httpx.Response) -> int:
    text = response.headers.get("X-Consul-Index", "0")
    return max(int(text), 1) if text.isdecimal() else 1


class Registration:
    """A service that Consul knows of as long as a block lasts.

    ::

        async with Registration("calc", "127.0.0.1", 8888):
            ...

    Args:
        service: The name of the service.
        host: Where callers find this instance.
        port: Its port.
        id: Of this instance; by default name, host and port.
        tags: What it may be chosen by.
        ttl: Seconds after which Consul takes the instance for dead if it hears nothing;
            it hears three times as often.
        tcp_every: Seconds after which Consul connects to the port each time, to see
            whether it is served; 0 for never.
        url: Of Consul; by default that of the environment.

    Raises:
        UsageError: The URL is none, or httpx is not installed.
    """

    def __init__(  # noqa: PLR0913 — options, by name
        self,
        service: str,
        host: str,
        port: int,
        *,
        id: str = "",  # noqa: A002 — as Consul calls it
        tags: Sequence[str] = (),
        ttl: float = 10.0,
        tcp_every: float = 5.0,
        url: str = "",
    ) -> None:
        self.id = id or f"{service}-{host}-{port}"
        self._ttl = ttl
        checks = [{"CheckID": f"ttl:{self.id}", "TTL": f"{ttl}s", "Status": "passing"}]
        if tcp_every:
            tcp = {"CheckID": f"tcp:{self.id}", "TCP": f"{host}:{port}"}
            checks.append({**tcp, "Interval": f"{tcp_every}s", "Status": "passing"})
        self._body = {
            "ID": self.id,
            "Name": service,
            "Address": host,
            "Port": port,
            "Tags": list(tags),
            "Checks": checks,
        }
        self._http = _client(consul_url(url))
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Register.

        Raises:
            RegistryError: Consul cannot be asked.
        """
        try:
            await self._register()
        except RegistryError:
            await self._http.aclose()
            raise
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Deregister, so that callers look elsewhere at once."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        path = f"/v1/agent/service/deregister/{quote(self.id, safe='')}"
        try:
            await asked(self._http, "PUT", path)
        except RegistryError as failure:
            logger.warning("%s: cannot deregister: %s", self.id, failure)
        finally:
            await self._http.aclose()

    async def _register(self) -> None:
        await asked(self._http, "PUT", "/v1/agent/service/register", json=self._body)

    async def _beat(self) -> None:
        """Say three times in each ``ttl`` that the instance lives."""
        path = f"/v1/agent/check/pass/{quote(f'ttl:{self.id}', safe='')}"
        failing = False
        while True:
            await asyncio.sleep(self._ttl / 3)
            try:
                if (await asked(self._http, "PUT", path)).is_error:
                    await self._register()  # an agent that lost its state
                failing = False
            except RegistryError as error:
                if not failing:
                    logger.warning("%s: cannot say that it lives: %s", self.id, error)
                failing = True
