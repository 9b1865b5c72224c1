"""What is known of an exchange whose hops are joined, and for how long it is kept.

::

    open ── its end is known, and what it owes has come ──► told ──► remembered
      │                                                      ▲       (no payloads)
      └── quiet for a second since its outcome was known ────┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Outcome
from inspector.calls.passages import Leg, Service, Way
from inspector.carriers.base import Fate

from .plain import ANSWERED, HANDED

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.calls.exchanges import Exchange, Ledger
    from inspector.calls.passages import Hop, Passage
    from inspector.calls.seen import Upkeep
    from inspector.streams.connections import Connection
    from inspector.streams.items import Closed
    from protocol import Response

    from .plain import PlainPassage

# Looking a member up in an enumeration costs more than in a module.
_REQUEST, _IN, _SENT = Leg.REQUEST, Way.IN, Outcome.SENT
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
        unconfirmed: … and what its transfers are still to be told by their tags.
        dual: Whether its caller asks on one connection, and listens on another.
        listens: Where its caller listens, once that is known: on another connection.
        crowded: Whether others than its caller have its replies too.
        like: What is alike in events that it may be mistaken for.
        closed: The end of its connection, once that has come.
        forgotten: Whether nothing is remembered of it any more.
        plain: What is kept of it instead while it is plain; see :meth:`make`.
        queued: Whether it waits in the broker until somebody takes it.
        place: Which one it is of events that it may be mistaken for.
        unsettled: How many of those who had it are to say that they are done with it.
        given_back: How often it is to be delivered again.
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
    queued: bool = False
    place: int = 0
    unsettled: int = 0
    given_back: int = 0
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
        self.passage = passage = exchange.passage
        assert passage is not None
        # Who had it of a queue does not say that it is done with it: it took it so.
        passage.accepted = int(self.queued and count >= HANDED)
        self.numbered = int(count >= ANSWERED)
        if count == ANSWERED:
            reply, hop = plain.response_packet(), passage.hops[-1]
            self.wait(Pending(reply, hop, hash(plain.reply)))
        return self

    @property
    def told(self) -> bool:
        """Whether it was told, or counted."""
        return self.exchange is None and self.plain is None

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
                passage.dead += hop.dead
        elif hop.way is _IN:
            passage.served = True
            passage.surplus_in += hop.surplus
            passage.elsewhere += hop.elsewhere
        else:
            passage.asked = passage.asked or not hop.overheard
            passage.overheard += hop.overheard
            passage.surplus_out += hop.surplus

    def take_in(self, *, again: bool, awaited: bool, final: bool) -> None:
        """Learn that a handler has it, who may have to say that it is done with it."""
        self.unsettled += awaited
        self.given_back -= again and self.given_back > 0
        if final and self.passage is not None:
            self.passage.accepted += 1

    def settle(self, fate: Fate, *, awaited: bool) -> None:
        """Learn what becomes of it with one of those who had it."""
        passage = self.passage
        if passage is None:
            return
        self.unsettled -= awaited
        if fate is Fate.REQUEUED:
            self.given_back += 1
            passage.requeued += 1
        elif fate is Fate.REJECTED:
            passage.rejected += 1
        else:
            passage.accepted += 1

    def add_errand(self, verb: str, upkeep: Upkeep) -> None:
        """Add what the carrier did for its sake."""
        passage = self.passage
        if passage is not None and len(passage.errands) < MAX_HOPS:
            service = Service(verb, upkeep.direction, upkeep.records)
            passage.errands.append(service)

    @property
    def lingers(self) -> bool:
        """Whether it is an event that waits for who takes it, or is done with it."""
        return (
            self.queued
            and self.like is not None
            and not self.told
            and self.outcome is _SENT
            and bool(not self.had or self.unsettled or self.given_back)
        )

    @property
    def shared(self) -> bool:
        """Whether those who have it may share one copy: of a queue, or as a group."""
        passage = self.passage
        grouped = passage is not None and any(hop.group for hop in passage.hops)
        return self.queued or grouped

    @property
    def unsaid(self) -> bool:
        """Whether it is an event of which who had it did not say what became of it."""
        passage = self.passage
        return (
            self.like is not None
            and passage is not None
            and passage.accepted + passage.rejected < len(self.had)
        )

    @property
    def expected(self) -> bool:
        """Whether its end may be expected without anything more of it."""
        if self.lingers:
            return False
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
