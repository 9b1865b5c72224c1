r"""What a client queues between MULTI and EXEC, and what becomes of it.

::

    MULTI  PUBLISH  GET  EXEC ─►   ◄─ +OK  +QUEUED  +QUEUED  *2⏎:1⏎$5…

Each command is answered twice: when it is queued, and in the array that answers EXEC,
which has an element for each that was queued, in their order. The broker hands nothing
on before. Null in place of the array says that a key that was watched has changed, an
error that a command could not be queued: then nothing is done.

Source: ``redis.io``, "Transactions"; "EXEC", "DISCARD", "WATCH".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .answers import OTHER
from .values import Scan, head_at

if TYPE_CHECKING:
    from collections.abc import Iterator

MULTI, EXEC, DISCARD = b"MULTI", b"EXEC", b"DISCARD"
QUEUED = b"QUEUED"
MOST = 65_536
"""Commands of one transaction that are known by their places in it."""


class End(NamedTuple):
    """A command that ends a transaction.

    Attributes:
        verb: What it is: EXEC or DISCARD.
        tags: What was published since MULTI, or is known to be queued.
    """

    verb: str
    tags: tuple[int, ...]


class Element(NamedTuple):
    """What one command of a transaction is answered.

    Attributes:
        kind: The type of it.
        begin: Where its bytes begin in its source, of the first with the line of the
            array …
        low: … where it begins itself …
        high: … and where it ends.
    """

    kind: int
    begin: int
    low: int
    high: int


class Transactions:
    """The transactions of one connection.

    Attributes:
        open: Whether the client has sent MULTI, and nothing that ends it.
    """

    __slots__ = ("_doubtful", "_ends", "_queued", "_sent", "open")

    def __init__(self) -> None:
        self.open = False
        self._sent: list[int] = []  # what was published since MULTI
        self._queued: list[int] = []  # what was answered with QUEUED, in that order
        self._ends: dict[int, End] = {}  # by their numbers among commands
        self._doubtful = False  # whether some of it may be missing

    def begin(self) -> None:
        """Learn of MULTI."""
        if not self._ends and not self.open:
            self._queued, self._doubtful = [], False
        self.open, self._sent = True, []

    def publish(self, tag: int) -> None:
        """Learn of a PUBLISH, by its number."""
        if self.open and len(self._sent) < MOST:
            self._sent.append(tag)

    def end(self, number: int, verb: str) -> tuple[int, ...]:
        """Learn of EXEC or DISCARD; return what was published in the transaction.

        Args:
            number: Of that among commands.
            verb: Which of them it is.
        """
        # What was queued where no MULTI was seen is of the first end alone.
        unseen = [] if self.open or self._ends else self._queued
        tags = self._sent or [each for each in unseen if each > OTHER]
        end = self._ends[number] = End(verb, tuple(tags))
        self.open, self._sent = False, []
        return end.tags

    def queue(self, about: int | None) -> None:
        """Learn that a command was queued: the PUBLISH of a number, or another."""
        if len(self._queued) < MOST:
            self._queued.append(about or OTHER)
        else:
            self._doubtful = True

    def lose(self) -> None:
        """Learn that commands or answers are missing."""
        self.open, self._doubtful = False, True

    def ended_by(self, about: int | None, *, may_be: bool) -> int | None:
        """Return which command an answer ends a transaction for; None if it does not.

        Args:
            about: What the answer is to, as far as that is known.
            may_be: Whether it may be that of EXEC, where answers may be missing.
        """
        if about in self._ends:
            return about
        return next(iter(self._ends), None) if self._doubtful and may_be else None

    def take(self, number: int) -> tuple[End, list[int] | None]:
        """Return a command that ended a transaction, and what had been queued.

        That is what each element of its answer is to; None where some may be missing.
        """
        queued = None if self._doubtful else self._queued
        for each in list(self._ends):
            end = self._ends.pop(each)
            if each == number:
                break
        self._queued = []
        return end, queued


def elements_of(source: bytes, low: int) -> Iterator[Element]:
    """Yield the elements of an array that is whole; none of one that has too many.

    Args:
        source: What holds its bytes.
        low: Where in that it begins.
    """
    head = head_at(source, low)
    assert head is not None
    begin, place = low, head.end
    for _ in range(head.follows if head.follows <= MOST else 0):
        scan = Scan(place)
        scan.advance(source)
        yield Element(scan.kind, begin, place, scan.place)
        begin = place = scan.place


def is_null(source: bytes, low: int) -> bool:
    """Whether a value is null, in RESP2 or in RESP3."""
    return source.startswith((b"*-1\r\n", b"$-1\r\n", b"_\r\n"), low)
