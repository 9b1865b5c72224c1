"""Heads of HTTP messages: what of them leads to a WebSocket, and what is secret.

Source: RFC 9112 for the syntax, RFC 6455, section 4, for the handshake.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from inspector.carriers.base import Span
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

END = b"\r\n\r\n"
LONGEST = 1 << 14
"""Bytes of a head that are waited for; Node itself takes 16 KiB."""
_REQUEST = lazy_regex(rb"([A-Z]{3,7}) (\S+) HTTP/1\.[01]\r\n")
_RESPONSE = lazy_regex(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: ([^\r\n]*))?\r\n")
_FIELD = lazy_regex(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]++):([^\r\n]*+)\r\n")
_HARMLESS = lazy_regex(
    rb"host|upgrade|connection|keep-alive|date|server|origin|vary|etag|user-agent"
    rb"|cache-control|content-(?:length|type|encoding)|transfer-encoding|accept.*"
    rb"|sec-websocket-(?:key|accept|version|extensions)|access-control-allow-.*"
    rb"|sec-fetch-.*|pragma|expires|x-powered-by|upgrade-insecure-requests|expect"
    rb"|allow|accept-ranges|last-modified|if-(?:none-match|modified-since)",
    re.IGNORECASE,
)
"""Fields whose values are no secrets; those of all others may be."""
_TRACE = lazy_regex(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""A ``traceparent``, which says who caused what and nothing else.

Source: W3C Trace Context, section 3.2.
"""
_OWNER = lazy_regex(rb"[a-z][a-z0-9+.-]*://([^/?#@]*)@", re.IGNORECASE)
_OTHERS = lazy_regex(
    r"graphql(?:-transport)?-ws|v1[0-2]\.stomp|mqtt(?:v3\.1)?|wamp(?:\..*)?|amqp.*"
    r"|xmpp|sip|msrp|soap|ocpp[0-9.]+|vite-(?:hmr|ping)|actioncable-.*"
    r"|.*channel\.k8s\.io",
    re.IGNORECASE,
)
"""Subprotocols with messages of their own; others, as tokens in one, may be Nest's.

Source: IANA's WebSocket Subprotocol Name Registry; the clients of GraphQL, Vite, Rails
and Kubernetes.
"""
_KNOWN = {b"EIO", b"transport", b"sid", b"t", b"j", b"b64"}
"""Parameters of Engine.IO itself; others are of the application, as tokens are.

So are all where the query names no revision of Engine.IO: a ``sid`` is a cookie there.
"""


class Head(NamedTuple):
    """The head of a request or a response.

    Attributes:
        begin: Place of its first byte …
        end: … and the one after the empty line.
        data: Its bytes.
        method: Of a request; empty for a response.
        target: Of a request, with its query.
        status: Of a response; 0 for a request.
        reason: Of a response, in its own words.
        fields: Their names in small letters → values.
        secret: Places of what is never written where anything is concealed.
    """

    begin: int
    end: int
    data: bytes
    method: str
    target: str
    status: int
    reason: str
    fields: dict[str, str]
    secret: tuple[Span, ...]

    @property
    def upgrades(self) -> bool:
        """Whether it asks for, or begins, a WebSocket."""
        return self.fields.get("upgrade", "").lower() == "websocket"

    @property
    def foreign(self) -> bool:
        """Whether it agrees on, or offers, a subprotocol that gateways do not speak."""
        names = self.fields.get("sec-websocket-protocol", "").split(",")
        return any(_OTHERS.fullmatch(each.strip()) for each in names)

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def parameters(self) -> dict[str, str]:
        """The query, by names."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def length(self) -> int | None:
        """Bytes of the body, if the head says so."""
        text = self.fields.get("content-length", "")
        return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return self.fields.get("transfer-encoding", "").lower().endswith("chunked")


_MOST_DIGITS = 15


def read_head(data: bytes, begin: int) -> Head | None:
    """Read a head; None for bytes that are none.

    Args:
        data: Its bytes, with the empty line.
        begin: The place of the first.
    """
    request, response = _REQUEST.match(data), _RESPONSE.match(data)
    line = request or response
    if line is None:
        return None
    fields, secret = {}, []
    for name, value, span in _fields(data, line.end()):
        if name:
            fields[name.decode().lower()] = value.decode("latin-1")
        if not _is_harmless(name, value):
            secret.append(Span(begin + span.begin, begin + span.end))
    target, status, reason = "", 0, ""
    if request is not None:
        target = request[2].decode("latin-1")
        secret = [*_secret_parameters(request, begin), *secret]
    elif response is not None:
        status = int(response[1])
        reason = (response[2] or b"").decode("latin-1")
    return Head(
        begin,
        begin + len(data),
        data,
        "" if request is None else request[1].decode(),
        target,
        status,
        reason,
        fields,
        tuple(secret),
    )


def _is_harmless(name: bytes, value: bytes) -> bool:
    """Whether a field is known to have no secret in it."""
    if _HARMLESS.fullmatch(name):
        return True
    word = name.lower()
    if word == b"sec-websocket-protocol":
        return _OTHERS.fullmatch(value.decode("latin-1")) is not None
    return word == b"traceparent" and _TRACE.fullmatch(value) is not None


def _fields(data: bytes, place: int) -> list[tuple[bytes, bytes, Span]]:
    """Return names and values of the fields from a place on.

    What is none ends them. That and all after it is the value of a field without a
    name: nobody can tell what of it is harmless.
    """
    found = []
    while line := _FIELD.match(data, place):
        value = line[2].strip(_BLANKS)
        begin = line.start(2) + len(line[2]) - len(line[2].lstrip(_BLANKS))
        found.append((line[1], value, Span(begin, begin + len(value))))
        place = line.end()
    end = len(data) - len(_LINE_END)
    if place < end:
        found.append((b"", b"", Span(place, end)))
    return found


def _secret_parameters(request: re.Match[bytes], begin: int) -> list[Span]:
    """Return the places of values in a query that are not Engine.IO's own.

    A target with a scheme may name a user, with a password.
    """
    path, _, query = request[2].partition(b"?")
    place, secret = begin + request.start(2) + len(path) + 1, []
    if owner := _OWNER.match(path):
        first = begin + request.start(2)
        secret.append(Span(first + owner.start(1), first + owner.end(1)))
    parts = query.split(b"&")
    known = _KNOWN if any(each.startswith(b"EIO=") for each in parts) else set()
    for part in parts:
        name, _, value = part.partition(b"=")
        if value and name not in known:
            first = place + len(name) + 1
            secret.append(Span(first, first + len(value)))
        place += len(part) + 1
    return secret


_BLANKS = b" \t"
_LINE_END = b"\r\n"
