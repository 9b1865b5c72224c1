"""What people call addresses and ports: ``10.0.0.7`` is the gateway, ``:8888`` calc.

A name is given to an address and port, to a port of whatever server, or to an address;
the first of these that there is for an endpoint is its name. A queue group of a broker
has one as ``group:workers``.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from .endpoints import HIGHEST_PORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .endpoints import Endpoint

_GROUP = "group:"
LONGEST = 253
"""Characters of a name. Source: RFC 1035, section 3.1, for that of a host."""


class Names:
    """What people call addresses and ports.

    Args:
        names: ``10.0.0.7``, ``:8888``, ``10.1.1.6:8889``, ``[::1]:8888``, ``::1`` or
            ``group:workers`` → what to call it. What a terminal would obey or hide is
            escaped.

    Raises:
        ValueError: It is no such place, or its name is empty or too long.
    """

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self._names = {
            _place(where): _harmless(name) for where, name in (names or {}).items()
        }

    def __bool__(self) -> bool:
        return bool(self._names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names) and self._names == other._names

    def __hash__(self) -> int:
        return hash(frozenset(self._names.items()))

    def __or__(self, others: Names) -> Names:
        """Return both; where they differ, the others are right."""
        if not (self and others):  # so that no names stay NO_NAMES
            return self or others
        both = Names()
        both._names = self._names | others._names
        return both

    def of_server(self, endpoint: Endpoint) -> str | None:
        """Return what a server is called; None where it has no name."""
        if not self._names:
            return None
        port = f":{endpoint.port}"
        return self._names.get(str(endpoint)) or self._names.get(
            port, self._names.get(endpoint.host)
        )

    def of_client(self, endpoint: Endpoint) -> str | None:
        """Return what a client is called, whose port says nothing of it."""
        if not self._names:
            return None
        return self._names.get(str(endpoint)) or self._names.get(endpoint.host)

    def server(self, text: str) -> str:
        """Return what to show of a server.

        Args:
            text: ``address:port``, which is returned where it has no name. Of one whose
                address alone is named, the port stays. A group of a broker, such as
                ``workers (10.0.0.9:4222)``, needs no broker to be known by.
        """
        group, bracket, _ = text.partition(" (")
        if bracket:
            return self._names.get(f"{_GROUP}{group}", group)
        host, _, port = text.rpartition(":")
        named = self._names.get(text) or self._names.get(f":{port}")
        return named or self._with_port(host, port) or text

    def client(self, text: str) -> str:
        """Return what to show of a client.

        Args:
            text: Its address, or ``address:port``, which is returned where it has no
                name. Of one whose address alone is named, the port stays.
        """
        host, _, port = text.rpartition(":")
        return self._names.get(text) or self._with_port(host, port) or text

    def _with_port(self, host: str, port: str) -> str | None:
        name = self._names.get(host)
        return None if name is None else f"{name}:{port}"


NO_NAMES: Final = Names()
"""Where nothing has a name."""


def _place(text: str) -> str:
    """Return a place as endpoints spell it."""
    host, colon, port = text.rpartition(":")
    if colon and port.isdecimal() and _is_host(host):
        if not 0 < int(port) <= HIGHEST_PORT:
            raise ValueError(f"{port} is not a TCP port")
        return f"{_host(host) if host else ''}:{int(port)}"
    if text.isdecimal():
        return _place(f":{text}")
    if text.startswith(_GROUP) and text != _GROUP:
        return text
    return _host(text)


def _is_host(text: str) -> bool:
    """Whether a text before a port is an address, and not the beginning of one."""
    return ":" not in text or (text.startswith("[") and text.endswith("]"))


def _host(text: str) -> str:
    """Return an address as it is written before a port."""
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        address = ip_address(inner)
    except ValueError:
        raise ValueError(f"{text!r} is neither an address nor :PORT") from None
    return f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004


def check_name(name: str) -> None:
    """Make sure that something can be called so.

    Raises:
        ValueError: It is empty, or too long.
    """
    _harmless(name)


def _harmless(name: str) -> str:
    """Return a name that no terminal obeys: what cannot be printed is escaped."""
    if not name.strip():
        raise ValueError("a name is empty")
    if len(name) > LONGEST:
        raise ValueError(f"a name is longer than {LONGEST} characters")
    shown = (c if c.isprintable() else f"\\u{ord(c):04x}" for c in name.strip())
    return "".join(shown)
