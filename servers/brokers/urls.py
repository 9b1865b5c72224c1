"""URLs of brokers, as the program has them, and as logs and errors may show them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def checked_urls(urls: str | Iterable[str], *schemes: str) -> list[str]:
    """Return a URL, or those of a cluster.

    Raises:
        UsageError: There is none, or one has another scheme, no host, or a port that is
            none.
    """
    given = [urls] if isinstance(urls, str) else list(urls)
    if not given:
        raise UsageError("no address: a cluster has at least one")
    return [checked_url(each, *schemes) for each in given]


def shown_url(url: str) -> str:
    """Return a URL without its user, its password and what follows a question mark."""
    scheme, marks, rest = url.partition("://")
    if not marks:
        scheme, rest = "", url
    return f"{scheme}{marks}{rest.partition('?')[0].rpartition('@')[2]}"
