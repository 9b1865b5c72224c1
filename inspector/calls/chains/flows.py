"""Who is the first to say what passed at a port alone, and so has that port.

::

    port  ── request ──────────►  handler
    port  ◄─ answer 4711 ───────  handler      now these two know it
    client ◄─ answer 4711 ─ receiver           … so the receiver is who asked

    port  ── total 48 ──────────►  handler     and now these
    client ◄─ answer 48 ─── receiver           … so the receiver is who told

What has come into the traffic before proves nothing, and neither does what a receiver
said before it can have heard it: then two look it up in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .lanes import STRONG
from .tokens import is_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .book import Book
    from .notes import Note, Scope
    from .origins import Origins

_MOST_VALUES = 64
"""Values of an exchange that are followed."""
_MOST_SHORT = 8
"""Short values of a reply: in one of more of them any number is by chance."""
_AT_ONCE_NS = 5_000_000
"""How soon somebody says to others what he has heard."""


class Flow(NamedTuple):
    """A value that was said by a receiver while a port had it.

    Attributes:
        receiver: Who said it.
        value: The value.
        weight: How much that shows, of ``PROVED``; 0 if it was said too early.
    """

    receiver: str
    value: str
    weight: int


# decision 154: On one address a port is somebody's when something passed through it …
def flows_of(note: Note, book: Book, origins: Origins) -> Iterator[Flow]:
    """Yield the values of an exchange that answers to what goes on have as well."""
    for value in sorted(filter(is_long, note.told))[:_MOST_VALUES]:
        if origins.has_rare((value,)):
            heard_ns = _told_ns(note, value)
            yield from _said_next(note, value, heard_ns, book.telling(note, value))
    new = note.values.tokens.difference(
        *(e.note.values.tokens for e in note.candidates)
    )
    for value in sorted(filter(is_long, new))[:_MOST_VALUES]:
        if origins.has_rare((value,)):
            yield from _said_next(note, value, note.begin_ns, book.telling(note, value))
    if not note.more:
        yield from _short(note)


def _said_next(
    note: Note, value: str, heard_ns: int, scopes: Iterator[Scope]
) -> Iterator[Flow]:
    """Yield who said a value next, and who said it before it was heard."""
    said = sorted((_told_ns(e.note, value), e.note.number, e.receiver) for e in scopes)
    late = [each for each in said if each[0] >= heard_ns]
    for time_ns, _, receiver in said:
        if note.begin_ns <= time_ns < heard_ns:
            yield Flow(receiver, value, 0)
    if late and len(late) == len(said):
        yield Flow(late[0][2], value, STRONG)


def _told_ns(note: Note, value: str) -> int:
    """Return when a value was first in a reply."""
    for each in note.replies:
        if value == each.whole or value in each.values.tokens:
            return each.time_ns
    return note.end_ns


def _short(note: Note) -> Iterator[Flow]:
    """Yield the short values of an exchange that a reply of those that go on has."""
    calls = [each for each in note.others if not each.note.is_event]
    for value in _short_values(note):
        yield from _said_alone(note.end_ns, value, calls)
    known = note.values.texts.intersection(
        text for each in note.others for text in each.note.values.texts
    )
    new = note.values.texts - note.values.tokens - known
    for value in sorted(new) if len(new) <= _MOST_SHORT else ():
        yield from _said_alone(note.begin_ns, value, calls)


def _said_alone(heard_ns: int, value: str, calls: Sequence[Scope]) -> Iterator[Flow]:
    """Yield who was the first to say a short value, once it can have heard it."""
    said = [
        (scope.note.end_ns, scope.receiver)
        for scope in calls
        if value in _short_values(scope.note)
    ]
    if said and min(said)[0] >= heard_ns:
        yield Flow(min(said)[1], value, 1)


def _short_values(note: Note) -> Sequence[str]:
    """Return what replies have, and no request, and is no token as such."""
    texts = {text for each in note.replies for text in each.values.texts}
    found = texts - note.values.texts - note.news
    return sorted(found) if len(found) <= _MOST_SHORT else ()


def says_all(note: Note, outer: Note) -> bool:
    """Whether all that an exchange says is in another, or in the reply to that."""
    texts = note.values.texts
    said = {text for each in outer.replies for text in each.values.texts}
    return bool(texts) and texts <= said | outer.values.texts


def says_answer(note: Note, outer: Note) -> bool:
    """Whether a short value of an answer is in the reply to another exchange."""
    answered = outer.answered and outer.end_ns >= note.end_ns
    said = {text for each in outer.replies for text in each.values.texts}
    return answered and not said.isdisjoint(_short_values(note))


class Heard(NamedTuple):
    """A value that one port had as an answer, and another sent at once.

    Attributes:
        sender: The port that had it.
        value: The value.
        weight: How much that shows, of ``PROVED``.
    """

    sender: str
    value: str
    weight: int


def heard_before(note: Note, recent: Sequence[Note]) -> Iterator[Heard]:
    """Yield what an exchange says that another port alone has just heard.

    Args:
        note: The exchange.
        recent: Those before it.
    """
    known = frozenset[str]().union(*(e.note.values.texts for e in note.candidates))
    for value in sorted(note.values.texts - known)[:_MOST_SHORT]:
        heard = [each for each in recent if _heard(each, note, value)]
        senders = {each.sender for each in heard}
        if len(senders) == 1 and note.sender not in senders:
            yield Heard(heard[0].sender, value, STRONG)


def _heard(earlier: Note, note: Note, value: str) -> bool:
    """Whether an exchange had a value as its answer just before another began."""
    sent_ns = max(note.opened_ns, note.since_ns) if note.waited else note.begin_ns
    return (
        earlier.host == note.host
        and sent_ns - _AT_ONCE_NS <= earlier.end_ns <= note.begin_ns
        and (value in earlier.news or value in _short_values(earlier))
    )
