"""Transports by their addresses, as commands are given them.

=====================================  ==============================================
address                                transport
=====================================  ==============================================
``tcp://host:port``                    ``Tcp(host, port)``
``nats://host:port?queue=workers``     ``Nats(…, queue="workers")``
``redis://host:port?wildcards=true``   ``Redis(…, wildcards=True)``
``amqp://host:port/queue?ack=after``   ``RabbitMQ(…, queue="queue", ack="after")``
``mqtt://host:port?qos=0``             ``Mqtt("mqtt://host:port", qos=0)``
``mqtt+ws://host:port/path``           ``Mqtt("ws://host:port/path")``
``grpc://host:port?proto=a.proto``     ``Grpc("host:port", proto="a.proto")``
``kafka://host:port/group?wait=0.1``   ``Kafka("host:port", group="group", wait=0.1)``
=====================================  ==============================================

Other schemes of the same libraries (``tls``, ``ws``, ``wss``, ``rediss``, ``amqps``,
``mqtts``, ``mqtt+wss``, ``kafkas``, ``grpcs``) are passed on; so is what else follows
a question mark. The virtual host of an ``amqp`` address is ``?vhost=``: its path is the
queue. For ``grpcs`` files are named as by options: ``?tls_authority=``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import msgspec

from .brokers.urls import shown_url
from .errors import UsageError
from .tcp import Tcp

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Collection

    from .grpc import Grpc
    from .kafka import Kafka
    from .mqtt import Mqtt
    from .nats import Nats
    from .rabbitmq import RabbitMQ
    from .redis import Redis

Broker: TypeAlias = "Grpc | Kafka | Mqtt | Nats | RabbitMQ | Redis"

_TRUE, _FALSE = ("1", "true", "yes"), ("0", "false", "no")


def is_located(text: str) -> bool:
    """Whether a text begins as an address with a scheme that is known."""
    return scheme_of(text) in {"tcp", *_BROKERS}


def scheme_of(text: str) -> str:
    """Return the scheme of a URL; empty where there is none."""
    scheme, marks, _ = text.partition("://")
    return scheme if marks else ""


def tcp_at(url: str) -> Tcp:
    """Return the TCP of an address; for a service port 0 is any free port.

    Raises:
        UsageError: It has no host or no port.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None:
        raise UsageError(f"{shown_url(url)!r} is not an address: tcp://host:port is")
    return Tcp(host, port)


def broker_at(url: str) -> Broker:
    """Return the broker of an address.

    Raises:
        UsageError: There is no such scheme, the address is malformed, or the library
            is not installed.
    """
    make = _BROKERS.get(scheme_of(url))
    if make is None:
        raise UsageError(f"{shown_url(url)!r} is not the address of a broker")
    parts = urlsplit(url)
    return make(parts._replace(query="").geturl(), dict(parse_qsl(parts.query)))


def _nats(url: str, options: dict[str, str]) -> Nats:
    from .nats import Nats  # noqa: PLC0415 — an extra

    queue = options.pop("queue", "")
    if scheme_of(url) in ("nats", "tls"):
        _refuse(url, options)
    return Nats(_again(url, options), queue=queue)


def _redis(url: str, options: dict[str, str]) -> Redis:
    from .redis import Redis  # noqa: PLC0415 — an extra

    wildcards = options.pop("wildcards", "no").lower()
    if wildcards not in _TRUE + _FALSE:
        raise UsageError(f"wildcards cannot be {wildcards!r}")
    return Redis(_again(url, options), wildcards=wildcards in _TRUE)


def _rabbitmq(url: str, options: dict[str, str]) -> RabbitMQ:
    from .rabbitmq import Options, RabbitMQ  # noqa: PLC0415 — an extra

    chosen = _chosen(options, Options)
    parts = urlsplit(url)
    queue = unquote(parts.path[1:])
    vhost = quote(options.pop("vhost", ""), safe="")
    at = urlunsplit(parts._replace(path=f"/{vhost}" if vhost else ""))
    return RabbitMQ(_again(at, options), **{"queue": queue, **chosen})


