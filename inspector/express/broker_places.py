"""Where plain exchanges over brokers are counted, by who asks, and who answers.

::

    pattern, as it is written ─► Spelling ─► caller and service ─► Place: its rows
    connection and group      ─► Server: what it is known by

A place is found once one exchange like those that it counts went the ordinary way, so
that nothing is to be learnt of any other: who asks and who answers, in which rows they
are, and what a finding would know of the pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.calls.costs import cost_of_taken
from inspector.calls.plain import PlainPlace
from inspector.calls.serving import service_at
from inspector.carriers.base import Taken
from inspector.figures.traffic import pair_of
from inspector.findings.broker_words import words_of
from protocol import parse_body

if TYPE_CHECKING:
    from inspector.calls.exchanges import Kind
    from inspector.calls.joining.book import Book
    from inspector.calls.joining.joined import Joined
    from inspector.calls.joining.plain import PlainPassage
    from inspector.carriers.base import Cost
    from inspector.figures.report import Report
    from inspector.figures.rows import PacketRow, PatternRow
    from inspector.findings.signs import Signs
    from inspector.streams.connections import Connection
    from protocol import Json

REMEMBERED = 20_000
"""Places, spellings or servers, after which all of them are looked for anew."""


class Spelling(PlainPlace):
    """A pattern, as it is written.

    Attributes:
        route: Its route.
        places: The number of who asks, what serves it, and what its carrier does for it
            → where that is counted.
    """

    __slots__ = ("places", "route")

    def __init__(self, pattern: Json, route: str) -> None:
        super().__init__(pattern)
        self.route = route
        self.places: dict[tuple[int, str, tuple[str, ...]], Place] = {}


class Place:
    """Where exchanges of a pattern are counted, between who asks and what serves it.

    Attributes:
        channel: Where they were sent to.
        row: What happens there.
        packet_row: Their packets …
        cost: … and what those should be.
    """

    __slots__ = ("channel", "cost", "packet_row", "row")

    def __init__(
        self, channel: str, row: PatternRow, packet_row: PacketRow, cost: Cost
    ) -> None:
        self.channel = channel
        self.row = row
        self.packet_row = packet_row
        self.cost = cost


class Server:
    """Who handles what a broker hands on.

    Attributes:
        service: What that is known by: a group, or the process itself …
        connection: … and where that was handed it …
        process: … with the address of that.
    """

    __slots__ = ("connection", "process", "service")

    def __init__(self, service: str, connection: Connection) -> None:
        self.service = service
        self.connection = connection
        self.process = connection.client_text


class BrokerPlaces:
    """Find places, and remember them.

    Args:
        book: What is known of exchanges over brokers.
        report: The figures.
        signs: What an exchange shows that is worth a closer look.
        most: Places, spellings or servers that are remembered.

    Attributes:
        messages: Pattern of calls, as it was written, or itself where it is not → what
            it says …
        events: … and the same of events.
    """

    def __init__(
        self, book: Book, report: Report, signs: Signs, most: int = REMEMBERED
    ) -> None:
        self._most = most
        self._book = book
        self._report = report
        self._signs = signs
        self.messages: dict[bytes | str, Spelling] = {}
        self.events: dict[bytes | str, Spelling] = {}
        self._servers: dict[tuple[int, str | None], Server] = {}
        self._found = 0  # places

    def name(self, pattern: str, spellings: dict[bytes | str, Spelling]) -> Spelling:
        """Return a pattern that travels as it is, and remember it.

        Args:
            pattern: The pattern.
            spellings: Those of messages, or of events.
        """
        known = spellings.get(pattern)
        return known or self._remember(pattern, pattern, spellings)

    def spell(
        self, text: bytes, body: bytes, spellings: dict[bytes | str, Spelling]
    ) -> Spelling:
        """Return what a pattern says that is written so, and remember it.

        Args:
            text: The pattern, as it was written.
            body: All that was written.
            spellings: Those of messages, or of events.

        Raises:
            PacketError: The body is not a packet.
            DecodeError: The pattern is read in an unusual way (of msgspec).
        """
        msgspec.json.decode(text)
        pattern = parse_body(body).pattern  # type: ignore[union-attr]
        return self._remember(text, pattern, spellings)

    def _remember(
        self,
        written: bytes | str,
        pattern: Json,
        spellings: dict[bytes | str, Spelling],
    ) -> Spelling:
        if len(spellings) >= self._most:
            spellings.clear()
        spelling = Spelling(pattern, self._book.routes.find(pattern))
        spellings[written] = spelling
        return spelling

    def place_of(
        self, joined: Joined, passage: PlainPassage, server: Server
    ) -> Place | None:
        """Return where an exchange is counted, if nothing is to be learnt of it.

        Args:
            joined: The exchange, which is over; its handler is known.
            passage: What is known of it.
            server: Who handles it.
        """
        caller = passage.hops[0][0].connection
        if caller.counts.retransmissions != passage.retransmissions:
            return None
        places = passage.place.places  # type: ignore[attr-defined]
        place = places.get((caller.number, server.service, passage.verbs))
        if place is None:
            return self._find(joined, passage, server)
        usual = place.cost.packets == joined.ledger.data_packets
        return place if usual and place.channel == passage.channel else None

    def _find(
        self, joined: Joined, passage: PlainPassage, server: Server
    ) -> Place | None:
        """Look for where an exchange is counted, and remember it."""
        ledger, caller = joined.ledger, passage.hops[0][0].connection
        carrier, kind, service = ledger.carrier, ledger.kind, server.service
        row = self._row_of(caller, (passage.route, kind), service)
        cost = cost_of_taken(carrier, Taken(kind, len(passage.hops), passage.verbs))
        packets = ledger.data_packets
        roles = self._report.traffic.roles[carrier]
        if (
            row is None
            or cost is None
            or cost.packets != packets
            or not (joined.queued or _is_addressed(passage, carrier))
            or not roles.knows_caller(caller.client_text)
            or not self._book.knows_service(joined.realm, passage.channel)
            or not self._signs.is_usual(
                service, passage.route, kind, passage.place.pattern
            )
        ):
            return None
        if self._found >= self._most:
            self._forget()
        self._found += 1
        packet_row = self._report.packet_row(carrier, kind, packets)
        place = Place(passage.channel, row, packet_row, cost)
        places = passage.place.places  # type: ignore[attr-defined]
        places[caller.number, service, passage.verbs] = place
        return place

    def _row_of(
        self, caller: Connection, what: tuple[str, Kind], service: str
    ) -> PatternRow | None:
        pair = pair_of(caller)._replace(client=caller.client_text, service=service)
        return self._report.traffic.tables.get(pair, {}).get(what)

    def _forget(self) -> None:
        """Forget all places."""
        self._found = 0
        for spelling in (*self.messages.values(), *self.events.values()):
            spelling.places.clear()

    def server_of(self, passage: PlainPassage) -> Server | None:
        """Return who handles an exchange, if nothing is to be learnt of that."""
        connection, group = passage.hops[1][0].connection, passage.group
        key = connection.number, group
        return self._servers.get(key) or self._meet(connection, group)

    def _meet(self, connection: Connection, group: str | None) -> Server | None:
        """Learn who is at the end of a connection, once it is known."""
        roles = self._report.traffic.roles[connection.carrier]
        if not roles.knows_handler(connection.number, group):
            return None
        if len(self._servers) >= self._most:
            self._servers.clear()
        server = Server(service_at(connection, group), connection)
        self._servers[connection.number, group] = server
        return server


def _is_addressed(passage: PlainPassage, carrier: str) -> bool:
    """Whether an exchange was sent where its pattern says, and that can be."""
    channel, route = passage.channel, passage.route
    return channel == route and not words_of(carrier).flaw(channel, route)
