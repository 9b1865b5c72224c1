"""``host:port``, as it is typed and as files have it."""

from __future__ import annotations

import re
from typing import NamedTuple

from servers.sockets import LAST_PORT

_PORT = re.compile("[0-9]{1,5}")


class Address(NamedTuple):
    """Where a server listens.

    Attributes:
        host: A name or an address.
        port: From 1 to 65535.
    """

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(text: str) -> Address | None:
    """Read ``host:port``; an IPv6 address is in brackets, no host is ``localhost``."""
    host, colon, port = text.rpartition(":")
    if not colon or _PORT.fullmatch(port) is None or not 0 < int(port) <= LAST_PORT:
        return None
    return Address(host.strip("[]") or "localhost", int(port))
