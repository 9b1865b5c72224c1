"""What INFO and CONNECT say, and which of it is secret.

Source: ``docs.nats.io``, client protocol; ``nats-server``, ``ClientOpts``, ``Info``.
Its JSON reader takes keys in letters of either case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.audiences import Introduction
from inspector.carriers.base import Span
from protocol import loads
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol import Json

_SECRETS = frozenset({"pass", "password", "auth_token", "token", "jwt", "sig"})
# A string without an end is one too: it is not looked at again from a quote in it.
_KEY = lazy_regex(rb'("(?>(?:[^"\\]|\\.)*)"?)[ \t\r\n]*+(?::[ \t\r\n]*+)?')
_SCALAR = lazy_regex(rb'"((?>(?:[^"\\]|\\.)*))"|([^\s",{}\[\]]++)')
# What servers say to each other, and do not say to clients, nor clients to them.
_OF_SERVERS = frozenset(
    {"lnoc", "info_on_connect", "leafnode_urls", "gateway", "remote_account"}
)
_ELSEWHERE = _OF_SERVERS | {"cluster", "jetstream"}  # who else may get a message
_VERSION = lazy_regex(r"(\d{1,4})\.(\d{1,4})")
_COUNTED_SINCE, _OWN_CLIENTS = (2, 9), 3
_OF_CONNECTING_SERVERS = _OF_SERVERS | {"cluster", "server_id"}


class Handshake(msgspec.Struct, gc=False):
    """What one of the two lines says.

    Attributes:
        secret: Places of secrets, from the beginning of the line on; None where they
            cannot be told from the rest.
        between_servers: Whether both ends of the connection are servers.
        max_payload: Bytes of a payload that the server takes; 0 where that is not said.
        introduction: Which of the server's connections it is, if it says so.
    """

    secret: tuple[Span, ...] | None = ()
    between_servers: bool = False
    max_payload: int = 0
    introduction: Introduction | None = None


def read_info(line: bytes) -> Handshake:
    """Return what a server says of itself."""
    said = _members(line)
    most = said.get("max_payload", 0)
    return Handshake(
        between_servers=not _OF_SERVERS.isdisjoint(said),
        max_payload=most if isinstance(most, int) and most > 0 else 0,
        introduction=_introduction(said),
    )


def read_connect(line: bytes) -> Handshake:
    """Return what a client says of itself, and where its secrets are."""
    said = _members(line)
    return Handshake(
        secret=_secrets(line) if said else None,
        between_servers=not _OF_CONNECTING_SERVERS.isdisjoint(said),
    )


def _introduction(said: Mapping[str, Json]) -> Introduction | None:
    """Return which of a server's connections one is; None where it does not say.

    Source: ``nats-server``, ``server/client.go``, ``initClient``: whatever connects has
    the next number, and so have the three clients that the server is of its own when it
    starts. That these are three was measured with 2.9.10.
    """
    server, number = said.get("server_id"), said.get("client_id")
    version = _VERSION.match(str(said.get("version")))
    if not isinstance(server, str) or type(number) is not int:
        return None
    old = version is None or (int(version[1]), int(version[2])) < _COUNTED_SINCE
    elsewhere = old or not _ELSEWHERE.isdisjoint(said)
    return Introduction(server, number, _OWN_CLIENTS, elsewhere)


# decision 126
def _secrets(line: bytes) -> tuple[Span, ...] | None:
    """Return the places of secrets, wherever their keys stand and however often.

    None where one is no string, number or word. The line holds JSON.
    """
    found: list[Span] = []
    place = line.find(b"{")
    while (key := _KEY.search(line, place)) is not None:
        place = key.end()
        if b":" not in line[key.end(1) : place] or not _is_secret(key[1]):
            continue
        value = _SCALAR.match(line, place)
        if value is None:
            return None
        found.append(Span(*value.span(value.lastindex or 0)))
        place = value.end()
    return tuple(found)


def _is_secret(key: bytes) -> bool:
    """Whether a key is that of a secret to Go, which takes ``paſs`` for ``pass``."""
    try:
        name = loads(key)
    except ValueError:
        return True
    return isinstance(name, str) and name.casefold() in _SECRETS


def _members(line: bytes) -> Mapping[str, Json]:
    """Return the JSON object in a line; an empty one where that is malformed."""
    try:
        said = loads(line[max(line.find(b"{"), 0) :])
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
