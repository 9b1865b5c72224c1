"""URLs of brokers, as the program has them, and as logs and errors may show them."""

from __future__ import annotations

from urllib.parse import urlsplit

from servers.errors import UsageError


def checked_url(url: str, *schemes: str) -> str:
    """Return a URL.

    Raises:
        UsageError: It has another scheme, no host, or a port that is none.
    """
    try:
        parts = urlsplit(url)
        complete = parts.scheme in schemes and bool(parts.hostname)
        complete = complete and parts.port != 0
    except ValueError:
        complete = False
    if not complete:
        wanted = " or ".join(f"{scheme}://host" for scheme in schemes)
        raise UsageError(f"{shown_url(url)!r} is not an address: {wanted} is")
    return url


def shown_url(url: str) -> str:
    """Return a URL without its user, its password and what follows a question mark."""
    scheme, marks, rest = url.partition("://")
    if not marks:
        scheme, rest = "", url
    return f"{scheme}{marks}{rest.partition('?')[0].rpartition('@')[2]}"
