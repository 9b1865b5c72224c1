"""Seek chains while a capture is read, as long as there can be any.

::

    connections, exchanges ─► somebody in the middle? ─► in order ─► parents ─► trees
                                    │ no: nothing                                │
                                    └─ until somebody is      what they say ◄────┘

Most captures have clients and a service, and no chain. There nothing is sought, so that
plain exchanges are figures at once. Where somebody is in the middle, all exchanges are
wanted from then on; if thousands of them have no parent, nobody is, and they are not.
"""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from inspector.calls.chains.middle import Middle
from inspector.calls.costs import has_sessions
from inspector.calls.exchanges import Kind, payload_bytes
from inspector.calls.ordering import MAX_WAITING, Order
from inspector.findings.evidence import answer_place

if TYPE_CHECKING:
    from inspector.calls.chains.seeking import Seeker
    from inspector.calls.chains.trees import Trees
    from inspector.calls.dispatching import Dispatcher
    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection

    from .chain_rows import ChainRows
    from .report import Report

UNSUCCESSFUL = 1_024
"""Exchanges, after which chains are sought no more if no parent was found by then."""
HELD = 256
"""Exchanges whose parents are settled only when so many have come after them."""
TRIES = 4
"""How often chains are sought at once when somebody new is in the middle."""
AGAIN = 64
"""Times the exchanges until then, after which they are sought again all the same."""
MOST_NODES = 20_000
"""Exchanges of trees that are not complete yet."""
_BEFORE = 64  # calls, and events, that are remembered before somebody is seen …
_DIRECT = 4  # … fewer where each may be of a connection that is over, and kept by it …
_SMALL = 4_096  # … of no more bytes each
_WAITING = 512  # exchanges that wait for an earlier one before a chain was found


class Counting(Protocol):
    """What counts plain exchanges, so that nobody sees them."""

    def stop(self) -> None:
        """Leave all exchanges to others from now on."""

    def resume(self) -> None:
        """Count those that are plain again."""


