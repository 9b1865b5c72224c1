"""A connection and its two directions, as far as no carrier matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from protocol.named_tuple import NamedTuple

from .names import NO_NAMES
from .packets import PacketCounts

if TYPE_CHECKING:
    from .endpoints import Endpoint

Process: TypeAlias = "tuple[str, Endpoint]"
"""Somebody who is asked: as ``server``, or as ``peer`` of a broker, and where."""

_NO_SOCKETS: frozenset[str] = frozenset()


class Direction:
    """One direction of a connection: the bytes of one side.

    Places count from 0 for the first byte of the stream, or the first one captured.

    Attributes:
        connection: The connection that it belongs to.
        opposite: The other direction.
        side: 0 for the side that the first captured packet came from, else 1.
        next: Place of the next byte wanted.
        from_start: Whether the capture holds the beginning of the stream.
        heard: Whether a segment of it was captured.
        claimed: While none was, the place up to which the other side acknowledges it.
        lacks: Whether bytes of it are missing from the capture, or were given up.
    """

    __slots__ = (
        "claimed",
        "connection",
        "from_start",
        "heard",
        "lacks",
        "next",
        "opposite",
        "side",
    )

    def __init__(self, connection: Connection, side: int) -> None:
        self.connection = connection
        self.side = side
        self.opposite = self
        self.next = 0
        self.from_start = False
        self.heard = False
        self.claimed = 0
        self.lacks = False


class Ending(NamedTuple):
    """How a side was the first to end a connection.

    Attributes:
        side: Which.
        reset: Whether it broke the connection off, and did not close it in order.
        packet: The record that says so.
        time_ns: When that was captured.
    """

    side: int
    reset: bool
    packet: int
    time_ns: int


# decision 13: What every stage may know of a connection stands below TCP
class Connection:
    """A connection, and the count of its packets.

    Attributes:
        number: In order of appearance, from 1.
        endpoints: Both ends, by their side.
        opened_in: The record of its first packet.
        opened_ns: When that was captured.
        names: What people call its ends.
        capture_ns: When the capture began that it is in, with whatever record; when it
            was opened itself, until that is known.
        directions: Its two directions; the first is that of its first packet.
        client: The side that opened it; None while that is unknown.
        supposed: Whether that is a guess, as nothing that passed shows it.
        carrier: The name of the carrier that brings packets of Nest over it; empty
            until that is recognised, and over a broker until one has passed.
        network: The virtual network that it is in, ``vlan 12``; empty for none.
        service: The name of the carrier that its server is known to speak, where the
            connection itself carries nothing of it; else empty.
        sockets: What a gateway calls the clients on it, who learn that from it; others
            may be told.
        counts: Its packets.
        proxy: The version of the PROXY protocol whose header its client's bytes begin
            with; 0 for none.
        origin: The client of that proxy, as ``address:port``; empty where the header
            does not say.
        attempts: How many SYNs asked for it.
        established: Whether a segment shows that it was, as all do but a SYN that
            asks, and an RST.
        ending: What a side was the first to end it with; None before, and where the
            capture lacks it.
        reset: Whether a side has broken it off.
        secret: Whether TLS protects its bytes.
        closed: Whether its end was reported.
        ignored: Whether its packets are passed over, because no stage reads them.
        held: Whether a data packet of it waited for a delayed ACK.
        late_ack: The record of the last pure ACK that was delayed, and by how many
            nanoseconds; 0 for none.
        process: Who has opened it, by where that is asked itself; None where that is
            not known, or nobody asks.
        twin: Another connection of the peer of a broker, by which that is known; None
            where it has this one alone.
        trouble: What went wrong (``reset``, ``retransmission``, ``zero window``,
            ``copy``, ``proxy``) → the side that showed it first, and the record.
    """

    __slots__ = (
        "_texts",
        "attempts",
        "capture_ns",
        "carrier",
        "client",
        "closed",
        "counts",
        "directions",
        "ending",
        "endpoints",
        "established",
        "held",
        "ignored",
        "late_ack",
        "names",
        "network",
        "number",
        "opened_in",
        "opened_ns",
        "origin",
        "process",
        "proxy",
        "reset",
        "secret",
        "service",
        "sockets",
        "supposed",
        "trouble",
        "twin",
    )
    directions: tuple[Direction, Direction]

    def __init__(
        self,
        number: int,
        endpoints: tuple[Endpoint, Endpoint],
        opened_in: int,
        opened_ns: int,
    ) -> None:
        self.number = number
        self.endpoints = endpoints
        self.opened_in = opened_in
        self.opened_ns = opened_ns
        self.capture_ns = opened_ns
        self.names = NO_NAMES
        self.client: int | None = None
        self.supposed = False
        self.carrier = ""
        self.network = ""
        self.service = ""
        self.sockets = _NO_SOCKETS
        self.counts = PacketCounts()
        self.proxy = 0
        self.origin = ""
        self.attempts = 0
        self.established = False
        self.ending: Ending | None = None
        self.reset = False
        self.secret = False
        self.closed = False
        self.ignored = False
        self.held = False
        self.late_ack = 0, 0
        self.trouble: dict[str, tuple[int, int]] = {}
        self.twin: Connection | None = None
        self.process: Process | None = None
        self._texts = (str(endpoints[0]), str(endpoints[1]))

    @property
    def flows(self) -> tuple[bytes, ...]:
        """What its packets are sorted by, one for each direction; else meaningless."""
        return ()

    @property
    def unseen(self) -> Direction | None:
        """The direction of which the capture holds no segment, though there was one.

        The other side has acknowledged bytes of it, of which a FIN is one, or has gone
        on after a handshake that takes both.
        """
        for each in self.directions:
            if not each.heard and (
                each.claimed > 1 or (self.established and each.opposite.from_start)
            ):
                return each
        return None

    @property
    def failed(self) -> bool:
        """Whether it is over, and was never established."""
        return self.closed and self.attempts > 0 and not self.established

    @property
    def principal(self) -> Connection:
        """The connection by which the peer of a broker is known."""
        return self.twin or self

    def ignore(self) -> None:
        """Learn that no stage reads it any more."""
        self.ignored = True

    @property
    def client_endpoint(self) -> Endpoint:
        """The client; the side of the first packet while that is unknown."""
        return self.endpoints[self.client or 0]

    @property
    def server_endpoint(self) -> Endpoint:
        """The server; the other side while that is unknown."""
        return self.endpoints[0 if self.client else 1]

    @property
    def client_name(self) -> str | None:
        """What the client is called; None where it has no name."""
        return (
            None
            if self.names is NO_NAMES
            else self.names.of_client(self.client_endpoint)
        )

    @property
    def server_name(self) -> str | None:
        """What the server is called; None where it has no name."""
        return (
            None
            if self.names is NO_NAMES
            else self.names.of_server(self.server_endpoint)
        )

    @property
    def client_text(self) -> str:
        """The client as ``address:port``."""
        return self._texts[self.client or 0]

    @property
    def server_text(self) -> str:
        """The server as ``address:port``."""
        return self._texts[0 if self.client else 1]
