"""A search, in steps short enough to be drawn in between, and to be given up.

::

    numbers, chunk by chunk ─► columns (SQL) ─► words in payloads ─► the filter itself
                                                 block by block      what is in doubt
"""

from __future__ import annotations

from itertools import chain, compress, count
from time import monotonic
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .store import CHUNK, selected
from .translating import condition_of

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator, Sequence

    from .asking import Asked
    from .store import Store
    from .translating import Condition, Sought

_SOON = 0.15  # seconds after which what was found so far is shown …
_OFTEN = 0.5  # … and again, each time after twice as long
_PAGE = 1_000  # rows that are shown before all are sorted
_FEW = 1_000  # rows that are sorted by themselves, and not by the order of all
_UNPACKED = 512  # exchanges that are judged in one step


class _Flags:
    """Which exchanges have a word: in their payloads, a route or an address.

    A block of payloads is read once, as soon as a number of its may be in the chunk.

    Args:
        store: The exchanges.
        sought: Where the word may be.
    """

    def __init__(self, store: Store, sought: Sought) -> None:
        self._store, self._sought = store, sought
        self._blocks = store.blocks()
        self._read = 0  # blocks
        self._flags = bytearray()

    def chunk(self, first: int, count: int) -> bytearray:
        """Return for each number of a chunk whether the word may be there."""
        sought, store = self._sought, self._store
        self._read_blocks(first + count - 1)
        flags = store.places(first, count, sought.routes, sought.connections)
        escaped = store.matching("r.escaped", first, count) if sought.escaped else []
        in_texts = compress(range(count), self._flags[first : first + count])
        for place in chain(in_texts, (number - first for number in escaped)):
            flags[place] = 1
        return flags

    def _read_blocks(self, last: int) -> None:
        """Find the texts in all payloads up to a number, at least."""
        flags, blocks = self._flags, self._blocks
        while self._read < len(blocks) and blocks[self._read].lowest <= last:
            found = self._store.having(self._sought.words, blocks[self._read])
            self._read += 1
            if found:
                flags.extend(bytes(max(max(found) + 1 - len(flags), 0)))
            for number in found:
                flags[number] = 1


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
        sought = [_Flags(store, each) for each in condition.words]
        while self.searched < store.highest and not given_up():
            found = self._chosen(condition, sought)
            if condition.exact:
                self._take(found)
            else:
                yield from self._judge(found, given_up)
            self.searched = min(self.searched + CHUNK, store.highest)
            yield
        self.done = self.searched >= store.highest

    def _chosen(self, condition: Condition, sought: Sequence[_Flags]) -> list[int]:
        """Return the numbers of the next chunk for which a condition holds."""
        first, sql = self.searched + 1, condition.sql
        flags = [each.chunk(first, CHUNK) for each in sought]
        if sql or not flags:
            found = self._store.matching(sql or "1", first)
        else:
            found = [*compress(range(first, first + CHUNK), flags.pop())]
        for each in flags:
            found = [number for number in found if each[number - first]]
        return found

    def found(self, key: str) -> array[int]:
        """Return the numbers that were found so far, sorted."""
        flags = self._flags
        if self.count <= _FEW:
            return self._store.in_order(key, [*compress(count(), flags)])
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
    search, due, pause = Search(store, asked), clock() + _SOON, _OFTEN
    for _ in search.steps(given_up):
        if clock() >= due:
            yield Found(search.found(key), search.searched, done=False)
            due, pause = clock() + pause, 2 * pause
    if not given_up():
        yield Found(search.found(key), search.searched, done=True)
