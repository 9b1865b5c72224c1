r"""The header that a proxy sends ahead of a client's bytes: the PROXY protocol.

::

    version 1   PROXY TCP4 192.0.2.1 192.0.2.9 50542 8888\r\n
    version 2   \r\n\r\n\0\r\nQUIT\n │ 0x21 │ 0x11 │ size │ addresses, ports …

It precedes the bytes of any carrier, once, and only where the server expects
it. Nest does not.

Source: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.
"""

from __future__ import annotations

import struct
from ipaddress import ip_address

from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
_LONGEST = 107  # bytes of a header of version 1, its line end included
_FIXED = 16  # bytes of one of version 2 before the addresses
_PROXY = 1  # the command; the other, LOCAL, is a probe of the proxy's own
_SIZES = {0x11: 4, 0x21: 16}  # TCP over IPv4, over IPv6: bytes of an address
_LINE = lazy_regex(
    rb"PROXY (?:UNKNOWN[^\r\n]*|TCP[46] (?P<host>[0-9A-Fa-f.:]+) [0-9A-Fa-f.:]+ "
    rb"(?P<port>[0-9]{1,5}) [0-9]{1,5})\r\n"
)
_WORD = b"PROXY "


class ProxyHeader(NamedTuple):
    """A whole header.

    Attributes:
        version: 1 or 2.
        size: Its bytes.
        client: Who connected to the proxy, as ``address:port``; empty where the header
            does not say.
    """

    version: int
    size: int
    client: str


def read_proxy_header(beginning: bytes) -> ProxyHeader | None:
    """Return the header that the bytes of a client begin with; None where none does."""
    if beginning.startswith(_SIGNATURE):
        return _read_binary(beginning)
    line = _LINE.match(beginning[:_LONGEST])
    if line is None:
        return None
    host, port = line["host"], line["port"]
    client = _named(host.decode(), int(port)) if host else ""
    return ProxyHeader(1, line.end(), client)


def may_become_one(beginning: bytes) -> bool:
    """Whether bytes are the beginning of a header that is not complete."""
    if len(beginning) < len(_SIGNATURE):
        if _SIGNATURE.startswith(beginning) or _WORD.startswith(beginning):
            return True
    elif beginning.startswith(_SIGNATURE):
        return read_proxy_header(beginning) is None
    return (
        beginning.startswith(_WORD)
        and len(beginning) < _LONGEST
        and b"\n" not in beginning
    )


def _read_binary(beginning: bytes) -> ProxyHeader | None:
    if len(beginning) < _FIXED:
        return None
    command, family, length = struct.unpack_from(">BBH", beginning, len(_SIGNATURE))
    size = _FIXED + length
    if len(beginning) < size:
        return None
    width = _SIZES.get(family, 0)
    if command & 0x0F != _PROXY or not width or length < 2 * width + 4:
        return ProxyHeader(2, size, "")
    address = str(ip_address(beginning[_FIXED : _FIXED + width]))
    (port,) = struct.unpack_from(">H", beginning, _FIXED + 2 * width)
    return ProxyHeader(2, size, _named(address, port))


def _named(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
