"""Where a peer can be reached: ``127.0.0.1:8888``, ``[::1]:8888``."""

from __future__ import annotations

from protocol.named_tuple import NamedTuple

HIGHEST_PORT = 65_535


class Endpoint(NamedTuple):
    """An address and a port: what a socket calls an address.

    Attributes:
        address: An IP address without brackets, or the name of a host.
        port: From 0 to 65,535.
    """

    address: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Read ``address:port`` or ``[address]:port``.

        Raises:
            ValueError: It is neither.
        """
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or int(port) > HIGHEST_PORT:
            raise ValueError(f"not HOST:PORT: {text}")
        return cls(host.removeprefix("[").removesuffix("]"), int(port))

    @property
    def host(self) -> str:
        """The address as it is written before a port: that of IPv6 in brackets.

        Source: RFC 3986, section 3.2.2.
        """
        return f"[{self.address}]" if ":" in self.address else self.address

    def seen_from(self, host: str) -> str:
        """Return the endpoint as text, without its host where that is ``host``."""
        return f":{self.port}" if self.host == host else str(self)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
