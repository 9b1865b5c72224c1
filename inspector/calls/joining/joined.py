"""What is known of an exchange whose hops are joined, and for how long it is kept.

::

    open ── its end is known, and what it owes has come ──► told ──► remembered
      │                                                      ▲       (no payloads)
      └── quiet for a second since its outcome was known ────┘
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.passages import Leg, Service, Way

from .plain import ANSWERED, HANDED

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from inspector.calls.exchanges import Exchange, Ledger, Outcome
    from inspector.calls.passages import Hop, Passage
    from inspector.calls.seen import Upkeep
    from inspector.streams.connections import Connection
    from inspector.streams.items import Closed
    from protocol import Response

    from .plain import PlainPassage

# Looking a member up in an enumeration costs more than in a module.
_REQUEST, _IN = Leg.REQUEST, Way.IN
# decision 119
QUIET_NS = 1_000_000_000
"""How long more may come of an exchange whose outcome is known."""
# decision 120
RECONNECT_NS = 10 * QUIET_NS
"""How long a caller that lost its connection may take to ask for its replies again.

Source: nats.js, ``reconnectTimeWait``: it tries again after 2 s, and so on.
"""
# decision 121
MAX_OPEN = 50_000
"""Exchanges that may be open; beyond it the oldest is told as it stands."""
MAX_HELD = 128 << 20
"""Bytes of all hops of open exchanges; beyond them the oldest is told, too.

Most packets pass twice, so that their bodies are half of that.
"""
MAX_REMEMBERED = 20_000
"""Exchanges that are remembered, without their payloads, after they were told."""
MAX_ALIKE = 64
"""Calls with one correlation, from which on those that were told make room for others.

