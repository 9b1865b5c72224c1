"""``host:port``, ``unix:/path`` or a URL, as it is typed and as files have it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from servers.brokers.urls import shown_url
from servers.locating import is_located
from servers.sockets import LAST_PORT

_PORT = re.compile("[0-9]{1,5}")
_UNIX = "unix:"
_TCP = "tcp://"


class Address(NamedTuple):
    """Where a server listens.

    Attributes:
        host: A name or an address.
        port: From 1 to 65535.
        path: That of a Unix socket, in place of both; empty for none.
        url: That of a broker, in place of all; empty for none.
    """

    host: str
    port: int
    path: str = ""
    url: str = ""

    @property
    def target(self) -> tuple[str, int] | Path:
        """The address as a client takes it."""
        return Path(self.path) if self.path else (self.host, self.port)

    def __str__(self) -> str:
        if self.url:
            return shown_url(self.url)
        if self.path:
            return f"{_UNIX}{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(text: str) -> Address | None:
    """Read ``host:port``, ``unix:`` and a path with a slash, or a URL; None for others.

    An IPv6 address is in brackets, no host is ``localhost``. A URL is ``tcp://host:port``
    or that of a broker.
    """
    if is_located(text):
        if not text.startswith(_TCP):
            return Address("", 0, url=text)
        text = text.removeprefix(_TCP)
    if "://" in text:
        return None  # of a transport that there is not
    if text.startswith(_UNIX) and "/" in text:
        return Address("", 0, text.removeprefix(_UNIX))
    host, colon, port = text.rpartition(":")
    if not colon or _PORT.fullmatch(port) is None or not 0 < int(port) <= LAST_PORT:
        return None
    return Address(host.strip("[]") or "localhost", int(port))
