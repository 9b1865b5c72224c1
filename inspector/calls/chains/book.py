"""Notes of exchanges, by the values and the traces in them, while they may be parents.

What an exchange is looked up by is a value that few others have, so that it takes no
longer the more there are: a note is found by its rarest value, and by each of those of
which all are in it. Where more than ``MOST`` would fit, the exchange is *crowded*, and
nobody knows which.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from .lanes import is_crowded
from .notes import EVENT_NS, WAITED_NS, Candidate, Note, Scope, fits
from .tokens import are_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 48
"""Exchanges that are compared with one."""
MAX_NOTES = 20_000
"""Notes that are kept."""
_MOST_DEAD = 32  # that are passed over before they are removed
_PENDING_EARLIER = 256  # that are over, and wait for an earlier one that is not
Places: TypeAlias = "dict[tuple[str, str], list[Scope]]"


class Book:
    """Keep notes, and find those that may be the parent of an exchange."""

    def __init__(self, most: int = MAX_NOTES) -> None:
        self.steps = 0  # places that were looked at: what finding costs
        self._most = most
        self._notes: deque[Note] = deque()
        self._by_value: Places = {}  # host and value → all that have it
        self._by_rarest: Places = {}  # … → those of which it is the rarest value
        self._by_trace: Places = {}
        self._calls: Places = {}  # by host and receiver
        self._events: Places = {}  # … the same
        self._answers: Places = {}  # host of the sender, value of a reply → answers
        self._told: Places = {}  # host of the receiver, value of a reply → calls
        self._rarest: dict[int, str] = {}  # by the number of a note
        self._lost_ns: dict[str, int] = {}  # host → until when a note may be missing …
        self._all_lost_ns = 0  # … and of any host

    def add(self, note: Note) -> None:
        """Keep a note; the oldest is forgotten where that are too many."""
        self._notes.append(note)
        for scope in note.scopes:
            handled = self._events if note.is_event else self._calls
            _place(handled, scope.host, scope.receiver, scope)
            for token in note.values.tokens:
                _place(self._by_value, scope.host, token, scope)
            if note.values.tokens:
                rarest = self._rarest_of(scope.host, note)
                self._rarest[note.number] = rarest
                _place(self._by_rarest, scope.host, rarest, scope)
            if note.trace:
                _place(self._by_trace, "", note.trace, scope)
            if is_crowded(scope.host):
                for token in note.told:
                    _place(self._told, scope.host, token, scope)
        if note.news and note.sender:
            first_ns, until_ns = note.replies[0].time_ns, note.end_ns + EVENT_NS
            answered = Scope(note, "", note.host, first_ns, until_ns)
            for token in note.news:
                _place(self._answers, note.host, token, answered)
        while len(self._notes) > self._most or self._is_over(note.begin_ns):
            self._forget(self._notes.popleft(), note.begin_ns)

    def lose(self, until_ns: int) -> None:
        """Learn that up to some time any note may be missing."""
        self._all_lost_ns = max(self._all_lost_ns, until_ns)

    def find(self, note: Note) -> None:
        """Find what may be the parent of an exchange, of those that were added."""
        found: dict[int, Candidate] = {}
        if note.trace:
            for scope in self._alive(
                self._by_trace, "", note.trace, note.begin_ns, note.since_ns
            ):
                if fits(note, scope):
                    found[id(scope)] = Candidate(scope, by_trace=True)
                if len(found) > MOST:
                    break
        if note.sender and note.values.tokens:
            for scope in self._alike(note):
                if fits(note, scope):
                    known = found.setdefault(id(scope), Candidate(scope))
                    known.by_data = True
            note.answers = list(self._answering(note))
        note.candidates = list(found.values())
        lost_ns = self._lost_ns.get(note.host, 0)
        if max(lost_ns, self._all_lost_ns) >= note.begin_ns:
            note.crowded = True

    def calls_at(self, host: str, receiver: str, time_ns: int) -> Iterator[Scope]:
        """Yield the calls that a receiver handles at a time, the latest first."""
        return self._alive(self._calls, host, receiver, time_ns)

    def events_at(
        self, host: str, receiver: str, time_ns: int, since_ns: int
    ) -> Iterator[Scope]:
        """Yield the events that a receiver has had lately, the latest first.

        Args:
            host: The address of the receiver …
            receiver: … and the receiver.
            time_ns: Until when it has had them …
            since_ns: … and since when.
        """
        for scope in self._alive(self._events, host, receiver, time_ns):
            if scope.begin_ns < since_ns:
                return
            yield scope

    def telling(self, note: Note, value: str) -> Iterator[Scope]:
        """Yield what was handled when an exchange began, with a value in the reply."""
        found = self._alive(self._told, note.host, value, note.begin_ns)
        for scope in islice(found, MOST):
            if fits(note, scope):
                yield scope

    def _alike(self, note: Note) -> Iterator[Scope]:
        """Yield those whose data has that of an exchange, or is in it."""
        values = note.values
        seen = set()
        rarest = self._rarest_of(note.host, note)
        for scope in self._few(self._by_value, rarest, note):
            seen.add(id(scope))
            if are_alike(values, scope.note.values):
                yield scope
        for token in values.tokens:
            for scope in self._few(self._by_rarest, token, note):
                if id(scope) not in seen and are_alike(values, scope.note.values):
                    seen.add(id(scope))
                    yield scope

    def _answering(self, note: Note) -> Iterator[Note]:
        """Yield earlier exchanges whose answers are in the data of this one."""
        seen = set()
        for token in note.values.tokens:
            for scope in self._few(self._answers, token, note):
                if scope.note.number not in seen and scope.note is not note:
                    seen.add(scope.note.number)
                    yield scope.note
            if len(seen) > MOST:
                note.crowded = True
                break

    def _few(self, places: Places, what: str, note: Note) -> Iterator[Scope]:
        """Yield what has something, unless that is too many."""
        found = self._alive(places, note.host, what, note.begin_ns, note.since_ns)
        for count, scope in enumerate(found):
            if count == MOST:
                note.crowded = True
                return
            yield scope

    def _alive(
        self,
        places: Places,
        where: str,
        what: str,
        time_ns: int,
        since_ns: int | None = None,
    ) -> Iterator[Scope]:
        """Yield what has something, and holds a time, the latest first.

        Args:
            places: Where it is looked up …
            where: … under this address …
            what: … and this value.
            time_ns: The time.
            since_ns: When it may have ended instead; None for the same.
        """
        since_ns = time_ns if since_ns is None else since_ns
        kept_ns = time_ns - WAITED_NS if not where or is_crowded(where) else time_ns
        listed = places.get((where, what))
        if listed is None:
            return
        dead = 0
        try:
            for scope in reversed(listed):
                self.steps += 1
                if scope.end_ns < since_ns:
                    dead += scope.end_ns < kept_ns
                elif scope.begin_ns <= time_ns:
                    yield scope
        finally:
            if dead > _MOST_DEAD:
                listed[:] = [each for each in listed if each.end_ns >= kept_ns]

    def _rarest_of(self, host: str, note: Note) -> str:
        """Return the value of a note that the fewest others have."""
        known = self._by_value
        return min(
            note.values.tokens, key=lambda token: len(known.get((host, token), ()))
        )

    def _is_over(self, now_ns: int) -> bool:
        """Whether the oldest note can be the parent of nothing that begins now."""
        if len(self._notes) < _PENDING_EARLIER:
            return False
        oldest = self._notes[0]
        until_ns = max((each.end_ns for each in oldest.scopes), default=0)
        return max(until_ns, oldest.end_ns + EVENT_NS) < now_ns

    def _forget(self, note: Note, now_ns: int) -> None:
        rarest = self._rarest.pop(note.number, "")
        for scope in note.scopes:
            if scope.end_ns >= now_ns:
                lost = self._lost_ns.get(scope.host, 0)
                self._lost_ns[scope.host] = max(lost, scope.end_ns)
            for token in note.values.tokens:
                _remove(self._by_value, scope.host, token, note)
            _remove(self._by_rarest, scope.host, rarest, note)
            if is_crowded(scope.host):
                for token in note.told:
                    _remove(self._told, scope.host, token, note)
            _remove(self._by_trace, "", note.trace, note)
            handled = self._events if note.is_event else self._calls
            _remove(handled, scope.host, scope.receiver, note)
        for token in note.news:
            _remove(self._answers, note.host, token, note)


def _place(places: Places, where: str, what: str, scope: Scope) -> None:
    places.setdefault((where, what), []).append(scope)


def _remove(places: Places, where: str, what: str, note: Note) -> None:
    """Remove the oldest note from what has something; it stands first there."""
    listed = places.get((where, what))
    if listed is None:
        return
    count = 0
    while count < len(listed) and listed[count].note.number <= note.number:
        count += 1
    del listed[:count]
    if not listed:
        del places[where, what]
