"""How exchanges failed: with which status, and how long that took."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.exchanges import Exchange, Outcome, error_text, last_error
from inspector.calls.statuses import MASKED, REFUSED, status_of
from inspector.findings.evidence import answer_place
from inspector.ranges import RangeSet
from inspector.words import without_numbers
from protocol import UNDEFINED

if TYPE_CHECKING:
    from inspector.findings.finding import Place

_MOST_KINDS = 16
"""Kinds of errors of a route that are counted each by itself."""
_LONGEST_TEXT = 200
Kind: TypeAlias = "tuple[int | None, str | None]"
"""A status code, and a text without numbers; None for all texts after the first few."""
_REMEMBERED = 16  # numbers of exchanges and records of a kind


def failure_text(exchange: Exchange) -> str:
    """Return the text that a call failed with, its beginning where it is long."""
    err = last_error(exchange)
    return "" if err is UNDEFINED else error_text(err)[:_LONGEST_TEXT]


class Alike:
    """Errors with one status code and one text, but for the numbers and ids in it.

    Args:
        text: The text of the first of them.
        place: Where that is.
        told: Whether findings of their own report such errors one by one.

    Attributes:
        numbers: The numbers of the exchanges.
        packets: Those of the records that answered them, the first aside.
        several: Whether their texts differ.
        last_ns: When the last of them was answered.
    """

    __slots__ = ("last_ns", "numbers", "packets", "place", "several", "text", "told")

    def __init__(self, text: str, place: Place, *, told: bool) -> None:
        self.text = text
        self.place = place
        self.told = told
        self.several = False
        self.last_ns = 0
        self.numbers = RangeSet(_REMEMBERED)
        self.packets = RangeSet(_REMEMBERED)

    @property
    def shown(self) -> str:
        """Their text, with ``…`` for what differs."""
        return without_numbers(self.text) if self.several else self.text

    def add(self, text: str, place: Place) -> None:
        """Count one more."""
        self.several = self.several or text != self.text
        self.last_ns = max(self.last_ns, place.time_ns)
        self.numbers.add(place.exchange or 0)
        if place.packet != self.place.packet:
            self.packets.add(place.packet)

    def merge(self, other: Alike, shift: int = 0) -> None:
        """Take in others of this kind, the numbers of exchanges raised by ``shift``."""
        self.several = self.several or other.several or other.text != self.text
        self.last_ns = max(self.last_ns, other.last_ns)
        self.numbers.merge(other.numbers, shift)
        if other.place is not self.place:
            self.packets.add(other.place.packet)
        self.packets.merge(other.packets)


class Failures:
    """The exchanges under a route that ended in an error, or that nobody handled.

    Attributes:
        first: The number of the first that was not refused; 0 for none.
        unhandled: Those that nobody handled.
        statuses: Status code → the errors that have it.
        shortest_ns: Of those that were not refused, the shortest time from request to
            reply; 0 for none …
        longest_ns: … and the longest.
        numbers: Of those that were not refused, the numbers.
        kinds: What errors are alike in → these errors.
        place: Where the first of them is.
        last_ns: When the last of them was answered.
    """

    __slots__ = (
        "first",
        "kinds",
        "last_ns",
        "longest_ns",
        "numbers",
        "place",
        "shortest_ns",
        "statuses",
        "unhandled",
    )

    def __init__(self) -> None:
        self.numbers = RangeSet()
        self.kinds: dict[Kind, Alike] = {}
        self.place: Place | None = None
        self.first = 0
        self.unhandled = 0
        self.statuses: Counter[int] = Counter()
        self.shortest_ns = 0
        self.longest_ns = 0
        self.last_ns = 0

    def add(self, exchange: Exchange) -> bool:
        """Take in one more exchange that failed.

        Returns:
            Whether that was not the caller's fault.
        """
        status = None
        if exchange.outcome is Outcome.NO_HANDLER:
            self.unhandled += 1
        else:
            status = status_of(exchange.replies[-1].err)
            if status is not None:
                self.statuses[status] += 1
            if status in REFUSED:
                return False
        self._note(exchange, status)
        self.first = min(self.first or exchange.number, exchange.number)
        latency_ns = exchange.latency_ns or 0
        first = not self.longest_ns
        self.shortest_ns = latency_ns if first else min(self.shortest_ns, latency_ns)
        self.longest_ns = max(self.longest_ns, latency_ns)
        return True

    def _note(self, exchange: Exchange, status: int | None) -> None:
        """Remember where it is, and with which status code and text it failed."""
        place = answer_place(exchange)
        if self.place is None or exchange.number < (self.place.exchange or 0):
            self.place = place
        self.last_ns = max(self.last_ns, place.time_ns)
        self.numbers.add(exchange.number)
        text = failure_text(exchange)
        unhandled = exchange.outcome is Outcome.NO_HANDLER
        told = unhandled or exchange.replies[-1].err == MASKED
        kind = status, without_numbers(text)
        self._alike(kind, Alike(text, place, told=told)).add(text, place)

    def _alike(self, kind: Kind, new: Alike) -> Alike:
        """Return the errors of a kind; where there are none yet, new ones."""
        if kind not in self.kinds and len(self.kinds) >= _MOST_KINDS:
            kind = kind[0], None
        return self.kinds.setdefault(kind, new)

    @property
    def texts(self) -> Counter[str]:
        """Text of an error → how many failed with it, of few different texts."""
        texts: Counter[str] = Counter()
        for (_, text), alike in self.kinds.items():
            if text is not None:
                texts[alike.shown] += alike.numbers.count
        return texts

    @property
    def refused(self) -> int:
        """How many of them were the caller's fault, as far as a status code says."""
        return sum(
            self.statuses[status] for status in REFUSED if status in self.statuses
        )

    def merge(self, other: Failures, shift: int = 0) -> None:
        """Take in other failures, their numbers raised by ``shift``."""
        numbers = [self.first, other.first and other.first + shift]
        self.first = min(filter(None, numbers), default=0)
        self.unhandled += other.unhandled
        self.numbers.merge(other.numbers, shift)
        self.place = self.place or other.place
        for each, alike in other.kinds.items():
            new = Alike(alike.text, alike.place, told=alike.told)
            self._alike(each, new).merge(alike, shift)
        self.statuses.update(other.statuses)
        ends = [each.shortest_ns for each in (self, other) if each.longest_ns]
        self.shortest_ns = min(ends, default=0)
        self.longest_ns = max(self.longest_ns, other.longest_ns)
        self.last_ns = max(self.last_ns, other.last_ns)
