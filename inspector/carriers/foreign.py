"""Names of protocols that no carrier here reads, by the bytes that they begin with."""

from __future__ import annotations

import re

_FOREIGN = (
    ("TLS", re.compile(rb"\x16\x03[\x00-\x04]")),
    ("HTTP/2", re.compile(rb"PRI \* HTTP/2")),
    ("HTTP", re.compile(rb"(?:HTTP/\d|[A-Z]{3,10} \S++ HTTP/\d)")),
    ("SSH", re.compile(rb"SSH-\d")),
)


def name_protocol(beginning: bytes) -> str | None:
    """Return the name of another protocol that bytes begin with, if it is known."""
    for name, pattern in _FOREIGN:
        if pattern.match(beginning):
            return name
    return None
