"""Names of servers that a registry has: ``consul://HOST:PORT``.

Source: Consul's HTTP API, Catalog: ``/v1/catalog/services`` and ``…/service/NAME``.
"""

from __future__ import annotations

import json
import os
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from inspector.errors import InspectorError
from inspector.streams.names import NO_NAMES, Names

if TYPE_CHECKING:
    from collections.abc import Callable

_CONSUL = "consul"
_PORT = 8500
_LARGEST = 1 << 24  # bytes of an answer that are read
_PATIENCE = 10.0  # seconds for an answer
_MOST = 10_000  # services


def names_at(url: str) -> Names:
    """Return what a registry calls servers.

    Args:
        url: ``consul://HOST:PORT``; ``consul://`` is the one of ``CONSUL_HTTP_ADDR``.

    Raises:
        InspectorError: It cannot be asked, or the URL has another form.
    """
    base = _base(url)
    found = NO_NAMES
    try:
        services = _asked(base, "services")
        for name in list(services)[:_MOST]:
            if name != _CONSUL:  # which Consul calls itself
                found |= _instances(_asked(base, f"service/{quote(name, safe='')}"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InspectorError("--names", f"{url}: {_reason(error)}") from None
    return found


def _base(url: str) -> str:
    """Return the URL by HTTP.

    Raises:
        InspectorError: It is none of Consul.
    """
    problem = InspectorError("--names", f"{url!r} is not like consul://127.0.0.1:8500")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        raise problem from None
    if parts.scheme != _CONSUL or parts.path.strip("/"):
        raise problem
    if host is None:
        given = os.environ.get("CONSUL_HTTP_ADDR", f"127.0.0.1:{_PORT}")
        return given if "://" in given else f"http://{given}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _asked(base: str, path: str) -> Any:  # noqa: ANN401 — JSON
    # Loaded for this option alone: what knows HTTP takes a while.
    from urllib.request import Request, urlopen  # noqa: PLC0415

    token = os.environ.get("CONSUL_HTTP_TOKEN", "")
    headers = {"X-Consul-Token": token} if token else {}
    request = Request(f"{base}/v1/catalog/{path}", headers=headers)  # noqa: S310
    opening: Callable[..., Any] = urlopen
    with opening(request, timeout=_PATIENCE) as answer:
        return json.loads(answer.read(_LARGEST))


def _instances(answer: list[dict[str, Any]]) -> Names:
    """Return the names of instances; those without an IP address have none."""
    names = {}
    for each in answer:
        host = each["ServiceAddress"] or each["Address"]
        try:
            address = ip_address(host)
            where = f"[{address}]" if address.version == 6 else f"{address}"  # noqa: PLR2004
        except ValueError:
            continue
        if 0 < each["ServicePort"] <= 65_535:  # noqa: PLR2004
            names[f"{where}:{each['ServicePort']}"] = each["ServiceName"]
    return Names(names)


def _reason(error: Exception) -> str:
    if not isinstance(error, OSError):
        return "what answers is not Consul"
    reason = getattr(error, "reason", error)  # urllib wraps the error of a socket
    return f"cannot ask: {getattr(reason, 'strerror', None) or reason}".lower()
