"""Where telemetry goes, and what the environment says of that.

======================================  ============================================
variable of OpenTelemetry               what it says
======================================  ============================================
``OTEL_EXPORTER_OTLP_HEADERS``          fields of each request, such as a token, which
                                        a command line would show to others
``OTEL_RESOURCE_ATTRIBUTES``            what is said of every service besides, such as
                                        ``deployment.environment.name=test``
``OTEL_METRIC_EXPORT_INTERVAL``         how often metrics are sent, in milliseconds
======================================  ============================================

Source: OpenTelemetry, "OTLP Exporter Configuration" and "Environment Variable
Specification".
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
_RESOURCE = "OTEL_RESOURCE_ATTRIBUTES"
_INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL"
_TOKEN = lazy_regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = lazy_regex(r"[\t -~]*")
_INTERVAL_MS = 10_000
_GRPC_PORT = 4317
_HTTP_PORTS = {"http": 80, "https": 443}


class Target(NamedTuple):
    """A collector.

    Attributes:
        secure: Whether it is asked over TLS.
        host: Its name or address.
        port: Its port.
        path: That of its URL, without what each kind of telemetry adds.
    """

    secure: bool
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.secure else ''}://{host}:{self.port}{self.path}"

    @property
    def hint(self) -> str:
        """What may be wrong with it, to be added to an error; empty for nothing."""
        if self.port != _GRPC_PORT:
            return ""
        return f"; {_GRPC_PORT} is the port of OTLP over gRPC, that over HTTP is 4318"


class Settings(NamedTuple):
    """What the environment says.

    Attributes:
        headers: Fields of each request.
        resource: What is said of every service.
        interval_s: How often metrics are sent.
    """

    headers: dict[str, str]
    resource: dict[str, str]
    interval_s: float


def target_of(url: str) -> Target:
    """Read the URL of a collector: ``http://127.0.0.1:4318``.

    Raises:
        ValueError: It is none, or has what does not belong there; the message says so.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise ValueError(f"{url!r} is not a URL") from None
    if parts.scheme not in _HTTP_PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is not http://HOST:PORT or https://HOST:PORT")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"credentials belong into {_HEADERS}, not into the URL")
    if parts.query or parts.fragment or not parts.path.isprintable():
        raise ValueError(f"{url!r} has more than a host, a port and a path")
    port = _HTTP_PORTS[parts.scheme] if port is None else port
    path = parts.path.rstrip("/")
    return Target(parts.scheme == "https", parts.hostname, port, path)


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Return what the variables of an environment say.

    Raises:
        ValueError: One is malformed; the message names it, and no secret.
    """
    headers = _pairs(_HEADERS, environment.get(_HEADERS, ""))
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f"{_HEADERS}: {name!r} is not a field of HTTP")
    text = environment.get(_INTERVAL) or str(_INTERVAL_MS)
    if not text.isdecimal() or not int(text):
        raise ValueError(f"{_INTERVAL}: {text!r} is not a number of milliseconds")
    resource = _pairs(_RESOURCE, environment.get(_RESOURCE, ""))
    return Settings(headers, resource, int(text) / 1000)


def _pairs(variable: str, text: str) -> dict[str, str]:
    """Return ``key=value,key=value``, whose values are percent-encoded."""
    found = {}
    for index, pair in enumerate(filter(None, map(str.strip, text.split(","))), 1):
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            raise ValueError(f"{variable}: part {index} is not KEY=VALUE")
        found[unquote(key.strip())] = unquote(value.strip())
    return found
