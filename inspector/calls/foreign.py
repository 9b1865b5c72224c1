"""Connections to a port of Nest's that no carrier reads, or that were never made.

Whether a port is Nest's may show only later: until then what came to it waits. Where
nobody listens it never shows. One that was never established is reported at the
end, unless the capture is of other traffic: where it holds Nest, but not between these
hosts, or where others spoke something else to that port.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.foreign import HTTP, PUSHER, name_protocol
from inspector.carriers.registry import carriers
from inspector.streams.packets import DataPacket

from .costs import begins, has_sessions
from .seen import Anomaly, Remark
from .unframed import KEPT, kind_of, seems_nest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inspector.carriers.base import Carrier
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.endpoints import Endpoint
    from inspector.streams.items import Alarm, Chunk, Closed, Gap, Unread

    from .seen import Seen

MAX_WAITING = 1_000
"""Connections that are remembered until it shows whether their port is Nest's."""
GIVEN_TIME_NS = 1_000_000_000
"""A SYN that had no answer for so long would have been sent again.

Source: RFC 6298, section 2: the first retransmission is due after 1 s.
"""
PROXY_PROTOCOL = "the PROXY protocol"
_FOREIGN = "foreign-protocol"
_REFUSED = "refused-connection"
_UNFRAMED = "unframed-bytes"
_ALARM, _UNREAD = "tls-alert", "undecrypted-tls"
_TLS = "TLS"
_UNANSWERED = frozenset({_REFUSED, _UNFRAMED, _ALARM, _UNREAD})
"""What may concern Nest though nobody spoke it on that port."""


class Withheld(msgspec.Struct, gc=False):
    """What is not reported of a connection to a broker until it proves to be Nest's.

    Attributes:
        carrier: What reads it.
        first: The data packet by which that was recognised.
        seen: Anomalies and remarks on it.
    """

    carrier: Carrier
    first: DataPacket
    seen: list[Seen] = msgspec.field(default_factory=list)


def withheld_of(
    connection: Connection, carrier: Carrier, held: Sequence[Chunk]
) -> Withheld:
    """Return what there is to withhold of a connection that is recognised.

    One that is said to be a carrier's may be so before anything was recognised.
    """
    begun = DataPacket(connection.opened_in, connection.opened_ns, 0, 0)
    return Withheld(carrier, held[0].packet if held else begun)


