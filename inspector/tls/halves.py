"""One side of a connection: which keys it uses now, and which come next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .handshakes import HandshakeReader
from .records import RecordReader
from .searching import Candidate

if TYPE_CHECKING:
    from inspector.streams.connections import Direction

    from .protection import Opened, Protection
    from .searching import Found, Search


class Half:
    """What one side sends.

    Args:
        direction: Its direction of the connection.

    Attributes:
        direction: The same.
        reader: Cuts its bytes into records.
        handshakes: Cuts what its handshake records carry into messages.
        protection: What protects its records; None before anything does.
        pending: What will protect them, one after the other.
        search: Looks for the next record, while its number is not known; else None.
        given_up: Whether it was said that nothing more of it is read.
    """

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.reader = RecordReader()
        self.handshakes = HandshakeReader()
        self.protection: Protection | None = None
        self.pending: list[Protection] = []
        self.search: Search | None = None
        self.given_up = False

    def open(self, head: bytes, body: bytes) -> Opened | None:
        """Return what its next record carries; None if no key that may be due fits.

        Where a message was lost that says so, the keys after these are in use already.
        """
        if self.protection is not None:
            opened = self.protection.open(head, body)
            if opened is not None:
                return opened
        for each in self._next():
            opened = each.open(head, body)
            if opened is not None:
                self._use(each)
                return opened
        return None

    def advance(self) -> None:
        """Use the keys that come next, from the next record on."""
        following = next(iter(self._next()), None)
        if following is not None:
            self._use(following)

    def candidates(self) -> list[Candidate]:
        """Return what may protect a record after some that are missing."""
        now = self.protection
        own = [] if now is None else [Candidate(now, now.number)]
        return own + [Candidate(each, 0) for each in self._next()]

    @property
    def lasting(self) -> bool:
        """Whether there are keys that may protect any number of records."""
        return bool(self._next())

    def resume(self, found: Found) -> None:
        """Learn which record it is that was found."""
        protection = found.candidate.protection
        protection.number = found.number + 1
        if protection is not self.protection:
            self._use(protection)
        self.search = None

    def lose(self, search: Search) -> None:
        """Learn that bytes are missing: the next record has to be found."""
        self.handshakes = HandshakeReader()
        self.reader.damaged = False
        self.search = search

    def _next(self) -> list[Protection]:
        last = self.pending[-1] if self.pending else self.protection
        following = None if last is None else last.following()
        return self.pending if following is None else [*self.pending, following]

    def _use(self, protection: Protection) -> None:
        pending = self.pending
        place = pending.index(protection) if protection in pending else len(pending)
        self.pending = pending[place + 1 :]
        self.protection = protection
