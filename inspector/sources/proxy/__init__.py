"""A proxy before a service that passes bytes on, and shows what they said.

::

    client ──► listener ──► relay ──► target        bytes, unchanged
                              │
                              └► conversation ──► PacketRecord ──► the inspection

A proxy needs no privileges and sees inside TLS. What it cannot see is the network: a
record represents what one read from a socket returned, which on an idle network is
what one packet carried. It cannot see pure ACKs, retransmissions and gaps.

proxy         the event loop of all routes, between two records
listener      one route: who may connect, and with what they are joined
relay         two ends of a connection that pass on what they receive
conversation  what passes, as the packets of a TCP connection
routes        where clients connect, where that leads, and TLS on either side
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
