"""Who may read: nobody from elsewhere, by no page of another origin.

=====================================  ===============================================
who asks                               what keeps them out
=====================================  ===============================================
another machine                        the address is that of the loopback interface,
                                       or has a token
a page that reads by a script          ``Origin`` and ``Sec-Fetch-Site``; no header of
                                       CORS lets it read an answer
a page that has this one in a frame    ``frame-ancestors``
a page whose name now leads here       ``Host`` is no name of the loopback interface,
(DNS rebinding)                        or the token is not known
=====================================  ===============================================

Sources: RFC 6454 (the Origin of a page), Fetch Metadata Request Headers (W3C).
"""

from __future__ import annotations

import secrets
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "token"  # noqa: S105 — the name of a parameter
"""The parameter of an address that has the token."""
_HOST = lazy_regex(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{0,5})?")
_OWN = {"same-origin", "none"}  # by the page itself, or by a person
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",  # the rest is in the page
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def new_token() -> str:
    """Return a token that nobody guesses: 128 random bits."""
    return secrets.token_urlsafe(16)


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address, or a host is called so."""
    host = address.removeprefix("[").removesuffix("]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().removesuffix(".") == "localhost"


class Guard:
    """Lets requests through to an application, or answers 403 with one line.

    Args:
        application: What answers the others.
        token: What an address must have; None where only this machine can ask.
    """

    def __init__(self, application: ASGIApp, token: str | None) -> None:
        self._application, self._token = application, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        problem = self._problem(scope)
        answer = self._application
        if problem is not None:
            answer = PlainTextResponse(f"{problem}\n", 403)
        await answer(scope, receive, guarded)

    def _problem(self, scope: Scope) -> str | None:
        """Return why a request is refused; None if it is not."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._token is None and not is_loopback(_name_of(host)):
            return "only the names of the loopback interface are answered here"
        if not _is_own(headers, host, scope["path"]):
            return "another page may not read this one"
        if self._token is not None and not self._has_token(scope):
            return "the address lacks its token: use the one that the command printed"
        return None

    def _has_token(self, scope: Scope) -> bool:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        given = query.get(TOKEN, [""])[-1].encode()
        return secrets.compare_digest(given, str(self._token).encode())


def _name_of(host: str) -> str:
    """Return the name of a host without its port, which a tunnel may change.

    Empty if it is malformed: what reads URLs takes more than a host to have there.

    Source: RFC 9110, section 7.2: ``Host = uri-host [ ":" port ]``.
    """
    found = _HOST.fullmatch(host)
    return "" if found is None else found[1]


def _is_own(headers: Headers, host: str, path: str) -> bool:
    """Whether a request is made by the page itself, or by a person who opens it."""
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != host:
        return False
    if headers.get("sec-fetch-site", "none") in _OWN:
        return True
    # Somebody follows a link to the page, from a chat or a ticket.
    opened = headers.get("sec-fetch-dest") == "document"
    return path == "/" and opened and headers.get("sec-fetch-mode") == "navigate"