# decision 155: Chains are sought in every report, where somebody is in the middle
class Chaining:
    """Seek chains, and count them.

    Args:
        report: Where they are counted.
        calls: What exchanges come from.
        tries: How often they are sought as soon as there may be some; 0 for never.

    Attributes:
        counting: What counts plain exchanges, as long as nobody wants each.
    """

    def __init__(self, report: Report, calls: Dispatcher, tries: int = TRIES) -> None:
        self._report = report
        self._calls = calls
        self._left = tries
        self.counting: Counting | None = None
        self._middle = Middle()
        self._before: deque[Exchange] = deque(maxlen=_BEFORE)
        self._events: deque[Exchange] = deque(maxlen=_BEFORE)
        self._direct: deque[Exchange] = deque(maxlen=_DIRECT)
        self._seeking: _Seeking | None = None
        self._found = 0  # what was known of the middle when chains were last sought
        self._again = 0  # the number of exchanges from which on they are sought again

    @property
    def events(self) -> int:
        """How many events have to be told, so that all ways remember as many.

        Of more than these some are forgotten, whoever counts them.
        """
        return _BEFORE if self._left else 0

    def meet(self, connection: Connection, over: Exchange | None = None) -> None:
        """Learn of a connection whose exchanges may be of chains.

        Args:
            connection: The connection.
            over: The exchange that is over by then, and will be added; None for none.
        """
        self._middle.meet(connection)
        self._begin(over)

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange that is over."""
        if self._seeking is None:
            self._middle.add(exchange)
            self._begin(exchange)
        seeking = self._seeking
        if seeking is not None:
            seeking.add(exchange.number, exchange)
            if seeking.is_in_vain:
                self._rest()
        elif payload_bytes(exchange) <= _SMALL:
            stays = exchange.passage is not None or has_sessions(exchange.carrier)
            self._recent(exchange, stays=stays).append(exchange)

    def _recent(self, exchange: Exchange, *, stays: bool) -> deque[Exchange]:
        """Return with what an exchange is remembered.

        Calls push no events out: of calls that are figures at once nothing comes here,
        and what is known of events must not depend on how many those are.
        """
        if not stays:
            return self._direct
        return self._events if exchange.kind is Kind.EVENT else self._before

    def pass_over(self, exchange: Exchange) -> None:
        """Learn of an exchange that nobody asks for."""
        if self._seeking is not None:
            self._seeking.add(exchange.number, None)

    def finish(self) -> None:
        """Count the chains that are left, when the last exchange is over."""
        if self._seeking is not None:
            self._seeking.finish()

    def _begin(self, over: Exchange | None) -> None:
        """Seek chains, if something is new that makes them possible.

        Args:
            over: The exchange that is over by then, and will be added; None for none.
        """
        calls = self._calls
        if self._seeking is not None or not self._is_likely():
            return
        self._found = self._middle.found
        if self.counting is not None:
            self.counting.stop()
        before = [*self._direct, *self._events, *self._before]
        told = before if over is None else [*before, over]
        numbers = chain(calls.under_way(), (each.number for each in told))
        order = Order(numbers, calls.tally.exchanges, _WAITING)
        events = sum(each.kind is Kind.EVENT for each in told)
        lost = self._report.kinds[Kind.EVENT] > events
        self._seeking = _Seeking(self._report.chains, order, lost=lost)
        for each in before:
            self._seeking.add(each.number, each)
        self._direct.clear()
        self._events.clear()
        self._before.clear()

    def _is_likely(self) -> bool:
        """Whether it is worth to seek chains now."""
        if not self._left:
            return False
        new = self._middle.found > self._found and self._left > 1
        return new or (self._found > 0 and self._calls.tally.exchanges >= self._again)

    def _rest(self) -> None:
        """Seek no chains until something new makes them possible."""
        self._left = max(self._left - 1, 1)
        self._again = AGAIN * self._calls.tally.exchanges
        self._seeking = None
        self._found = self._middle.found
        if self.counting is not None:
            self.counting.resume()


class _Seeking:
    """Chains from one moment on.

    Args:
        rows: Where they are counted.
        order: What puts exchanges in order.
        lost: Whether there were events of which nothing is known.
    """

    def __init__(self, rows: ChainRows, order: Order, *, lost: bool) -> None:
        from inspector.calls.chains.notes import EVENT_NS  # noqa: PLC0415 — this is
        from inspector.calls.chains.seeking import Seeker  # noqa: PLC0415 — hardly
        from inspector.calls.chains.trees import Trees  # noqa: PLC0415 — ever needed

        self._rows = rows
        self._order = order
        self._seeker: Seeker = Seeker(HELD, self._grow)
        self._trees: Trees = Trees(most=MOST_NODES, place=answer_place)
        self._added = 0
        self._has_chains = False
        self._lost = lost
        self._event_ns = EVENT_NS

    @property
    def is_in_vain(self) -> bool:
        """Whether many exchanges have no parent, and none has."""
        return not self._has_chains and self._added >= UNSUCCESSFUL

    def add(self, number: int, exchange: Exchange | None) -> None:
        """Take in an exchange, or that one of some number is not asked for."""
        self._added += 1
        for each in self._order.add(number, exchange):
            self._seek(each)

    def finish(self) -> None:
        """Count what is left."""
        for each in self._order.finish():
            self._seek(each)
        for _ in self._seeker.finish():
            pass
        for root in self._trees.finish():
            self._rows.add(root)

    def _seek(self, exchange: Exchange) -> None:
        if self._lost:  # an event may be the cause of what begins some seconds after it
            self._seeker.book.lose(exchange.time_ns + self._event_ns)
            self._lost = False
        for _ in self._seeker.add(exchange):
            pass

    def _grow(self, exchange: Exchange) -> None:
        """Take in an exchange whose parent is settled."""
        if exchange.link is not None and exchange.link.parent is not None:
            self._has_chains = True
            self._order.most = MAX_WAITING
        for root in self._trees.add(exchange):
            self._rows.add(root)
