"""Who asks and who answers over brokers, and in which groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .totals import MAX_REMEMBERED

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange


class Roles:
    """The roles of those who speak to the brokers of one carrier.

    Attributes:
        asks: Who asked, or sent an event, as ``address:port`` …
        answers: … and who handled such, each with its group, if it has one.
    """

    def __init__(self, most: int = MAX_REMEMBERED) -> None:
        self._most = most
        self.asks: dict[str, None] = {}
        self.answers: dict[str, str | None] = {}
        self._known: set[tuple[int, str | None]] = set()  # … by their connections

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange over a broker."""
        passage = exchange.passage
        assert passage is not None
        if not passage.serves(exchange.connection) and len(self.asks) < self._most:
            self.asks[exchange.client_text] = None
        for hop in passage.hops:
            place = hop.direction.connection.number, hop.group
            if place in self._known or not hop.delivers:
                continue
            if len(self.answers) >= self._most:
                continue
            self._known.add(place)
            handler = hop.direction.connection.client_text
            self.answers[handler] = hop.group or self.answers.get(handler)

    def knows_caller(self, caller: str) -> bool:
        """Whether nothing is to be learnt of who asks, as ``address:port``."""
        return caller in self.asks or len(self.asks) >= self._most

    def knows_handler(self, connection: int, group: str | None) -> bool:
        """Whether nothing is to be learnt of the end of a connection in a group."""
        return (connection, group) in self._known or len(self.answers) >= self._most

    def merge(self, other: Roles) -> None:
        """Take in those of another part of the capture."""
        self.asks |= other.asks
        for handler, group in other.answers.items():
            self.answers[handler] = group or self.answers.get(handler)

    @property
    def groups(self) -> list[str]:
        """The groups of those who answer, in order of appearance."""
        return list(dict.fromkeys(filter(None, self.answers.values())))
