"""Which record it is: after lost bytes, or where a capture begins in the middle.

What protects a record depends on its number, and a record opens with the right number
alone. So numbers are tried, the next ones first, as far as time allows.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .keylog import TRAFFIC
from .protection import Modern
from .records import HEAD
from .suites import MODERN

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from .keylog import KeyLog
    from .protection import Opened, Protection
    from .records import RecordReader

_TRIAL = 2048
"""Bytes of a record that take as long to open as all around that does."""
ONE, ALL = 200_000_000, 2_000_000_000
"""What may be tried in one search, and in all of a capture: bytes, and trials as above.

The first takes a fraction of a second, about 90,000 short records.
"""
MOST_SESSIONS = 64
"""Sessions of a key log that a connection without its beginning may be one of."""
_SMALLEST = HEAD + 17
"""Bytes of a record with one byte: the head, that byte and the tag."""
AFTER_DAMAGE = 16
"""Numbers that are tried after a record that does not open, and nothing is missing."""
ANY = 1 << 20
"""… and at most where nothing says how many came before."""


class Candidate(NamedTuple):
    """What may protect a record.

    Attributes:
        protection: Keys.
        first: The lowest number that the record may have.
        random: Of a session, where it is not known which one it is.
        role: Whose keys they are: 0 for those of a client.
    """

    protection: Protection
    first: int
    random: bytes = b""
    role: int = 0


class Found(NamedTuple):
    """A record that opened."""

    candidate: Candidate
    number: int
    opened: Opened


class Budget:
    """What may still be tried in all of a capture."""

    def __init__(self, left: int = ALL) -> None:
        self.left = left


def window_of(lost: int) -> int:
    """Return how many records so many bytes may have been, at most."""
    return min(lost // _SMALLEST + 1, ANY)


class Search:
    """Looks for the next record that opens in the bytes of one side.

    Args:
        window: How many numbers are tried, from the lowest possible on.
        budget: What may be tried in all.
        most: What may be tried here.

    Attributes:
        over: Whether nothing more may be tried.
        tried: Whether anything was.
    """

    def __init__(self, window: int, budget: Budget, most: int = ONE) -> None:
        self.over = False
        self.tried = False
        self._window, self._budget, self._left = window, budget, most

    def find(
        self, reader: RecordReader, candidates: Sequence[Candidate]
    ) -> Found | None:
        """Return a record that opens, at which the reader stands then.

        Bytes before it are dropped. None where more have to come, or :attr:`over` says
        that it is no use.
        """
        while not self.over:
            place = reader.find(0)
            reader.drop(max(len(reader) - 2, 0) if place < 0 else place)
            if place < 0:
                return None
            complete = reader.complete(0)
            peeked = reader.peek() if complete else None
            if complete is False:
                return None
            if peeked is not None:
                found = self._try(candidates, *peeked[1:])
                if found is not None:
                    return found
            reader.drop(1)
        return None

    def _try(
        self, candidates: Sequence[Candidate], head: bytes, body: bytes
    ) -> Found | None:
        """Try to open what may be a record, with all numbers that it may have."""
        cost, self.tried = _TRIAL + len(body), True
        for number in range(self._window + 1):
            spent = cost * len(candidates)
            self._left -= spent
            self._budget.left -= spent
            if min(self._left, self._budget.left) < 0:
                self.over = True
                return None
            for each in candidates:
                opened = each.protection.open_at(each.first + number, head, body)
                if opened is not None:
                    return Found(each, each.first + number, opened)
        return None


class Sessions:
    """The sessions of a key log that a connection without its beginning may be one of.

    Only those of TLS 1.3: the keys of TLS 1.2 depend on the hellos.
    """

    def __init__(self, keylog: KeyLog) -> None:
        self._keylog = keylog
        self._known = -1
        self._candidates: list[Candidate] = []

    def __getstate__(self) -> dict[str, object]:
        """Return what is kept of it: what follows from the key log does not belong."""
        return {"_keylog": self._keylog, "_known": -1, "_candidates": []}

    def candidates(self, besides: Container[bytes]) -> list[Candidate]:
        """Return the keys of the latest of them.

        Args:
            besides: The randoms of sessions whose connections are known.
        """
        if self._known != self._keylog.kept:
            self._known = self._keylog.kept
            latest = islice(self._keylog.sessions(), MOST_SESSIONS)
            self._candidates = [
                each for random, secrets in latest for each in keys_of(random, secrets)
            ]
        return [each for each in self._candidates if each.random not in besides]


def keys_of(random: bytes, secrets: dict[str, bytes]) -> list[Candidate]:
    """Return what may protect the data of a session of TLS 1.3, on both sides."""
    return [
        Candidate(Modern(suite, secrets[label], application=True), 0, random, role)
        for role, label in enumerate(TRAFFIC)
        if label in secrets
        for suite in MODERN.values()
        if suite.digest_size == len(secrets[label])
    ]
