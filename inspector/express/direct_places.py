"""Where plain exchanges over direct carriers are counted, by who asks whom.

::

    connection ─► its client and server ─► pattern, as it was written ─► Place: its rows

A place is found once one exchange like those that it counts went the ordinary way, so
that nothing is to be learnt of any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.calls.plain import PlainPlace
from inspector.figures.traffic import pair_of

if TYPE_CHECKING:
    from inspector.figures.report import Report
    from inspector.figures.rows import PacketRow, PatternRow
    from inspector.figures.traffic import Pair, Table
    from inspector.findings.signs import Signs
    from inspector.streams.connections import Connection
    from protocol import Json

_REMEMBERED = 20_000
"""Places, after which all are looked for anew."""
_EVENT = Kind.EVENT


class Place(PlainPlace):
    """Where plain exchanges of a pattern between a client and a server are counted.

    Attributes:
        route: Its route.
        carrier: What carries them.
        row: What happens there.
        packet_row: Their packets.
    """

    __slots__ = ("carrier", "packet_row", "route", "row")

    def __init__(
        self,
        pattern: Json,
        route: str,
        carrier: str,
        row: PatternRow,
        packet_row: PacketRow,
    ) -> None:
        super().__init__(pattern)
        self.route = route
        self.carrier = carrier
        self.row = row
        self.packet_row = packet_row


class Places:
    """The places between a client and a server.

    Attributes:
        table: Their rows, by route and kind.
        messages: Pattern, as it was written → the place of its calls …
        events: … and of its events.
    """

    __slots__ = ("events", "messages", "table")

    def __init__(self, table: Table) -> None:
        self.table = table
        self.messages: dict[bytes | str, Place] = {}
        self.events: dict[bytes | str, Place] = {}


class DirectPlaces:
    """The places of all connections, as far as they are remembered.

    Args:
        report: The figures.
        signs: What an exchange shows that is worth a closer look.
        packets: Data packets of a plain call.

    Attributes:
        of: Number of a connection → the places of those whom it is between.
    """

    def __init__(self, report: Report, signs: Signs, packets: int = 2) -> None:
        self.of: dict[int, Places] = {}
        self._report = report
        self._signs = signs
        self._packets = packets
        self._found = 0  # places
        self._of_pairs: dict[Pair, Places] = {}

    def find(
        self,
        connection: Connection,
        pattern: Json,
        route: str,
        kind: Kind,
        text: bytes | str,
    ) -> Place | None:
        """Return where such exchanges are counted, if nothing is to be learnt of them.

        Nothing is once one between their client and their server went the ordinary way.

        Args:
            connection: Where one was seen.
            pattern: Its pattern …
            route: … and the route of that.
            kind: Whether it is a message or an event.
            text: The pattern, as it was written.
        """
        places = self.of.get(connection.number) or self._places_of(connection)
        row, service = places.table.get((route, kind)), connection.server_text
        if row is None or not self._signs.is_usual(service, route, kind, pattern):
            return None
        carrier, packets = connection.carrier, 1 if kind is _EVENT else self._packets
        packet_row = self._report.packet_row(carrier, kind, packets)
        place = Place(pattern, route, carrier, row, packet_row)
        found = places.events if kind is _EVENT else places.messages
        found[text] = place
        self._found += 1
        return place

    def _places_of(self, connection: Connection) -> Places:
        """Return the places of whom a connection is between, of those remembered."""
        if max(self._found, len(self.of)) >= _REMEMBERED:
            self._found = 0
            self._of_pairs.clear()
            self.of.clear()
        pair = pair_of(connection)
        places = self._of_pairs.get(pair)
        if places is None:
            table = self._report.traffic.tables.get(pair)
            places = Places({} if table is None else table)
            if table is not None:
                self._of_pairs[pair] = places
        if places.table:
            self.of[connection.number] = places
        return places