class ForeignTraffic:
    """What no carrier reads, by the endpoint that it was sent to.

    Args:
        most_waiting: Connections that are remembered until it shows whether their port
            is Nest's.
        forced: Port → the name of the carrier that its connections are taken for.

    Attributes:
        foreign: Name of another protocol and port → connections that speak it.
    """

    def __init__(
        self,
        most_waiting: int = MAX_WAITING,
        forced: Mapping[int, str] | None = None,
    ) -> None:
        self.foreign: Counter[str] = Counter()
        self._most_waiting = most_waiting
        self._forced = forced or {}
        self._services: dict[Endpoint, str] = {}  # … and their carriers
        self._hosts: set[str] = set()  # that speak Nest
        self._waiting: dict[Endpoint, list[Remark | Anomaly]] = {}
        self._count = 0
        self._cut: list[Gap] = []

    def on_nest(self, connection: Connection) -> list[Remark | Anomaly]:
        """Learn that a connection is Nest's; return what else came to its port."""
        endpoint = connection.server_endpoint
        self._services.setdefault(endpoint, connection.carrier)
        self._hosts.update(each.address for each in connection.endpoints)
        remarks = self._waiting.pop(endpoint, [])
        self._count -= len(remarks)
        foreign = (each for each in remarks if not self._is_own(each, endpoint))
        return [self._at_service(each, endpoint) for each in foreign]

    def learn_client(self, connection: Connection) -> None:
        """Learn which end of a connection is the client, where nothing shows it yet.

        That is not the one which others reach as a service. Where none of both is known
        to be, it is the one with the higher port, as those are that a client is given.
        """
        if connection.client is not None:
            return
        connection.supposed = True
        first, second = connection.endpoints
        if self._is_service(first) == self._is_service(second):
            connection.client = 0 if first.port > second.port else 1
        else:
            connection.client = 1 if self._is_service(first) else 0

    def on_left(
        self, direction: Direction, held: Sequence[Chunk], shown: bytes, *, begins: bool
    ) -> list[Remark | Anomaly]:
        """Take in a connection that no carrier of Nest's reads.

        Args:
            direction: The one by which it was judged.
            held: Its bytes, as they came.
            shown: Those of them that may be shown.
            begins: Whether they are its first.
        """
        connection, packet = direction.connection, held[0].packet
        beginning = b"".join(each.data for each in held)
        known = PROXY_PROTOCOL if connection.proxy else None
        name = known or name_protocol(beginning, brokers=begins)
        client = connection.client
        side = direction.side if client is None else client
        asked = connection.directions[side]
        if name is not None:
            return self.on_foreign(asked, name, packet)
        if direction is not asked or not begins:
            return []
        return self.on_unframed(asked, beginning, shown, packet)

    def on_foreign(
        self, direction: Direction, protocol: str, record: DataPacket
    ) -> list[Remark | Anomaly]:
        """Take in a connection that speaks another protocol."""
        port = direction.connection.endpoints[1 - direction.side].port
        self.foreign[f"{protocol} on :{port}"] += 1
        remark = Remark(_FOREIGN, direction, record, subject=protocol)
        return self._judge(remark)

    def on_alarm(self, alarm: Alarm) -> list[Remark | Anomaly]:
        """Take in that one side broke a connection off, for reasons of TLS."""
        where, packet = alarm.direction, alarm.packet
        return self._judge(Remark(_ALARM, where, packet, subject=alarm.reason))

    def on_unread(self, unread: Unread) -> list[Remark | Anomaly]:
        """Take in a connection that the key log does not decrypt, or no longer."""
        connection = unread.direction.connection
        if not unread.begun:
            self.foreign[f"{_TLS} on :{connection.server_endpoint.port}"] += 1
        asked = connection.directions[connection.client or 0]
        remark = Remark(_UNREAD, asked, unread.packet, subject=unread.reason)
        return self._judge(remark)

    def on_unframed(
        self, direction: Direction, beginning: bytes, shown: bytes, record: DataPacket
    ) -> list[Remark | Anomaly]:
        """Take in a connection whose client begins with what is no frame.

        Args:
            direction: That of the client.
            beginning: Its first bytes.
            shown: Those of them that may be shown.
            record: The data packet that carried the first.
        """
        remark = Remark(
            _UNFRAMED,
            direction,
            record,
            subject=kind_of(beginning),
            detail=shown[:KEPT].decode("latin-1"),
            size=seems_nest(beginning[:KEPT]),
        )
        return self._judge(remark)

    def on_nobodys(
        self, connection: Connection, withheld: Withheld | None
    ) -> list[Remark | Anomaly]:
        """Take in a connection to a broker that never carried a packet of Nest.

        It may have gone to who speaks something else. What went wrong counts as well: a
        broker that refuses a client says so before that can send one.
        """
        if withheld is None:
            return []
        asked = connection.directions[connection.client or 0]
        title = withheld.carrier.title
        self.foreign[f"{title} on :{connection.server_endpoint.port}"] += 1
        remark = Remark(_FOREIGN, asked, withheld.first, subject=title)
        found: list[Remark | Anomaly] = [remark]
        found += [each for each in withheld.seen if isinstance(each, Anomaly)]
        return [judged for each in found for judged in self._judge(each)]

    def on_closed(self, closed: Closed) -> list[Remark | Anomaly]:
        """Take in a connection that is over and of which no carrier has read."""
        connection = closed.connection
        if _failed(closed):
            return self._judge(_attempt(closed))
        if connection.proxy and not connection.ignored:
            side, number = connection.trouble["proxy"]
            record = DataPacket(number, closed.time_ns, 0, 0)
            return self.on_foreign(connection.directions[side], PROXY_PROTOCOL, record)
        # One that is passed over may have carried what nobody looked at.
        empty = not connection.ignored and _carried_nothing(closed)
        return self.on_empty(connection) if empty else []

    def on_cut(self, gaps: list[Gap]) -> None:
        """Take in holes of a connection that is over and that no carrier has read."""
        room = self._most_waiting - len(self._cut)
        self._cut += [gap for gap in gaps if gap.cut][:room]

    def on_end(self) -> list[Remark | Anomaly | Gap]:
        """Return what was never established, or was cut away, and may be Nest's."""
        return [*self._failed_attempts(), *filter(self._may_be_nest, self._cut)]

    def _may_be_nest(self, gap: Gap) -> bool:
        """Whether a hole is on a port of Nest's, or nothing here is Nest's."""
        endpoint = gap.direction.connection.server_endpoint
        return not self._hosts or self._is_service(endpoint)

    def _is_service(self, endpoint: Endpoint) -> bool:
        return endpoint in self._services or endpoint.port in self._forced

    def _failed_attempts(self) -> list[Remark | Anomaly]:
        remarks = [
            each
            for waiting in self._waiting.values()
            if all(remark.code in _UNANSWERED for remark in waiting)
            for each in waiting
            if self._concerns_nest(each)
        ]
        self._waiting.clear()
        return sorted(remarks, key=lambda each: each.record.number)

    def _concerns_nest(self, remark: Remark | Anomaly) -> bool:
        """Whether a failed attempt is of who speaks Nest, or unframed bytes seem so.

        Where nobody speaks Nest, any attempt may have been one. What is encrypted may
        be anything where somebody does.
        """
        if remark.code == _UNREAD:
            return not self._hosts
        if remark.code == _UNFRAMED:
            return isinstance(remark, Remark) and bool(remark.size)
        client = remark.direction.connection.client_endpoint
        return not self._hosts or client.address in self._hosts

    def on_empty(self, connection: Connection) -> list[Remark | Anomaly]:
        """Take in a connection that is over and carried nothing."""
        asked = connection.directions[connection.client or 0]
        record = DataPacket(connection.opened_in, connection.opened_ns, 0, 0)
        return self._judge(Remark("empty-connection", asked, record))

    def _judge(self, remark: Remark | Anomaly) -> list[Remark | Anomaly]:
        endpoint = remark.direction.connection.server_endpoint
        if self._is_own(remark, endpoint):
            return []
        if self._is_service(endpoint):
            return [self._at_service(remark, endpoint)]
        if self._count < self._most_waiting:
            self._count += 1
            self._waiting.setdefault(endpoint, []).append(remark)
        return []

    def _is_own(self, remark: Remark | Anomaly, endpoint: Endpoint) -> bool:
        """Whether a remark names as foreign what its server is known to speak.

        A gateway of Nest's shares its port with the routes of the application.
        """
        name = self._services.get(endpoint) or self._forced.get(endpoint.port, "")
        known = carriers().get(name)
        if not isinstance(remark, Remark) or remark.code != _FOREIGN or known is None:
            return False
        routes = has_sessions(name) and remark.subject in {HTTP, PUSHER}
        return routes or remark.subject == known.title

    def _at_service(
        self, remark: Remark | Anomaly, endpoint: Endpoint
    ) -> Remark | Anomaly:
        """Note on the connection of a remark what its server speaks."""
        carrier = self._services.get(endpoint) or self._forced.get(endpoint.port, "")
        connection = remark.direction.connection
        connection.service = carrier
        if begins(connection.carrier):  # it begins nothing: Nest cannot read it
            connection.carrier = ""
        return remark