def _grpc(url: str, options: dict[str, str]) -> Grpc:
    from .grpc import Grpc  # noqa: PLC0415 — an extra

    proto, package = options.pop("proto", ""), options.pop("package", None)
    tls, more = _tls(url, options)
    _refuse(url, options)
    if not proto:
        raise UsageError(
            f"{shown_url(url)}: a service of gRPC needs its .proto file: ?proto=FILE"
        )
    files = proto.split(",")
    return Grpc(url, proto=files, package=package, tls=tls, options=more)


def _tls(
    url: str, options: dict[str, str]
) -> tuple[ssl.SSLContext | None, dict[str, str]]:
    """Take what is said of TLS out of options: a context, and more for grpcio.

    Raises:
        UsageError: A file cannot be read, or the address is without TLS.
    """
    names = ("tls_authority", "tls_certificate", "tls_key", "tls_name")
    said = {name: options.pop(name) for name in names if name in options}
    if said and scheme_of(url) != "grpcs":
        raise UsageError(f"{shown_url(url)}: {min(said)} is for grpcs://")
    name = said.pop("tls_name", "")
    more = {"grpc.ssl_target_name_override": name} if name else {}
    if not said:
        return None, more
    from .tls import client_tls, system_reason  # noqa: PLC0415 — few have it

    files = {each.removeprefix("tls_"): said[each] for each in said}
    try:
        return client_tls(**files), more  # type: ignore[arg-type]
    except (OSError, ValueError) as error:
        why = system_reason(error) if isinstance(error, OSError) else f"{error}"
        raise UsageError(f"{shown_url(url)}: TLS: {why}") from error


def _mqtt(url: str, options: dict[str, str]) -> Mqtt:
    from .mqtt import Mqtt, Options  # noqa: PLC0415 — an extra

    chosen = _chosen(options, Options)
    _refuse(url, options)
    return Mqtt(url, **chosen)


def _kafka(url: str, options: dict[str, str]) -> Kafka:
    from .kafka import Kafka, Options  # noqa: PLC0415 — an extra

    chosen = _chosen(options, Options)
    parts = urlsplit(url)
    if group := unquote(parts.path[1:]):
        chosen["group"] = group
    _refuse(url, options)
    return Kafka(parts._replace(path="").geturl(), **chosen)


def _refuse(url: str, options: Collection[str]) -> None:
    """Refuse options that there are not.

    Raises:
        UsageError: There are some.
    """
    if options:
        raise UsageError(f"{shown_url(url)}: there is no option {min(options)!r}")


def _chosen(options: dict[str, str], kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Take out of options those that are fields of a kind, as values of their types.

    Raises:
        UsageError: One of them is not of its type.
    """
    chosen: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in options:
            text = options.pop(field.name)
            try:
                chosen[field.name] = msgspec.convert(text, field.type, strict=False)
            except msgspec.ValidationError:
                raise UsageError(f"{field.name} cannot be {text!r}") from None
    return chosen


def _again(url: str, options: dict[str, str]) -> str:
    return urlunsplit(urlsplit(url)._replace(query=urlencode(options)))


_BROKERS: dict[str, Callable[[str, dict[str, str]], Broker]] = {
    **dict.fromkeys(("nats", "tls", "ws", "wss"), _nats),
    **dict.fromkeys(("redis", "rediss"), _redis),
    **dict.fromkeys(("amqp", "amqps"), _rabbitmq),
    **dict.fromkeys(("mqtt", "mqtts", "mqtt+ws", "mqtt+wss"), _mqtt),
    **dict.fromkeys(("grpc", "grpcs"), _grpc),
    **dict.fromkeys(("kafka", "kafkas"), _kafka),
}
