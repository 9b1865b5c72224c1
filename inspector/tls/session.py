"""One connection that speaks TLS: its handshakes, and what its sides are protected by.

::

    hellos ─► secrets of the key log ─► keys ─► protected records
                                                  └► data, tickets, alerts

A side waits where it is not known yet what protects it: for the other side's hello, or
for a key log that grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.streams.packets import DataPacket

from .alerts import CLOSE_NOTIFY, alert_words, ends
from .halves import Half
from .handshakes import (
    CLIENT_HELLO,
    ENCRYPTED_EXTENSIONS,
    END_OF_EARLY_DATA,
    FINISHED,
    KEY_UPDATE,
    SERVER_HELLO,
    TICKET,
    accepts_early_data,
    message_name,
    read_client_hello,
    read_server_hello,
)
from .negotiation import HANDSHAKE_LOST, LACKING, Negotiation
from .output import Output
from .protection import Opened, same_suite
from .records import ALERT, APPLICATION, CHANGE_CIPHER_SPEC, HANDSHAKE, HEAD
from .searching import AFTER_DAMAGE, ANY, Search, keys_of, window_of

if TYPE_CHECKING:
    from collections.abc import Container

    from inspector.streams.connections import Connection, Direction
    from inspector.streams.items import Chunk, Gap, StreamItem

    from .keylog import KeyLog
    from .records import Record
    from .searching import Budget, Found, Sessions

BEGUN = "it began before the capture, and no key of the log fits"
RECORDS_LOST = "too many of its records are missing"
MOST_WAITING = 1 << 20
"""Bytes of one side that may wait for their keys."""
UNREAD = "TLS, not decrypted"
"""What is said of a packet whose records cannot be read."""


class Session:
    """What is known of a connection.

    Args:
        connection: The connection.
        keylog: The secrets.
        budget: What may be tried to find records.

    Attributes:
        random: That of the client, once it is known.
        opened: Whether data were read.
        broken: Why nothing is read any more; empty while something is.
        waits: Whether a side waits for the key log.
    """

    def __init__(self, connection: Connection, keylog: KeyLog, budget: Budget) -> None:
        self.random = b""
        self.opened = False
        self.broken = ""
        self.waits = False
        self._keylog, self._budget = keylog, budget
        self._halves = tuple(map(Half, connection.directions))
        self._client = 0
        self._agreed = Negotiation(keylog)
        self._ready = False  # whether keys were made of the latest hellos
        self._out = Output()
        self._sessions: Sessions | None = None  # of which it may be one …
        self._known: Container[bytes] = ()  # … and of which it is none

    def begin(self, direction: Direction) -> None:
        """Learn which side the client is."""
        self._client = direction.side

    def join(self, sessions: Sessions, known: Container[bytes]) -> None:
        """Learn that its beginning was not captured, and which ones it may be.

        Args:
            sessions: Those of the key log.
            known: The randoms of those whose connections are known.
        """
        self._sessions, self._known = sessions, known
        for half in self._halves:
            half.lose(Search(ANY, self._budget))

    def receive(self, chunk: Chunk) -> list[StreamItem]:
        """Return what the next bytes of a side become."""
        half = self._halves[chunk.direction.side]
        if not self.broken:
            half.reader.feed(chunk.data, chunk.packet)
            return self.go_on(half)
        if self.opened:
            self._out.noted(half.direction, UNREAD, [chunk.packet])
            if not half.given_up:
                half.given_up = True
                self._out.gap(half.direction, len(chunk.data), chunk.packet.number)
        return self._out.take()

    def go_on(self, first: Half | None = None) -> list[StreamItem]:
        """Return what can be read now of what waits."""
        self.waits = False
        first = first or self._halves[0]
        self._drain(first)
        other = self._halves[1 - first.direction.side]
        if len(other.reader):
            self._drain(other)
        return self._out.take()

    def lose(self, gap: Gap) -> list[StreamItem]:
        """Return what the loss of bytes of a side changes."""
        half = self._halves[gap.direction.side]
        if self.broken:
            return [gap] if self.opened else []
        waited, latest = len(half.reader), half.reader.latest
        half.reader.drop(waited)
        known = self._sessions is not None or half.protection is not None
        if not known and not self._prepare():
            packet = latest or DataPacket(gap.packet, 0, 0, 0)
            reason = self._agreed.obstacle() or HANDSHAKE_LOST
            self._break(half, reason, packet)
            return self._out.take()
        half.lose(Search(window_of(gap.size + waited), self._budget))
        return [*self._out.take(), gap]

    def finish(self) -> list[StreamItem]:
        """Return what there is to say at the end of the connection."""
        self._agreed.over = True
        if self.waits:
            for half in self._halves:
                self._drain(half)
        for half in self._halves:
            latest = half.reader.latest
            if self.broken or latest is None or half.reader.peek() is None:
                continue
            reason = BEGUN
            if self._sessions is None:
                reason = self._agreed.obstacle() or LACKING
            self._break(half, reason, latest)
        return self._out.take()

    def _drain(self, half: Half) -> None:
        """Read the records of a side, as far as they have come and can be read."""
        while not self.broken:
            if half.search is not None:
                if not self._seek(half, half.search):
                    return
                continue
            peeked = half.reader.peek()
            if peeked is not None:
                if not self._read(half, *peeked):
                    return
            elif half.reader.damaged:
                self._damage(half)
            else:
                return

    def _read(self, half: Half, kind: int, head: bytes, body: bytes) -> bool:
        """Read the next record; return whether it need not wait."""
        if half.protection is None:
            changes = kind == CHANGE_CIPHER_SPEC
            if kind == APPLICATION or (changes and not self._agreed.modern):
                return self._protect(half, head, body)
            if changes and self._agreed.server is None:
                return self._wait(half)
            record = half.reader.take(head, body)
            self._take(half, Opened(kind, body, HEAD), record)
            return True
        opened = half.open(head, body)
        if opened is None and self._agreed.modern and kind in _PLAIN:
            opened = Opened(kind, body, HEAD)
        record = half.reader.take(head, body)
        if opened is None:
            self._lose_record(half, record)
        else:
            self._take(half, opened, record)
        return True

    def _protect(self, half: Half, head: bytes, body: bytes) -> bool:
        """Learn that a side is protected from here on; whether it need not wait."""
        client = half.direction.side == self._client
        if self._agreed.server is None or (client and not self._agreed.early_known):
            return self._wait(half)
        if not self._prepare():
            reason = self._agreed.obstacle()
            if not self._agreed.over and reason == LACKING:
                self.waits = True
                return self._wait(half)
            self._break_at(half, reason)
            return False
        if head[0] == CHANGE_CIPHER_SPEC:
            record = half.reader.take(head, body)
            self._out.message(half.direction, "", record)
        if half.protection is None:
            half.advance()
        if half.protection is None:
            self._break_at(half, LACKING)
        return True

    def _wait(self, half: Half) -> bool:
        if len(half.reader) > MOST_WAITING:
            self._break_at(half, self._agreed.obstacle() or LACKING)
        return False

    def _take(self, half: Half, opened: Opened, record: Record) -> None:
        """Take in what a record carries."""
        direction, kind = half.direction, opened.kind
        if kind == APPLICATION:
            self.opened = True
            self._out.data(direction, opened, record)
        elif kind == HANDSHAKE:
            self._take_messages(half, opened.data, record)
        elif kind == ALERT:
            self._take_alert(direction, opened.data, record)
        else:
            self._out.message(direction, "", record)
            if kind == CHANGE_CIPHER_SPEC and not self._agreed.modern:
                self._renew(half, record)

    def _renew(self, half: Half, record: Record) -> None:
        """Use the keys of another handshake on the same connection."""
        if self._prepare():
            half.advance()
        else:
            reason = self._agreed.obstacle()
            self._break(half, reason, record.parts[-1][0])

    def _take_messages(self, half: Half, data: bytes, record: Record) -> None:
        named = False
        for kind, body in half.handshakes.read(data):
            named = True
            after = half.protection is not None and self._agreed.modern
            if after and kind in _AFTERWARDS:
                words = f"TLS {message_name(kind)}"
                self._out.note(half.direction, words, record)
            else:
                self._out.message(half.direction, message_name(kind), record)
            self._react(half, kind, body)
        if not named:
            self._out.message(half.direction, "", record)

    def _react(self, half: Half, kind: int, body: bytes) -> None:
        """Learn from a message of a handshake."""
        if kind == CLIENT_HELLO:
            hello = read_client_hello(body)
            if hello is not None:
                self._agreed.greet(hello)
                self._ready, self.random = False, hello.random
        elif kind == SERVER_HELLO:
            server = read_server_hello(body)
            if server is not None and not server.retry:
                self._agreed.answer(server)
                self._ready = False
        elif kind == ENCRYPTED_EXTENSIONS:
            if not self._agreed.early_known:
                self._learn_early(accepted=accepts_early_data(body))
        elif self._agreed.modern and kind in _ADVANCING:
            half.advance()

    def _learn_early(self, *, accepted: bool) -> None:
        """Learn whether the server reads what came before its hello (0-RTT).

        What it does not read, or nobody here, opens with none of the keys that follow.
        """
        self._agreed.early_known = True
        client, readable = self._halves[self._client], self._agreed.early_readable
        if readable:
            client.advance()
        if accepted and readable:
            return
        client.advance()
        latest = client.reader.latest
        if accepted and latest is not None:
            self._out.gap(client.direction, len(client.reader), latest.number)
        client.lose(Search(0, self._budget))

    def _take_alert(self, direction: Direction, data: bytes, record: Record) -> None:
        code = data[1] if len(data) == 2 else -1  # noqa: PLR2004 — level and code
        if code == CLOSE_NOTIFY:
            self._out.note(direction, "TLS close notify", record)
            return
        self._out.note(direction, f"TLS alert: {alert_words(code)}", record)
        if ends(code):
            self._out.alarm(direction, alert_words(code), record)

    def _prepare(self) -> bool:
        """Make keys of the hellos, unless that was done; return whether there are."""
        agreed = self._agreed
        if self._ready:
            return True
        reason = agreed.obstacle()
        if reason == LACKING and self._keylog.refresh():
            reason = agreed.obstacle()
        if reason:
            return False
        self._ready = True
        for role in (0, 1):
            half = self._halves[self._client ^ role]
            half.pending = agreed.protections(role)
            if agreed.modern and (agreed.early_known or role):
                half.advance()
        return True

    def _lose_record(self, half: Half, record: Record) -> None:
        """Learn that a record does not open: it is damaged, or others are missing."""
        packets = [packet for packet, _ in record.parts]
        if self._agreed.modern and self._sessions is None and not half.lasting:
            self._break(half, LACKING, packets[-1])
            return
        self._out.noted(half.direction, UNREAD, packets)
        self._out.gap(half.direction, record.size, packets[-1].number)
        half.lose(Search(AFTER_DAMAGE, self._budget))

    def _damage(self, half: Half) -> None:
        """Learn that what follows is no record."""
        if half.protection is None:
            self._break_at(half, HANDSHAKE_LOST)
            return
        packet = half.reader.latest
        assert packet is not None
        self._out.gap(half.direction, len(half.reader), packet.number)
        half.lose(Search(AFTER_DAMAGE, self._budget))

    def _seek(self, half: Half, search: Search) -> bool:
        """Look for the next record; return whether it was found."""
        candidates = half.candidates()
        if self._sessions is not None:
            candidates = self._sessions.candidates(self._known)
        packet = half.reader.latest
        found = search.find(half.reader, candidates) if candidates else None
        if found is None:
            if packet is not None and (search.over or not candidates):
                reason = RECORDS_LOST if self._sessions is None else BEGUN
                self._break(half, reason, packet)
            return False
        if found.candidate.random:
            self._identify(half, found)
        half.resume(found)
        peeked = half.reader.peek()
        assert peeked is not None
        self._take(half, found.opened, half.reader.take(*peeked[1:]))
        return True

    def _identify(self, half: Half, found: Found) -> None:
        """Learn which session it is, and so what protects the other side."""
        random, role = found.candidate.random, found.candidate.role
        self.random, self._sessions = random, None
        self._client = half.direction.side ^ role
        other = self._halves[1 - half.direction.side]
        protection = found.candidate.protection
        other.pending = [
            each.protection
            for each in keys_of(random, self._keylog.secrets(random))
            if each.role != role and same_suite(each.protection, protection)
        ]

    def _break_at(self, half: Half, reason: str) -> None:
        """Read nothing any more, because of the record that is next."""
        packet = half.reader.latest
        assert packet is not None
        self._break(half, reason, packet)

    def _break(self, half: Half, reason: str, packet: DataPacket) -> None:
        """Read nothing any more, and say why."""
        self.broken = reason
        for each in self._halves:
            waiting = len(each.reader)
            each.reader.drop(waiting)
            if self.opened and waiting:
                each.given_up = True
                self._out.gap(each.direction, waiting, packet.number)
        self._out.unread(half.direction, reason, packet, begun=self.opened)


_PLAIN = frozenset({CHANGE_CIPHER_SPEC, ALERT})
"""Records that TLS 1.3 may send without protection where others have it.

Source: RFC 8446, section 5 and section D.4.
"""
_AFTERWARDS = frozenset({TICKET, KEY_UPDATE})
_ADVANCING = frozenset({FINISHED, END_OF_EARLY_DATA, KEY_UPDATE})
"""Messages after which a side uses its next keys (RFC 8446, section 7)."""
