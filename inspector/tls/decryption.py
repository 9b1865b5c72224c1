"""All connections: which of them speak TLS, and what is yielded instead of it.

::

    StreamItem ─► begins as TLS does? ─ no ─► as it is
                       │ yes: a client hello, or data in the middle
                       └► session ─► Chunk | Gap | Handshake | Alarm | Unread

A connection may carry something else first: the greeting of a server that is asked to
begin TLS (NATS), or the header of a proxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.streams.decrypted import Decrypted
from inspector.streams.items import Chunk, Closed, Gap
from protocol.lazy_regex import lazy_regex

from .records import begins_hello, begins_protected
from .searching import Budget, Sessions
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.streams.connections import Connection, Direction
    from inspector.streams.items import StreamItem

    from .keylog import KeyLog

MOST_HOLDING = 256
"""Connections whose bytes may wait for the key log at the same time."""
MOST_KNOWN = 10_000
"""Sessions whose connections are known, so that no other one is taken for theirs."""
_FEW = 11
"""Bytes by which a client hello is known."""
_MAY_BEGIN = lazy_regex(rb"\x16(?:\x03(?:[\x00-\x04](?s:.{0,7}))?)?\Z")
_PROXY = lazy_regex(rb"PROXY |\r\n\r\n\x00\r\nQUIT\n")
_HELLO = lazy_regex(rb"\x16\x03[\x00-\x04](?s:..)\x01\x00")


class Decryption:
    """Replaces what is protected by what it protects.

    Args:
        keylog: The secrets.

    """

    def __init__(self, keylog: KeyLog) -> None:
        self._keylog = keylog
        self._budget = Budget()
        self._sessions: dict[Connection, Session] = {}
        self._held: dict[Direction, list[Chunk]] = {}  # too few bytes to know
        self._holding: dict[Session, None] = {}
        self._known: dict[bytes, None] = {}  # sessions by their randoms, the latest
        self._latest = Sessions(keylog)
        self._over = Decrypted()

    @property
    def counts(self) -> Decrypted:
        """What became of connections so far."""
        found = self._over.copy()
        for session in self._sessions.values():
            _count(found, session)
        return found

    def read(self, items: Iterable[StreamItem]) -> Iterator[StreamItem]:
        """Yield the items of streams, those of TLS without it."""
        for item in items:
            if isinstance(item, Chunk):
                yield from self._receive(item)
            elif isinstance(item, Gap):
                yield from self._lose(item)
            elif isinstance(item, Closed):
                yield from self._close(item.connection)
                yield item
            else:
                yield item

    def retry(self) -> list[StreamItem]:
        """Return what can be read since the key log has grown."""
        if not self._holding or not self._keylog.refresh():
            return []
        holding = list(self._holding)
        return [item for each in holding for item in self._noted(each, each.go_on())]

    def _receive(self, chunk: Chunk) -> Iterable[StreamItem]:
        session = self._sessions.get(chunk.direction.connection)
        if session is not None:
            return self._noted(session, session.receive(chunk))
        held = self._held.pop(chunk.direction, None)
        if held is not None:
            return self._begin(held, chunk)
        data = chunk.data
        if _MAY_BEGIN.match(data):
            self._held[chunk.direction] = [chunk]
            return ()
        if begins_hello(data):
            return self._open(chunk)
        if not chunk.direction.from_start and begins_protected(data):
            return self._open_middle(chunk)
        return self._after_header(chunk) if _PROXY.match(data) else (chunk,)

    def _begin(self, held: list[Chunk], chunk: Chunk) -> Iterable[StreamItem]:
        """Judge a beginning that was too short."""
        held.append(chunk)
        beginning = b"".join(each.data for each in held)
        if len(beginning) < _FEW and _MAY_BEGIN.match(beginning):
            self._held[chunk.direction] = held
            return ()
        if not begins_hello(beginning):
            return held
        found = list(self._open(held[0]))
        for each in held[1:]:
            found += self._receive(each)
        return found

    def _after_header(self, chunk: Chunk) -> Iterable[StreamItem]:
        """Part the header of a proxy from what follows it, if that is TLS."""
        match = _HELLO.search(chunk.data)
        if match is None:
            return (chunk,)
        direction, data, place = chunk.direction, chunk.data, match.start()
        header = Chunk(direction, data[:place], chunk.packet)
        return header, *self._open(Chunk(direction, data[place:], chunk.packet))

    def _open(self, chunk: Chunk) -> Iterable[StreamItem]:
        """Begin to read a connection as TLS, from its client's hello on."""
        session = self._session(chunk)
        session.begin(chunk.direction)
        return self._noted(session, session.receive(chunk))

    def _open_middle(self, chunk: Chunk) -> Iterable[StreamItem]:
        """Begin to read a connection whose beginning was not captured."""
        session = self._session(chunk)
        session.join(self._latest, self._known)
        return self._noted(session, session.receive(chunk))

    def _session(self, chunk: Chunk) -> Session:
        connection = chunk.direction.connection
        connection.secret = True
        session = Session(connection, self._keylog, self._budget)
        self._sessions[connection] = session
        return session

    def _noted(self, session: Session, items: list[StreamItem]) -> Iterable[StreamItem]:
        """Note whether a session waits, and return its items."""
        if session.random and session.random not in self._known:
            self._known[session.random] = None
            if len(self._known) > MOST_KNOWN:
                del self._known[next(iter(self._known))]
        if not session.waits:
            self._holding.pop(session, None)
            return items
        self._holding[session] = None
        if len(self._holding) <= MOST_HOLDING:
            return items
        oldest = next(iter(self._holding))
        del self._holding[oldest]
        return [*items, *oldest.finish()]

    def _lose(self, gap: Gap) -> Iterable[StreamItem]:
        held = self._held.pop(gap.direction, [])
        session = self._sessions.get(gap.direction.connection)
        if session is None:
            return *held, gap
        return self._noted(session, session.lose(gap))

    def _close(self, connection: Connection) -> Iterator[StreamItem]:
        for direction in connection.directions:
            yield from self._held.pop(direction, [])
        session = self._sessions.pop(connection, None)
        if session is not None:
            self._holding.pop(session, None)
            yield from session.finish()
            _count(self._over, session)


def _count(counts: Decrypted, session: Session) -> None:
    counts.connections += session.opened
    if session.broken:
        counts.unread[session.broken] += 1
