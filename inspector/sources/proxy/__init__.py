"""A proxy in front of a service that passes bytes on, and shows what they said.

::

    client ──► listener ──► relay ──► target        bytes, unchanged
                              │
                              └► conversation ──► PacketRecord ──► the inspection

A proxy needs no privileges and sees inside TLS. What it cannot see is the network: a
record stands for what one read from a socket returned, which on an idle network is
what one packet carried. Pure ACKs, retransmissions and gaps are not for it to see.
"""

from .proxy import Proxy
from .routes import Route, endpoint, tls_for_clients, tls_for_target

__all__ = [
    "Proxy",
    "Route",
    "endpoint",
    "tls_for_clients",
    "tls_for_target",
]
