"""The recordings of a route, found by the data of a request.

Of a request the answer is that of the recording

1. whose data is equal,
2. whose data is equal but for what is ignored, and for what redaction has hidden of it,
3. whose data is nearest.

Of several with equal data the next one answers each time, and the last one goes on.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from .differences import differences
from .hidden import hidden_places
from .json_paths import JsonPaths
from .likeness import Likeness
from .normalizing import DEEPEST, normalized

if TYPE_CHECKING:
    from protocol import Json

    from .recordings import Recording

_MOST_MASKS = 64
"""Sets of places that redaction may have hidden in the data of one route."""
_MOST_COMPARED = 1_000
"""Recordings of a route that are compared with data that none of them has."""
_NOTHING = JsonPaths()


class How(StrEnum):
    """How a recording was found."""

    EXACT = "exact"
    IGNORING = "ignoring"
    NEAREST = "nearest"


class Found(NamedTuple):
    """The recording that answers a request.

    Attributes:
        recording: What was recorded.
        how: How it was found.
        difference: The first place where the data differs; empty for an equal one.
    """

    recording: Recording
    how: How
    difference: str = ""


class _Turns:
    """Recordings with equal data, which answer in turn."""

    def __init__(self) -> None:
        self._recordings: list[Recording] = []
        self._next = 0

    def add(self, recording: Recording) -> None:
        self._recordings.append(recording)

    def take(self) -> Recording:
        place = min(self._next, len(self._recordings) - 1)
        self._next = place + 1
        return self._recordings[place]


class Book:
    """The recordings of one route.

    Args:
        ignored: What of the data does not matter.
    """

    def __init__(self, ignored: JsonPaths = _NOTHING) -> None:
        self._ignored = ignored
        self._exact: dict[bytes, _Turns] = {}
        self._masked: dict[frozenset[object], tuple[JsonPaths, dict[bytes, _Turns]]]
        self._masked = {frozenset(): (ignored, {})} if ignored else {}
        self._recordings: list[Recording] = []
        self._likenesses: list[Likeness] = []

    def __len__(self) -> int:
        return len(self._recordings)

    @property
    def first(self) -> Recording:
        """The first recording."""
        return self._recordings[0]

    def add(self, recording: Recording) -> None:
        """Add a recording, which answers after those with equal data before it."""
        data = recording.data
        turns = self._exact.setdefault(normalized(data), _Turns())
        turns.add(recording)
        self._recordings.append(recording)
        hidden = frozenset(hidden_places(data, DEEPEST))
        if self._ignored:
            self._add_masked(frozenset(), self._ignored, recording)
        if hidden and (hidden in self._masked or len(self._masked) < _MOST_MASKS):
            self._add_masked(hidden, self._ignored.with_places(hidden), recording)

    def _add_masked(
        self, key: frozenset[object], paths: JsonPaths, recording: Recording
    ) -> None:
        paths, by_data = self._masked.setdefault(key, (paths, {}))
        by_data.setdefault(normalized(recording.data, paths), _Turns()).add(recording)

    def find(self, data: Json) -> Found:
        """Return the recording that answers a request; there must be one.

        Args:
            data: The payload of the request; UNDEFINED for none.
        """
        turns = self._exact.get(normalized(data))
        if turns is not None:
            return Found(turns.take(), How.EXACT)
        for paths, by_data in self._masked.values():
            turns = by_data.get(normalized(data, paths))
            if turns is not None:
                return Found(turns.take(), How.IGNORING)
        return self._nearest(data)

    def _nearest(self, data: Json) -> Found:
        """Return the recording with the likest data, of equally like ones the first."""
        compared = self._recordings[:_MOST_COMPARED]
        while len(self._likenesses) < len(compared):
            self._likenesses.append(Likeness(compared[len(self._likenesses)].data))
        asked = Likeness(data)
        place = max(
            range(len(compared)), key=lambda each: asked.to(self._likenesses[each])
        )
        nearest = compared[place]
        first = next(differences(nearest.data, data, self._ignored), None)
        return Found(nearest, How.NEAREST, "" if first is None else str(first))
