"""What is known of sessions: who waits in them, and which connections they have.

A session over WebSocket is over with its connection. One that polls has a connection
now and then: it is over when none has come for as long as its peers wait themselves.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

from protocol import UNDEFINED, JsonText, UndefinedType, loads

from .exchanges import Exchange, Kind, Ledger
from .unended import USUAL_NS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from inspector.streams.connections import Connection
    from inspector.streams.endpoints import Endpoint
    from inspector.streams.items import Closed

HELD_NS = USUAL_NS
"""How long an event waits for an exception that repeats it."""
LINGERING_NS = 45_000_000_000
"""How long a session that polls may be without a connection.

Source: ``pingInterval`` and ``pingTimeout`` of Engine.IO, 25 s and 20 s.
"""
MAX_LINGERING = 10_000
"""Sessions that may be so."""
_MOST_OPEN = 64
"""Events of one pattern of a session that an exception may repeat: the latest."""
_REMEMBERED = 1_024
"""Acknowledgements of a session that are remembered after their exchange is over."""
_MOST_LACKING = 1_024
"""Gateways of which it is known that the capture lacks bytes."""
_MOST_LONGER = 8
"""Times that a value may be longer as a client writes it: ``\\u0061`` is ``a``."""
_MOST_BLANKS = 256
_Payload: TypeAlias = JsonText | UndefinedType


class Session:
    """What waits in one session.

    Attributes:
        early: Acknowledgements whose event the capture may hold later.
        gap: How many exchanges had begun when the capture last lacked bytes of it; -1
            while it lacks none.
        newest: The number of the newest exchange that was answered.
        roams: Whether it goes on when a connection is over: it polls …
        polled: … or has done so.
        endpoint: Where its gateway is.
        connections: Those that it has now.
        sockets: What its gateway calls its client, in each namespace.
        closed: The end of the last one that is over.
    """

    def __init__(self, endpoint: Endpoint | None = None) -> None:
        self.endpoint = endpoint
        self.polled = False
        self.early: dict[Hashable, Exchange] = {}
        self.gap = -1
        self.newest = 0
        self.roams = True
        self.connections: dict[Connection, None] = {}
        self.sockets: frozenset[str] = frozenset()
        self.closed: Closed | None = None
        # In the order in which they were asked: number → exchange.
        self._waiting: dict[Hashable, OrderedDict[int, Exchange]] = {}
        self._keys: dict[int, Hashable] = {}  # by the numbers of who waits
        self._causes: dict[str, dict[int, tuple[_Payload, Exchange]]] = {}
        self._patterns: dict[int, str] = {}  # by the numbers of who is in there
        self._ended: dict[Hashable, Ledger] = {}
        self._told: dict[Hashable, Ledger] = {}  # before their acknowledgement came

    def call(self, socket: str) -> None:
        """Learn what its gateway calls its client."""
        if socket not in self.sockets:
            self.sockets |= {socket}

    def wait(self, key: Hashable, exchange: Exchange) -> None:
        """Let an exchange wait for the acknowledgement with a key."""
        waiting = self._waiting.setdefault(key, OrderedDict())
        waiting[exchange.number] = exchange
        self._keys[exchange.number] = key

    def take(self, key: Hashable) -> Exchange | None:
        """Return the oldest exchange that waits under a key, which ends thereby."""
        waiting = self._waiting.get(key)
        if waiting is None:
            return None
        _, exchange = waiting.popitem(last=False)
        self._keys.pop(exchange.number, None)
        if not waiting:
            del self._waiting[key]
        return exchange

    def drop(self, exchange: Exchange) -> None:
        """Forget an exchange that is over without its acknowledgement."""
        key = self._keys.pop(exchange.number, None)
        waiting = self._waiting.get(key)
        if waiting is None:
            return
        del waiting[exchange.number]
        if not waiting:
            del self._waiting[key]

    def end(self, key: Hashable, ledger: Ledger) -> None:
        """Remember that an acknowledgement has come."""
        self.newest = max(self.newest, ledger.number)
        self._ended[key] = ledger
        if len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]

    def ended(self, key: Hashable) -> Ledger | None:
        """Return the exchange whose acknowledgement has come, while it is known."""
        return self._ended.get(key)

    def let_go(self, key: Hashable, exchange: Exchange) -> None:
        """Forget one that waits, since too much does, but for which it was."""
        self.drop(exchange)
        self.forget(exchange)
        if self.early.get(key) is exchange:
            del self.early[key]
            return
        self._told[key] = exchange.ledger
        if len(self._told) > _REMEMBERED:
            del self._told[next(iter(self._told))]

    def told(self, key: Hashable) -> Ledger | None:
        """Return an exchange that was let go, whose acknowledgement comes now."""
        return self._told.pop(key, None)

    def remember(self, pattern: str, data: _Payload, exchange: Exchange) -> None:
        """Remember what an exception would repeat of an exchange."""
        known = self._causes.setdefault(pattern, {})
        if len(known) >= _MOST_OPEN:
            self.forget(next(iter(known.values()))[1])
        known[exchange.number] = data, exchange
        self._patterns[exchange.number] = pattern

    def forget(self, exchange: Exchange) -> None:
        """Forget what an exception would repeat of an exchange, which is over."""
        pattern = self._patterns.pop(exchange.number, None)
        if pattern is None:
            return
        known = self._causes[pattern]
        del known[exchange.number]
        if not known:
            del self._causes[pattern]

    # decision 146: Over WebSocket only what the wire shows is joined
    def blamed(self, pattern: str, data: _Payload) -> Exchange | None:
        """Return the oldest exchange that an exception repeats and that is not over."""
        known = self._causes.get(pattern, {}).values()
        for same in (_equal, _alike):
            for sent, exchange in known:
                if same(sent, data):
                    return exchange
        return None

    def left(self) -> Iterator[Exchange]:
        """Yield the exchanges that wait for an acknowledgement."""
        for waiting in self._waiting.values():
            yield from waiting.values()

    def events(self) -> Iterator[Exchange]:
        """Yield the events that an exception may repeat."""
        for known in self._causes.values():
            yield from (each for _, each in known.values() if each.kind is Kind.EVENT)


def _equal(sent: _Payload, repeated: _Payload) -> bool:
    """Whether two payloads are the same text, as they nearly always are."""
    if sent is UNDEFINED or repeated is UNDEFINED:
        return sent is repeated
    return bytes(sent) == bytes(repeated)


def _alike(sent: _Payload, repeated: _Payload) -> bool:
    """Whether they are the same value, however that is written."""
    if sent is UNDEFINED or repeated is UNDEFINED:
        return sent is repeated
    if len(bytes(sent)) > _MOST_LONGER * len(bytes(repeated)) + _MOST_BLANKS:
        return False  # nor is it worth the time: each exception would take it again
    try:
        return bool(loads(sent) == loads(repeated))
    except ValueError:
        return False


class Sessions:
    """All sessions, by connection or by what their gateway calls them."""

    def __init__(self) -> None:
        self._by_name: dict[Hashable, Session] = {}
        self._names: dict[Connection, dict[Hashable, None]] = {}
        self._lingering: dict[Hashable, int] = {}  # … and since when
        self._lacking: dict[Endpoint | None, int] = {}  # by where gateways are

    def __iter__(self) -> Iterator[Session]:
        return iter(self._by_name.values())

    def find(self, connection: Connection, name: str, *, roams: bool) -> Session:
        """Return the session of a packet, which its connection has from now on.

        Args:
            connection: Where it passed.
            name: What the gateway calls the session; empty where nobody knows.
            roams: Whether the packet was polled.
        """
        key: Hashable = (name, connection.server_endpoint) if name else connection
        session = self._by_name.get(key)
        if session is None:
            session = self._by_name[key] = Session(connection.server_endpoint)
        session.roams = session.roams and roams
        session.polled = session.polled or roams
        if connection not in session.connections:
            session.connections[connection] = None
            self._names.setdefault(connection, {})[key] = None
            self._lingering.pop(key, None)
        return session

    def lack(self, connection: Connection, number: int) -> None:
        """Learn that the capture lacks bytes of a connection.

        Sessions that poll may have had a packet in them, whichever they are.

        Args:
            connection: The connection.
            number: How many exchanges had begun by then.
        """
        for key in self._names.get(connection, ()):
            self._by_name[key].gap = number
        self._lacking[connection.server_endpoint] = number
        if len(self._lacking) > _MOST_LACKING:
            del self._lacking[next(iter(self._lacking))]

    def gap(self, session: Session) -> int:
        """Return how many exchanges had begun when bytes of a session may be missing.

        -1 where none are.
        """
        other = self._lacking.get(session.endpoint, -1) if session.polled else -1
        return max(session.gap, other)

    def close(self, closed: Closed) -> Iterator[Session]:
        """Yield the sessions that are over with a connection."""
        for key in self._names.pop(closed.connection, {}):
            session = self._by_name.get(key)
            if session is None:
                continue
            session.closed = closed
            session.connections.pop(closed.connection, None)
            if not session.roams:
                yield self._drop(key)
            elif not session.connections:
                self._lingering[key] = closed.time_ns
        while len(self._lingering) > MAX_LINGERING:
            yield self._drop(next(iter(self._lingering)))

    def elapse(self, time_ns: int) -> Iterator[Session]:
        """Yield the sessions that had no connection for too long."""
        while self._lingering:
            key, since_ns = next(iter(self._lingering.items()))
            if since_ns + LINGERING_NS >= time_ns:
                return
            yield self._drop(key)

    def drop_all(self) -> Iterator[Session]:
        """Yield all that are left when the capture has ended, and its connections."""
        for key in list(self._by_name):
            session = self._drop(key)
            if session.closed is not None:
                yield session

    def _drop(self, key: Hashable) -> Session:
        self._lingering.pop(key, None)
        session = self._by_name.pop(key)
        for connection in session.connections:
            self._names.get(connection, {}).pop(key, None)
        return session
