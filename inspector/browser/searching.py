"""A search, in steps short enough to be drawn in between, and to be given up."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .store import CHUNK, TEXT_CHUNK, selected
from .translating import condition_of

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator

    from .asking import Asked
    from .store import Store

_SOON = 0.15  # seconds after which what was found so far is shown …
_OFTEN = 0.5  # … and again
_PAGE = 10_000  # rows that are shown before all are sorted
_UNPACKED = 512  # exchanges that are judged in one step


class Search:
    """What a filter chooses.

    Args:
        store: The exchanges.
        asked: What is asked for.

    Attributes:
        count: How many were found so far.
        searched: Up to which number.
        done: Whether all were searched.
    """

    def __init__(self, store: Store, asked: Asked) -> None:
        self.count = self.searched = 0
        self.done = False
        self._store, self._asked = store, asked
        self._flags = bytearray()

    def steps(self, given_up: Callable[[], bool]) -> Iterator[None]:
        """Search, and yield after each step.

        Args:
            given_up: Whether nobody wants to know any more.
        """
        store = self._store
        store.flush()
        condition = condition_of(self._asked, store)
        count = TEXT_CHUNK if "b." in condition.sql else CHUNK
        while self.searched < store.highest and not given_up():
            found = store.matching(condition.sql, self.searched + 1, count)
            if condition.exact:
                self._take(found)
            else:
                yield from self._judge(found, given_up)
            self.searched = min(self.searched + count, store.highest)
            yield
        self.done = self.searched >= store.highest

    def found(self, key: str) -> array[int]:
        """Return the numbers that were found so far, sorted."""
        flags = self._flags
        order = self._store.order(key)
        lacking = self._store.highest + 1 - len(flags)
        flags.extend(bytes(max(lacking, 0)))
        return selected(order, flags)

    def _judge(self, found: list[int], given_up: Callable[[], bool]) -> Iterator[None]:
        for first in range(0, len(found), _UNPACKED):
            if given_up():
                return
            some = self._store.exchanges(found[first : first + _UNPACKED])
            self._take([each.number for each in some if self._asked(each)])
            yield

    def _take(self, numbers: list[int]) -> None:
        if numbers:
            lacking = numbers[-1] + 1 - len(self._flags)
            self._flags.extend(bytes(max(lacking, 0)))
        for number in numbers:
            self._flags[number] = 1
        self.count += len(numbers)


def everything(store: Store, key: str) -> array[int]:
    """Return the numbers of all exchanges, sorted."""
    store.flush()
    return store.order(key)


class Found(NamedTuple):
    """What was found so far.

    Attributes:
        numbers: The numbers, sorted.
        searched: Up to which number was searched.
        done: Whether that is all.
    """

    numbers: array[int]
    searched: int
    done: bool


def results(
    store: Store,
    asked: Asked,
    key: str,
    given_up: Callable[[], bool],
    clock: Callable[[], float] = monotonic,
) -> Iterator[Found]:
    """Yield what is found: soon, now and then, and at the end.

    Args:
        store: The exchanges.
        asked: What is asked for.
        key: By what they are sorted.
        given_up: Whether nobody wants to know any more.
        clock: The time in seconds.
    """
    if asked.everything:
        store.flush()
        if store.count > _PAGE and not store.is_sorted(key):
            yield Found(store.first(key, _PAGE), store.highest, done=False)
        yield Found(everything(store, key), store.highest, done=True)
        return
    search, due = Search(store, asked), clock() + _SOON
    for _ in search.steps(given_up):
        if clock() >= due:
            yield Found(search.found(key), search.searched, done=False)
            due = clock() + _OFTEN
    if not given_up():
        yield Found(search.found(key), search.searched, done=True)
