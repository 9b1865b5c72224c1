"""What follows a task: how far it is, and whether it is to stop, by way of a store.

::

    worker ─► api-1.3f2a….progress ─► who waits for it
           ◄─ stop                 ◄─
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from inspector.errors import InspectorError
from inspector.sources.reading import Reading
from protocol.lazy_regex import lazy_regex

from .placing import NAME, PART, safe_name
from .stores import Folder, store_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from .stores import Store

STOP = "protocol-inspect.stop"
"""The file that ends the tasks of a run."""
SUFFIX = ".progress"
_OURS = lazy_regex(rf"{NAME}\.progress{PART}")
INSPECT, COMPARE, SPLIT, JOIN, CHAIN = 1, 2, 3, 4, 5
"""The steps of a run; not every run has the second, or the last."""
_EVERY, _EVERY_FAR = 0.5, 3.0
"""Seconds between what is said of progress; where each word is a request, more."""


class Noted(msgspec.Struct, frozen=True, array_like=True):
    """How far a task is.

    Attributes:
        step: Which of the steps of a run it is of.
        name: The source, or what several have seen together.
        done: Bytes that were read …
        total: … and that are to be read.
        over: Whether it is done.
    """

    step: int
    name: str
    done: int
    total: int
    over: bool = False


class Watching:
    """What tasks say of themselves, as far as it is new.

    Args:
        store: Where they say it; what an earlier run has left is removed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed: dict[str, int] = {}
        self._noted: dict[str, Noted] = {}
        for name in filter(is_progress, store.names()):
            store.remove(name)

    def look(self) -> list[Noted]:
        """Return how far all tasks are that have begun, as far as it can be read."""
        with suppress(InspectorError):  # it is of no figure
            self._look()
        return list(self._noted.values())

    def _look(self) -> None:
        changed, store = self._changed, self._store
        if isinstance(store, Folder):
            changed = store.changes(SUFFIX)
            names = [n for n, at in changed.items() if self._changed.get(n) != at]
        else:
            names = [name for name in store.names() if name.endswith(SUFFIX)]
        self._changed = changed
        for name in names:
            said = noted(store.read(name))
            if said is not None:
                self._noted[name] = said


def is_progress(name: str) -> bool:
    """Whether a file is one in which a run has said how far a task is."""
    return _OURS.fullmatch(name) is not None


def progress_name(name: str) -> str:
    """Return the file in which it is said how far a task is."""
    return safe_name(name) + SUFFIX


def noted(data: bytes | None) -> Noted | None:
    """Return what was said of a task; None for nothing that can be read."""
    with suppress(msgspec.MsgspecError):
        return None if data is None else msgspec.json.decode(data, type=Noted)
    return None


class Following:
    """Says how far a task is, and learns when it is to stop.

    Args:
        folder: The folder of the run, or its URL.
        name: Of the task: that of a source, or the names of several.
        step: What it does.
        total: Bytes that it reads; 0 where nobody knows.
    """

    def __init__(
        self, folder: str, name: str, step: int = INSPECT, total: int = 0
    ) -> None:
        self._store: Store = store_at(folder)
        self._every = _EVERY_FAR if self._store.far else _EVERY
        self._name, self._step, self._total = name, step, total
        self._before = self._current = 0
        self._said = self._looked = float("-inf")

    def reading(self) -> Reading:
        """Return the reading of the next file."""
        self._before, self._current = self._before + self._current, 0
        reading = Reading(self._note)
        self._end: Callable[[], None] = reading.stop
        return reading

    def skip(self, size: int) -> None:
        """Note that so many bytes were read by an earlier run."""
        self._before += size

    def finish(self) -> None:
        """Note that the task is done."""
        self._say(over=True)

    def _note(self, size: int) -> None:
        self._current = size
        now = monotonic()
        if not self._store.far or now - self._looked >= self._every:
            self._looked = now
            if self._store.exists(STOP):
                self._end()
        if now - self._said >= self._every:
            self._said = now
            self._say()

    def _say(self, *, over: bool = False) -> None:
        done = self._before + self._current
        said = Noted(self._step, self._name, done, self._total, over)
        with suppress(InspectorError):  # it is of no figure
            self._store.write(progress_name(self._name), msgspec.json.encode(said))
