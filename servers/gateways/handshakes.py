"""How a client introduces itself, and from where its page may have been loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import msgspec

from protocol import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Origins: TypeAlias = "Collection[str] | Literal['*'] | None"
"""Where pages may be from: these origins, any, or only where the gateway itself is."""


class Handshake(msgspec.Struct, frozen=True):
    """What is known of a client before it is let in.

    Attributes:
        peer: ``host:port`` of the client.
        path: The path of its request, without the query.
        headers: Those of its request, with names in lower case.
        query: The parameters of its request; of several with one name the last.
        auth: What a Socket.IO client passes as ``auth``; UNDEFINED without one.
        namespace: Where it wants to go, such as ``/main``; ``/`` over plain WebSockets.
    """

    peer: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    auth: Any = UNDEFINED
    namespace: str = "/"


def handshake_of(
    peer: str, target: str, headers: Iterable[tuple[str, str]]
) -> Handshake:
    """Return the handshake in a request.

    Args:
        peer: ``host:port`` of the client.
        target: What it asks for: a path, and a query if there is one.
        headers: Names and values.
    """
    path, _, query = target.partition("?")
    named = {name.lower(): value for name, value in headers}
    return Handshake(peer, path, named, dict(parse_qsl(query)))


# decision 149
def may_come(handshake: Handshake, origins: Origins) -> bool:
    """Whether a page from where this one is may use a gateway.

    Browsers send cookies with whatever any page connects to, and say where the page is
    from (RFC 6455, section 10.2). Programs say nothing, and may.
    """
    origin = handshake.headers.get("origin")
    if origin is None or origins == "*":
        return True
    if origins is not None:
        return origin in origins
    return urlsplit(origin).netloc == handshake.headers.get("host")