def _failed(closed: Closed) -> bool:
    """Whether a connection was refused, or nobody answered for long enough."""
    connection = closed.connection
    if connection.established or not connection.attempts:
        return False
    waited_ns = closed.time_ns - connection.opened_ns
    again = connection.attempts > 1
    return _refusal(connection) is not None or again or waited_ns >= GIVEN_TIME_NS


def _refusal(connection: Connection) -> int | None:
    """Return the record of the RST that answered a SYN; None where none did."""
    side, record = connection.trouble.get("reset", (connection.client, 0))
    return None if side == connection.client else record


def _attempt(closed: Closed) -> Remark:
    """Return the remark on a connection that was never established."""
    connection = closed.connection
    asked = connection.directions[connection.client or 0]
    refusal = _refusal(connection)
    number, time_ns = connection.opened_in, connection.opened_ns
    if refusal is not None:
        number, time_ns = refusal, closed.time_ns
    return Remark(
        _REFUSED,
        asked if refusal is None else asked.opposite,
        DataPacket(number, time_ns, 0, 0),
        subject="unanswered" if refusal is None else "refused",
        detail=str(connection.server_endpoint),
        size=connection.attempts,
        duration_ns=closed.time_ns - connection.opened_ns,
    )


def _carried_nothing(closed: Closed) -> bool:
    """Whether a connection was opened and closed, and nothing else."""
    return closed.cause != "end" and all(
        direction.from_start and not direction.next
        for direction in closed.connection.directions
    )
