"""Endpoint slices of a service in Kubernetes, asked for from inside of a pod.

The service account of the pod needs ``get``, ``list`` and ``watch`` of
``endpointslices``. Calls then go to the pods themselves: one connection to the address
of the service would give all of them to one pod.

Source: Kubernetes' API, EndpointSlice ``discovery.k8s.io/v1``; API Concepts, Efficient
detection of changes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .asking import RegistryError, asked, imported_httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    import httpx

    from servers.client.addresses import Address

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_BY_SERVICE = "kubernetes.io/service-name"
_WATCH = 300  # seconds for which the API server is asked to tell of changes
_SLACK = 15.0


class KubernetesDiscovery:
    """The ready endpoints of a service; see :func:`kubernetes`."""

    def __init__(
        self, service: str, port: str, namespace: str, url: str, account: Path
    ) -> None:
        self._account = account
        namespace = namespace or self._read("namespace") or "default"
        self.name = f"kubernetes service {namespace}/{service}"
        self._port = port
        self._url = url or _api_server()
        self._path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
        self._params = {"labelSelector": f"{_BY_SERVICE}={service}"}
        imported_httpx()

    async def addresses(self) -> AsyncIterator[Sequence[Address]]:
        """Iterate over the addresses, those of now first.

        Raises:
            RegistryError: The API server cannot be asked.
        """
        known = None
        async with self._client() as http:
            while True:
                response = await asked(http, "GET", self._path, params=self._params)
                found, version = self._endpoints(response)
                if found != known:
                    known = found
                    yield found
                await self._changed(http, version)

    async def _changed(self, http: httpx.AsyncClient, version: str) -> None:
        """Wait until a slice has changed, or the API server ends the watch."""
        httpx = imported_httpx()
        watch = {"watch": "1", "resourceVersion": version}
        params = {**self._params, **watch, "timeoutSeconds": str(_WATCH)}
        try:
            async with http.stream("GET", self._path, params=params) as response:
                async for _ in response.aiter_lines():
                    return
        except httpx.HTTPError as error:
            raise RegistryError(str(error) or type(error).__name__) from error

    def _endpoints(self, response: httpx.Response) -> tuple[list[tuple[str, int]], str]:
        """Return the addresses in a list of slices, and its version."""
        try:
            answer = response.json()
            found = {
                (address, port)
                for piece in answer["items"]
                for port in self._ports(piece)
                for endpoint in piece.get("endpoints") or ()
                if endpoint.get("conditions", {}).get("ready") is not False
                for address in endpoint["addresses"]
            }
            return sorted(found), answer["metadata"]["resourceVersion"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RegistryError(f"not a list of endpoint slices: {error!r}") from error

    def _ports(self, piece: dict[str, Any]) -> list[int]:
        return [
            port["port"]
            for port in piece.get("ports") or ()
            if self._port in {"", port.get("name") or "", str(port["port"])}
        ][:1]

    def _client(self) -> httpx.AsyncClient:
        authority = self._account / "ca.crt"
        token = self._read("token")  # which is renewed from time to time
        client: Any = imported_httpx().AsyncClient(
            base_url=self._url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            verify=_context(authority),
            timeout=_WATCH + _SLACK,
        )
        return client  # type: ignore[no-any-return]

    def _read(self, name: str) -> str:
        try:
            return (self._account / name).read_text(encoding="utf-8").strip()
        except OSError:
            return ""


def kubernetes(
    service: str,
    *,
    port: str = "",
    namespace: str = "",
    url: str = "",
    account: Path = _ACCOUNT,
) -> KubernetesDiscovery:
    """Return where the pods of a service are that are ready.

    Args:
        service: The name of the service.
        port: The name or number of its port; by default the first.
        namespace: Where it is; by default the namespace of the pod.
        url: Of the API server; by default that of the pod's environment.
        account: The folder with the token, the authority and the namespace.

    Raises:
        UsageError: httpx is not installed.
    """
    return KubernetesDiscovery(service, port, namespace, url, account)


def _api_server() -> str:
    host = os.environ.get("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc")
    port = os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def _context(authority: Path) -> Any:  # noqa: ANN401 — a context, or whether to verify
    if not authority.exists():
        return True
    import ssl  # noqa: PLC0415 — where there is a cluster

    return ssl.create_default_context(cafile=str(authority))