A reply looks at all of them. Nest takes another for each call; a client in another
language may ask for all its replies on one subject.
"""
MAX_CROWD = 1_024
"""The same of those that go on: replies find the others no more, which are unanswered.
"""
MAX_PENDING = 1_024
"""Replies of one call that may wait to be handed on."""
MAX_HOPS = 10_000
"""Hops of one exchange that are kept: a stream may go on for days."""


class Pending(msgspec.Struct, gc=False, eq=False):
    """A reply that the broker was handed, and has not handed on as far as is known.

    Attributes:
        packet: What it says.
        hop: How it came to the broker.
        body: What tells it from other replies of its call.
        told: Whether it counts as a reply already.
    """

    packet: Response
    hop: Hop
    body: int
    told: bool = False


class Joined(msgspec.Struct, gc=False, eq=False):
    """An exchange while its hops are joined, and what is remembered of it after.

    Attributes:
        ledger: Of the exchange.
        exchange: None once it was told, and while it is plain.
        passage: How it passes; None likewise.
        realm: The broker that its first hop was seen at.
        stands_on: The connection whose end concerns it: its caller's, or else that of
            its first hop.
        last_ns: When its last unit was seen, in nanoseconds since 1970.
        correlation: What joins its replies; None for an event.
        id: What tells that of the request from others; None where it is not known.
        requested: Whether the broker was seen to be handed its request.
        ahead: What tells replies apart that reached the caller, though the broker was
            not seen to be handed them → which of the replies they are.
        held: Bytes of its packets, on all their hops.
        awaited: Whether its end is looked for once it has been quiet for long enough.
        caller: The connection that asked; None while that is not known.
        had: The destinations that have had the request.
        pending: Replies that have not reached the caller.
        numbered: How many replies the broker was handed, or handed on first.
        outcome: How it ends, once that is known.
        owes: Errands that are still to come …
        unconfirmed: … and transfers that are still to be confirmed.
        dual: Whether its caller asks on one connection, and listens on another.
        listens: Where its caller listens, once that is known: on another connection.
        crowded: Whether others than its caller have its replies too.
        like: What is alike in events that it may be mistaken for.
        closed: The end of its connection, once that has come.
        forgotten: Whether nothing is remembered of it any more.
        plain: What is kept of it instead while it is plain; see :meth:`make`.
    """

    ledger: Ledger
    exchange: Exchange | None
    passage: Passage | None
    realm: Hashable
    stands_on: Connection
    last_ns: int
    correlation: Hashable = None
    id: Hashable = None
    awaited: bool = False
    caller: Connection | None = None
    had: set[Hashable] = msgspec.field(default_factory=set)
    pending: list[Pending] = msgspec.field(default_factory=list)
    numbered: int = 0
    outcome: Outcome | None = None
    owes: int = 0
    like: Hashable = None
    closed: Closed | None = None
    forgotten: bool = False
    requested: bool = False
    held: int = 0
    ahead: dict[int, int] = msgspec.field(default_factory=dict)
    unconfirmed: int = 0
    dual: bool = False
    listens: Connection | None = None
    crowded: bool = False
    plain: PlainPassage | None = None

    @classmethod
    def begin(cls, exchange: Exchange, realm: Hashable, time_ns: int) -> Joined:
        """Return what an exchange is, of which nothing is joined yet."""
        ledger, passage = exchange.ledger, exchange.passage
        return cls(ledger, exchange, passage, realm, exchange.connection, time_ns)

    # decision 138
    def make(self) -> Joined:
        """Make an exchange of what is plain, before anybody looks; return itself."""
        if (plain := self.plain) is None:
            return self
        self.plain, count = None, len(plain.hops)
        self.exchange = exchange = plain.exchange(self.ledger)
        self.passage, self.caller = exchange.passage, exchange.connection
        self.requested, self.owes = True, int(bool(plain.opened))
        self.outcome = plain.outcome(exchange.kind)
        if count >= HANDED:
            self.had.add(plain.destination)
        self.numbered = int(count >= ANSWERED)
        if count == ANSWERED and self.passage is not None:
            reply, hop = plain.response_packet(), self.passage.hops[-1]
            self.wait(Pending(reply, hop, hash(plain.reply)))
        return self

    def wait(self, pending: Pending) -> None:
        """Learn of a reply that has not reached the caller; of many, only the last."""
        if len(self.pending) >= MAX_PENDING:
            del self.pending[0]
        self.pending.append(pending)

    @property
    def settled(self) -> bool:
        """Whether nothing more is to come of it: told at once, it lacks nothing.

        An event may go on to more destinations, a call that several handlers had may
        have more answers, and one whose caller is not known another half. A request
        that was not seen may come late.
        """
        return (
            self.outcome is not None
            and not (self.owes or self.unconfirmed or self.crowded)
            and not self.pending
            and self.caller is not None
            and self.correlation is not None
            and len(self.had) < 2  # noqa: PLR2004 — one handler
            and self.requested
            and not (self.ahead and self.had)
        )

    @property
    def lacks_request(self) -> bool:
        """Whether it goes on, and the broker was not seen to be handed its request."""
        return self.passage is not None and not self.requested

    @property
    def waits(self) -> bool:
        """Whether its caller waits for a reply."""
        passage = self.passage
        return self.outcome is None and passage is not None and passage.left_ns is None

    def add_hop(self, hop: Hop) -> None:
        """Add a hop; of many only the last after the first ones."""
        passage = self.passage
        assert passage is not None
        hops = passage.hops
        if len(hops) < MAX_HOPS:
            hops.append(hop)
        else:
            hops[-1] = hop
            passage.left_out += 1
        if hop.leg is _REQUEST:
            passage.again += hop.again
            if hop.way is _IN:
                passage.asked = self.requested = True
            else:
                passage.served = True
                passage.reached = len(self.had)
                passage.retained += hop.retained
        elif hop.way is _IN:
            passage.served = True
            passage.surplus_in += hop.surplus
            passage.elsewhere += hop.elsewhere
        else:
            passage.asked = passage.asked or not hop.overheard
            passage.overheard += hop.overheard
            passage.surplus_out += hop.surplus

    def add_errand(self, verb: str, upkeep: Upkeep) -> None:
        """Add what the carrier did for its sake."""
        passage = self.passage
        if passage is not None and len(passage.errands) < MAX_HOPS:
            service = Service(verb, upkeep.direction, upkeep.records)
            passage.errands.append(service)

    @property
    def expected(self) -> bool:
        """Whether its end may be expected without anything more of it."""
        passage = self.passage
        left = passage is not None and passage.left_ns is not None
        return self.outcome is not None or self.closed is not None or left

    def handled_by(self, connection: Connection) -> bool:
        """Whether the request was handed to a connection."""
        passage = self.passage
        return passage is not None and any(
            hop.delivers and hop.direction.connection is connection
            for hop in passage.hops
        )

    def take(self, body: int) -> Pending | None:
        """Return the reply that the broker hands on now, if it was seen to get it."""
        for index, each in enumerate(self.pending):
            if each.body == body:
                del self.pending[index]
                return each
        return None


class Memory:
    """Exchanges that are open, and the last that were told.

    Attributes:
        open: Number → those that are open, the oldest first.
        held: Bytes of all their hops …
        most_held: … and how many of them there may be.
        coming: When the end of some of them is looked for, in nanoseconds since 1970,
            and whose that is, in that order.
    """

    def __init__(
        self,
        most_open: int = MAX_OPEN,
        most_remembered: int = MAX_REMEMBERED,
        most_held: int = MAX_HELD,
    ) -> None:
        self.held = 0
        self.most_held = most_held
        self.open: dict[int, Joined] = {}
        self.coming: deque[tuple[int, Joined]] = deque()
        self._most_open = most_open
        self._most_remembered = most_remembered
        self._calls: dict[Hashable, list[Joined]] = {}  # by their correlation
        self._on: dict[Connection, dict[int, Joined]] = {}  # whose end concerns them
        self._over: deque[Joined] = deque()

    def add(self, joined: Joined) -> Joined | None:
        """Take in one that begins; return one that has to go for it."""
        self.open[joined.ledger.number] = joined
        self._stand_on(joined, joined.stands_on)
        if len(self.open) <= self._most_open:
            return None
        return self.oldest()

    def place(self, joined: Joined, caller: Connection) -> None:
        """Learn who asks."""
        joined.caller = caller
        if joined.stands_on is not caller:
            self._leave(joined)
            self._stand_on(joined, caller)

    def standing_on(self, connection: Connection) -> list[Joined]:
        """Return those open exchanges that the end of a connection concerns.

        Those that it asked; where who asks is not known, those that were first seen
        on it.
        """
        return [each.make() for each in self._on.get(connection, {}).values()]

    def correlate(
        self, joined: Joined, correlation: Hashable, identity: Hashable
    ) -> None:
        """Let the replies of a call be found."""
        joined.correlation, joined.id = correlation, identity
        calls = self._calls.setdefault(correlation, [])
        if len(calls) >= MAX_ALIKE:
            told = next((each for each in calls if each.exchange is None), None)
            if told is not None:
                calls.remove(told)
            elif len(calls) >= MAX_CROWD:
                del calls[0]
        calls.append(joined)

    def calls(self, correlation: Hashable) -> list[Joined]:
        """Return the calls with a correlation, the oldest first, also those told."""
        calls = self._calls.get(correlation) or []
        for each in calls:
            each.make()
        return calls

    def knows(self, correlation: Hashable) -> bool:
        """Whether there is a call with a correlation, be it told."""
        return correlation in self._calls

    def plain_call(self, correlation: Hashable) -> Joined | None:
        """Return the call with a correlation while it is plain; None for any other."""
        calls = self._calls.get(correlation)
        return calls[0] if calls is not None and calls[0].plain is not None else None

    def oldest(self) -> Joined:
        """Return the oldest of those that are open."""
        return next(iter(self.open.values())).make()

    @property
    def full(self) -> bool:
        """Whether one that is open has to go for one more."""
        return len(self.open) >= self._most_open

    def expect(self, joined: Joined, time_ns: int) -> None:
        """Learn that one is over once it has been quiet for long enough."""
        if not joined.awaited:  # or it would be looked at as often as it was said
            joined.awaited = True
            self.coming.append((time_ns + QUIET_NS, joined))

    def due(self, time_ns: int) -> Iterator[Joined]:
        """Yield those that have been quiet for long enough."""
        due = self.coming
        while due and due[0][0] <= time_ns:
            joined = due.popleft()[1].make()
            if joined.exchange is None:
                continue
            if not joined.expected:
                joined.awaited = False
                continue
            end_ns = joined.last_ns + QUIET_NS
            if joined.closed is not None and joined.outcome is None:
                end_ns = joined.closed.time_ns + RECONNECT_NS
            if end_ns > time_ns:
                due.append((time_ns + QUIET_NS, joined))
                continue
            yield joined

    def close(self, joined: Joined) -> Iterator[Joined]:
        """Keep of one that was told what is needed; yield those now forgotten."""
        del self.open[joined.ledger.number]
        self.held -= joined.held
        self._leave(joined)
        joined.closed = None
        joined.ahead.clear()
        joined.exchange = joined.passage = joined.caller = joined.plain = None
        joined.listens = None
        joined.pending.clear()
        self._over.append(joined)
        while len(self._over) > self._most_remembered:
            yield self._forget(self._over.popleft())

    def _stand_on(self, joined: Joined, connection: Connection) -> None:
        standing = self._on.get(connection)
        if standing is None:
            standing = self._on[connection] = {}
        standing[joined.ledger.number] = joined
        joined.stands_on = connection

    def _leave(self, joined: Joined) -> None:
        standing = self._on[joined.stands_on]
        del standing[joined.ledger.number]
        if not standing:
            del self._on[joined.stands_on]

    def _forget(self, joined: Joined) -> Joined:
        joined.forgotten = True
        calls = self._calls.get(joined.correlation)
        if calls is not None and joined in calls:
            calls.remove(joined)
            if not calls:
                del self._calls[joined.correlation]
        return joined
