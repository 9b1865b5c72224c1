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

from inspector.calls.exchanges import Exchange, payload_bytes
from inspector.calls.ordering import in_order

from .book import Book
from .choosing import SOON_NS, Chooser
from .clients import Clients
from .customs import Customs
from .flows import flows_of, heard_before
from .lanes import MAX_RECEIVERS, STRONG, Lanes, is_crowded
from .notes import LATE_NS, WAITED_NS, Note, fits, is_late
from .origins import Origins
from .rivals import answers_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .flows import Flow
    from .notes import Scope

Other = TypeVar("Other")
HELD = 2_048
"""Exchanges that are held …"""
HELD_BYTES = 1 << 25
"""… as long as they are no larger together."""
_PATIENCE = 32  # exchanges after which it is looked anew whose port is whose
_RECENT = 64  # exchanges whose answers somebody may say at once
_MOST_OTHERS = 8  # … at one address of many programs, twice as many


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
        self._recent: deque[Note] = deque(maxlen=_RECENT)
        self._clients = Clients()
        self._origins = Origins()
        self._knowing: dict[
            str, frozenset[str]
        ] = {}  # socket → receivers that were told it
        self._lanes = Lanes(self._origins, _PATIENCE)
        self._customs = Customs()
        self.book = Book()
        self._chooser = Chooser(
            self._lanes, self._customs, self._origins, self._clients
        )

    def add(self, exchange: Exchange) -> Iterator[Exchange]:
        """Take in an exchange; yield those whose parent is settled."""
        note = self._noted(exchange)
        self._held.append((exchange, note))
        self._bytes += payload_bytes(exchange)
        while len(self._held) > self._most or self._bytes > HELD_BYTES:
            yield self._settle()

    def remember(self, exchange: Exchange) -> None:
        """Take in an exchange whose own parent nobody asks for."""
        self._noted(exchange)

    def _noted(self, exchange: Exchange) -> Note:
        note = Note(exchange)
        self._lanes.pass_on(note.begin_ns)
        self._meet(note)
        self.book.find(note)
        self._learn(note)
        self.book.add(note)
        if is_crowded(note.host):
            self._recent.append(note)
        self._clients.add(note)
        for scope in note.scopes:
            if note.is_event:
                self._lanes.hear(scope.host, scope.receiver, scope.begin_ns, SOON_NS)
            else:
                self._lanes.handle(
                    scope.host, scope.receiver, scope.begin_ns, scope.end_ns
                )
        return note

    def _meet(self, note: Note) -> None:
        """Learn whether an exchange may have waited for its connection."""
        if not note.sender:
            return
        lanes, begin_ns = self._lanes, note.begin_ns
        fresh = lanes.connect(note.sender, note.connection, begin_ns)
        lanes.ask(note.sender, [each.receiver for each in note.scopes])
        note.waited = fresh and bool(note.opened_ns)
        if is_crowded(note.host):
            note.ended = lanes.just_ended(note.host, begin_ns)
            note.since_ns = begin_ns - LATE_NS
            if note.waited:
                earliest_ns = max(note.opened_ns, begin_ns - WAITED_NS)
                note.since_ns = min(note.since_ns, earliest_ns)

    def service_of(self, port: str) -> frozenset[str]:
        """Return the listening ports of the process that a port is known to be of.

        Two ports are one lane if this has one in common for both. On one address that
        takes what three exchanges show, and nothing that contradicts, so later more may
        be known. Who has messages of a broker counts as listening.

        Args:
            port: An outgoing or a listening port, as ``address:port``.

        Returns:
            All that are known, as ``address:port``; none if nobody knows.
        """
        return self._lanes.owners(port)

    def finish(self) -> Iterator[Exchange]:
        """Yield the exchanges that are held."""
        self._lanes.renew()
        while self._held:
            yield self._settle()

    def _learn(self, note: Note) -> None:
        """Learn what an exchange shows of its port, before its parent is settled."""
        if not note.sender:
            return
        chooser, lanes, found = self._chooser, self._lanes, note.candidates
        self._look_around(note)
        said = self._follow(note)
        self._learn_of_client(note)
        if len(found) == 1 and chooser.is_likely(note, found[0]):
            scope = found[0].scope
            if not is_late(note, scope):
                if not note.waited:
                    delay_ns = note.begin_ns - scope.begin_ns
                    self._customs.add(scope.receiver, delay_ns)
                lanes.hold(note.sender, scope.receiver)
        elif not found and not note.waited:
            lanes.unlike(note.sender)
        if note.others or note.more:
            self._customs.compare(note.route, alike=bool(found or note.answers))
        known = said.union(*(each.note.values.tokens for each in found))
        self._origins.ask(note.values.tokens - known)
        self._origins.answer(note.told, note.begin_ns, note.end_ns)

    def _follow(self, note: Note) -> frozenset[str]:
        """Learn who passes on what an exchange has; return what is passed on of it."""
        if not is_crowded(note.host):
            return frozenset()
        flows = list(flows_of(note, self.book, self._origins))
        best: dict[str, Flow] = {}
        for each in flows:
            if each.weight >= best.get(each.receiver, each).weight:
                best[each.receiver] = each
        for each in [*best.values(), *(e for e in flows if not e.weight)]:
            self._lanes.flow(note.sender, each.receiver, each.value, each.weight)
        for heard in islice(heard_before(note, self._recent), 1):
            self._lanes.share(heard.sender, note.sender, heard.value, heard.weight)
        return frozenset(each.value for each in flows)

    def _learn_of_client(self, note: Note) -> None:
        """Learn whose port names a client, or answers at a channel that was named."""
        lanes = self._lanes
        if not note.channel or not note.values.sockets:
            return
        asked = [each for each in note.candidates if answers_to(note, each)]
        if len({each.scope.receiver for each in asked}) == 1:
            receiver = asked[0].scope.receiver
            lanes.flow(note.sender, receiver, f"@{note.number}", STRONG)
        if len({each.note.sender for each in asked}) == 1:
            for scope in note.scopes:
                lanes.join(asked[0].note.sender, scope.receiver)
        self._clients.tell(note, lanes)

    def _look_around(self, note: Note) -> None:
        """Learn what went on at the address of a sender when it sent an exchange."""
        host, time_ns, lanes, book = note.host, note.begin_ns, self._lanes, self.book
        receivers = lanes.receivers(host)
        most = 2 * _MOST_OTHERS if is_crowded(host) else _MOST_OTHERS
        since_ns = time_ns - SOON_NS
        for receiver in receivers:
            calls = book.calls_at(host, receiver, time_ns)
            events = book.events_at(host, receiver, time_ns, since_ns)
            note.others += _some_of(note, calls)
            note.others += _some_of(note, events)
            if note.waited and is_crowded(host):
                opened_ns = max(note.opened_ns, time_ns - WAITED_NS)
                then = self.book.calls_at(host, receiver, opened_ns)
                known = {id(each) for each in note.others}
                note.others += [e for e in _some_of(note, then) if id(e) not in known]
            if len(note.others) >= most:
                note.more = True
                break
        note.more |= len(receivers) >= MAX_RECEIVERS
        within = {each.receiver for each in note.others}
        if note.more:
            may_be = lanes.may_be_of(note.sender, host)
            within.update(each for each in may_be if self._is_busy(note, each))
        outside = not (note.others or note.candidates or note.answers or note.waited)
        since_ns = note.opened_ns if note.waited else time_ns
        if since_ns >= time_ns - WAITED_NS:
            lanes.lie(note.sender, host, since_ns, within=within, outside=outside)

    def _is_busy(self, note: Note, receiver: str) -> bool:
        """Whether a receiver may have sent an exchange for what it handled then."""
        host, time_ns = note.host, note.begin_ns
        calls = self.book.calls_at(host, receiver, time_ns)
        events = self.book.events_at(host, receiver, time_ns, time_ns - SOON_NS)
        return bool(_some_of(note, calls, 1) or _some_of(note, events, 1))

    def _settle(self) -> Exchange:
        exchange, note = self._held.popleft()
        self._bytes -= payload_bytes(exchange)
        link, parent = self._chooser.choose(note)
        note.link, note.parent = link, parent
        if parent is not None:
            self._clients.learn(note, parent)
            parent.made[note.sender, note.route] = note.end_ns
        note.candidates, note.answers, note.others = [], [], []
        before, exchange.link = exchange.link, link
        if self._see is not None:
            self._see(exchange)
            exchange.link = before
        return exchange


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
