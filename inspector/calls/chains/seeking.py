"""Seek the parents of exchanges, in the order of their requests.

::

    exchanges, in order ─► notes ─► candidates ─► held for a while ─► parents
                                        └────► lanes, customs ───────────┘

What is made for a request begins after it, so a parent has a lower number, and no chain
is a circle. An exchange is held until some thousands have come after it: what these
show of ports counts for those before them as well.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order

from .book import Book
from .choosing import SOON_NS, Chooser
from .customs import Customs
from .lanes import MAX_RECEIVERS, Lanes
from .notes import Note, fits
from .origins import Origins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .notes import Scope

Other = TypeVar("Other")
HELD = 2_048
"""Exchanges that are held …"""
HELD_BYTES = 1 << 25
"""… as long as they are no larger together."""
_MOST_OTHERS = 8  # requests that are known to go on when an exchange begins


class Seeker:
    """Set the parents of exchanges.

    Args:
        held: How many are held until what comes after them is known.
        see: Is given each exchange while that has its parent, and nobody else sees it;
            None where the exchanges keep it.
    """

    def __init__(
        self, held: int = HELD, see: Callable[[Exchange], None] | None = None
    ) -> None:
        self._see = see
        self._most = held
        self._held: deque[tuple[Exchange, Note]] = deque()
        self._bytes = 0
        self._sockets: dict[int, frozenset[str]] = {}
        self._lanes = Lanes()
        self._customs = Customs()
        self.book = Book()
        self._origins = Origins()
        self._chooser = Chooser(
            self._lanes, self._customs, self._origins, self._sockets
        )

    def add(self, exchange: Exchange) -> Iterator[Exchange]:
        """Take in an exchange; yield those whose parent is settled."""
        note = self._noted(exchange)
        self._held.append((exchange, note))
        self._bytes += exchange.request_bytes + exchange.reply_bytes
        while len(self._held) > self._most or self._bytes > HELD_BYTES:
            yield self._settle()

    def remember(self, exchange: Exchange) -> None:
        """Take in an exchange whose own parent nobody asks for."""
        self._noted(exchange)

    def _noted(self, exchange: Exchange) -> Note:
        note = Note(exchange)
        self._lanes.pass_on(note.begin_ns)
        self.book.find(note)
        self._learn(note)
        self.book.add(note)
        for scope in note.scopes:
            end_ns = scope.begin_ns + SOON_NS if note.is_event else scope.end_ns
            self._lanes.handle(scope.host, scope.receiver, scope.begin_ns, end_ns)
        return note

    def finish(self) -> Iterator[Exchange]:
        """Yield the exchanges that are held."""
        while self._held:
            yield self._settle()

    def _learn(self, note: Note) -> None:
        """Learn what an exchange shows of its port, before its parent is settled."""
        if not note.sender:
            return
        chooser, lanes, found = self._chooser, self._lanes, note.candidates
        self._look_around(note)
        if len(found) == 1 and chooser.is_likely(note, found[0]):
            scope = found[0].scope
            self._customs.add(scope.receiver, note.begin_ns - scope.begin_ns)
            lanes.hold(note.sender, scope.receiver)
        elif not found:
            lanes.unlike(note.sender)
        if note.others or note.more:
            self._customs.compare(note.route, alike=bool(found or note.answers))
        known = frozenset[str]().union(*(each.note.values.tokens for each in found))
        self._origins.ask(note.values.tokens - known)
        self._origins.answer(note.news, note.begin_ns, note.end_ns)

    def _look_around(self, note: Note) -> None:
        """Learn what went on at the address of a sender when it sent an exchange."""
        host, time_ns, lanes, book = note.host, note.begin_ns, self._lanes, self.book
        receivers = lanes.receivers(host)
        since_ns = time_ns - SOON_NS
        for receiver in receivers:
            calls = book.calls_at(host, receiver, time_ns)
            events = book.events_at(host, receiver, time_ns, since_ns)
            note.others += _some_of(note, calls)
            note.others += _some_of(note, events)
            if len(note.others) >= _MOST_OTHERS:
                note.more = True
                break
        note.more |= len(receivers) >= MAX_RECEIVERS
        within = {each.receiver for each in note.others}
        if note.more:
            may_be = lanes.may_be_of(note.sender, host)
            within.update(each for each in may_be if self._is_busy(note, each))
        outside = not (note.others or note.candidates or note.answers)
        lanes.lie(note.sender, within, outside=outside)

    def _is_busy(self, note: Note, receiver: str) -> bool:
        """Whether a receiver may have sent an exchange for what it handled then."""
        host, time_ns = note.host, note.begin_ns
        calls = self.book.calls_at(host, receiver, time_ns)
        events = self.book.events_at(host, receiver, time_ns, time_ns - SOON_NS)
        return bool(_some_of(note, calls, 1) or _some_of(note, events, 1))

    def _settle(self) -> Exchange:
        exchange, note = self._held.popleft()
        self._bytes -= exchange.request_bytes + exchange.reply_bytes
        link, parent = self._chooser.choose(note)
        note.link, note.parent = link, parent
        if parent is not None:
            self._name_socket(note, parent)
        note.candidates, note.answers, note.others = [], [], []
        before, exchange.link = exchange.link, link
        if self._see is not None:
            self._see(exchange)
            exchange.link = before
        return exchange

    def _name_socket(self, note: Note, parent: Note) -> None:
        """Learn by what name others know the client of a gateway."""
        named = note.values.sockets - parent.values.sockets
        if len(named) == 1 and not parent.pushed and not parent.scopes[1:]:
            self._sockets.setdefault(parent.connection, named)


def _some_of(note: Note, scopes: Iterator[Scope], most: int = 4) -> list[Scope]:
    """Return those of which an exchange may be a part; of many, the latest."""
    return list(islice((each for each in scopes if fits(note, each)), most))


def with_parents(
    items: Iterable[Exchange | Other], seeker: Seeker | None = None
) -> Iterator[Exchange | Other]:
    """Yield exchanges in order, each with its parent, and all else where it came.

    Args:
        items: Exchanges as they end, and what comes with them.
        seeker: Seeks parents; one of its own where it is left out.
    """
    seeker = seeker or Seeker()
    waiting: deque[Exchange | Other] = deque()
    settled = 0
    for item in in_order(items):
        waiting.append(item)
        if isinstance(item, Exchange):
            settled += sum(1 for _ in seeker.add(item))
        while waiting and (settled or not isinstance(waiting[0], Exchange)):
            settled -= isinstance(waiting[0], Exchange)
            yield waiting.popleft()
    for _ in seeker.finish():
        pass
    yield from waiting
