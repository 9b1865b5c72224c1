"""The signs by which an exchange is worth a closer look.

Nearly every exchange shows none, and a glance has to do for it. A finding names the
signs that it needs; those that name none are asked for every exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from inspector.calls.costs import queues
from inspector.calls.exchanges import Exchange, Kind, Outcome
from protocol import UNDEFINED
from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from inspector.calls.passages import Passage
    from protocol import JsonText, UndefinedType

    from .broker_words import words_of
    from .habits import Habits
else:  # decision 158
    words_of = on_demand("inspector.findings.broker_words:words_of")

HELD = 1
"""A data packet of it waited for a delayed ACK."""
TEXT = 2
"""Its payloads may hold what a finding about payloads looks for."""
FAILED = 4
"""It neither completed as a call nor is an event."""
ORPHAN = 8
"""Its request is not captured."""
EXTRA = 16
"""A reply of it has a key that Nest does not know."""
BARE = 32
"""A reply of it has no value."""
NEW = 64
"""Its pattern is used in a way that was not seen before."""
EARLY = 128
"""A reply of it precedes its request in the capture."""
ROUNDABOUT = 256
"""Over a broker it took another way than most: to several, or known by half."""
WAITED = 1_024
"""Over a broker it waited in a queue."""
WAITED_NS = 100_000_000
"""How long it has to: a broker hands on within a millisecond or two."""
MISADDRESSED = 512
"""Over a broker it was sent elsewhere than its pattern says, or where nobody can be."""

_LARGEST = 1 << 62
JOINED = 1_000
"""Bytes of payloads that are looked at together, since each look has its price."""

_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT
_ORPHAN = Kind.ORPHAN


class Valued(Protocol):
    """What may have a value: a reply."""

    @property
    def response(self) -> JsonText | UndefinedType: ...  # noqa: D102 — see the class


class Look(NamedTuple):
    """What a finding about payloads cares for.

    Attributes:
        shortest: The size of the smallest text, in bytes.
        glance: Whether a text may be for it.
        words: Of which such a text has one, in letters of whatever size; none for any.
        string: Where its keys are numbers: the characters of one string in it, at
            least, none of which is escaped; 0 for any.
    """

    shortest: int
    glance: Callable[[str], bool]
    words: tuple[str, ...] = ()
    string: int = 0


class Signs:
    """See the signs of exchanges.

    Args:
        habits: How patterns are used, as far as it was seen.
        looks: What the findings about payloads care for.

    Attributes:
        words: Without one of these, in letters of whatever size, a text is for none …
        large: … unless it has so many bytes.
        long: Where keys are numbers: … unless one string in it has so many characters …
        vast: … or it has so many bytes.
        is_usual: Whether nothing is left to learn of a pattern.
    """

    def __init__(self, habits: Habits, looks: Sequence[Look]) -> None:
        self._usual = habits.usual
        self.is_usual = habits.is_usual
        by_size = sorted(looks, key=lambda look: look.shortest)
        self._looks = [(each.shortest, each.glance) for each in by_size]
        self.words = tuple(
            dict.fromkeys(word.encode() for each in looks for word in each.words)
        )
        wordless = [each for each in looks if not each.words]
        self.large = _least(each.shortest for each in wordless)
        self.long = _least(each.string for each in wordless if each.string)
        self.vast = _least(each.shortest for each in wordless if not each.string)

    def of(self, call: Exchange) -> int:
        """Return the signs of an exchange that is over; 0 for nearly all."""
        outcome, data, found = call.outcome, call.data, 0
        if outcome is not _COMPLETED and outcome is not _SENT:
            found = FAILED
        if call.kind is _ORPHAN:
            found |= ORPHAN
        if call.early:
            found |= EARLY
        if call.connection.held or call.passage is not None:
            found |= _passed(call)
        for reply in call.replies:
            if reply.extra:
                found |= EXTRA
            if reply.response is UNDEFINED:
                found |= BARE
        if self.promise(data, call.replies):
            found |= TEXT
        return found if self._usual(call) else found | NEW

    def promise(
        self, data: JsonText | UndefinedType, replies: Iterable[Valued]
    ) -> bool:
        """Whether payloads may hold what a finding about payloads looks for.

        Args:
            data: That of a request or event.
            replies: Those with their values.
        """
        text = "" if data is UNDEFINED else str(data, "latin-1")
        for reply in replies:
            if reply.response is UNDEFINED:
                continue
            other = str(reply.response, "latin-1")
            if len(text) + len(other) < JOINED:
                text += other
                continue
            if self._promising(text):
                return True
            text = other
        return self._promising(text)

    def _promising(self, text: str) -> bool:
        """Whether a finding about payloads may be for a text."""
        size = len(text)
        for shortest, look in self._looks:
            if size < shortest:
                return False
            if look(text):
                return True
        return False


def _least(sizes: Iterable[int]) -> int:
    return min(sizes, default=_LARGEST)


def crowded(passage: Passage) -> bool:
    """Whether a message waited in its queue for others to be acknowledged, mostly."""
    held_ns = passage.held_ns
    return held_ns >= WAITED_NS and 2 * held_ns >= (passage.queue_ns or 0)


def _passed(call: Exchange) -> int:
    """Return the signs of how an exchange passed: what waited, and by which way."""
    found = 0
    for packet in (*call.request_packets, *call.reply_packets):
        if packet.held_ns:
            found = HELD
    passage = call.passage
    if passage is None:
        return found
    if not passage.plain or passage.unsettled or passage.requeued:
        found |= ROUNDABOUT
    if queues(call.carrier):
        if (passage.queue_ns or 0) >= WAITED_NS:
            found |= WAITED
        return found
    flaw = words_of(call.carrier).flaw
    if passage.channel != call.route or flaw(passage.channel, call.route):
        found |= MISADDRESSED
    return found
