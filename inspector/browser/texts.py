"""The payloads of exchanges, many in one text, so that a word is soon found in all.

::

    exchanges that were added together ─► a block: their payloads, one after the other
    word ─► block: is it there? ─► where? ─► which exchanges

Most blocks lack most words, which one look shows. A block has what was added together,
by whatever numbers: it is known by the lowest and the highest of them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

import msgspec

from .packing import BETWEEN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from .packing import Packed
    from .schema import Row

_BLOCK = 28_000
"""Bytes of a block after which another begins: to read one payload, all are read."""
_INSERT_TEXT = "INSERT INTO texts VALUES (?, ?, ?, ?)"
_TEXT = "SELECT text FROM texts WHERE id = ?"
_PLACES = "SELECT numbers, starts FROM texts WHERE id = ?"
_INSERT_BODY = "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?)"


class Block(msgspec.Struct, gc=False):
    """What is known of a block.

    Attributes:
        id: Its key in the database.
        lowest: The lowest number of its exchanges …
        highest: … and the highest.
        count: How many there were …
        live: … and how many of them were not replaced since.
    """

    id: int
    lowest: int
    highest: int
    count: int
    live: int


# decision 194
class Texts:
    """The payloads of exchanges in a database, and what is packed of them besides.

    Whoever calls holds the lock of the database.

    Args:
        database: Has the tables ``texts`` and ``bodies``.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._blocks: dict[int, Block] = {}
        self._next = 1

    @property
    def blocks(self) -> list[Block]:
        """All blocks."""
        return list(self._blocks.values())

    def add(self, packed: Iterable[tuple[int, Packed]]) -> None:
        """Keep exchanges that are not there; each number occurs once."""
        some: list[tuple[int, Packed]] = []
        size = 0
        for each in packed:
            some.append(each)
            size += len(each[1].text)
            if size >= _BLOCK:
                self._keep(some)
                some, size = [], 0
        if some:
            self._keep(some)

    def _keep(self, some: Sequence[tuple[int, Packed]]) -> None:
        numbers = array("I", [number for number, _ in some])
        starts, place = array("I"), 0
        bodies: list[Row] = []
        block = Block(self._next, min(numbers), max(numbers), len(some), len(some))
        for number, (text, head) in some:
            starts.append(place)
            bodies.append((number, block.id, place, len(text), head))
            place += len(text) + len(BETWEEN)
        joined = BETWEEN.join([packed.text for _, packed in some])
        self._next += 1
        self._blocks[block.id] = block
        row = (block.id, numbers.tobytes(), starts.tobytes(), joined)
        self._database.execute(_INSERT_TEXT, row)
        self._database.executemany(_INSERT_BODY, bodies)

    def replace(self, numbers: Iterable[int]) -> None:
        """Forget exchanges that are about to be added again."""
        listed = ", ".join(map(str, numbers))
        query = f"SELECT block FROM bodies WHERE number IN ({listed})"
        for (key,) in self._database.execute(query).fetchall():
            block = self._blocks[key]
            block.live -= 1
            if not block.live:
                self._drop(block)

    def forget(self, highest: int) -> None:
        """Forget all exchanges up to a number."""
        self._database.execute(f"DELETE FROM bodies WHERE number <= {highest}")
        for block in self.blocks:
            if block.highest <= highest:
                self._drop(block)

    def _drop(self, block: Block) -> None:
        del self._blocks[block.id]
        self._database.execute(f"DELETE FROM texts WHERE id = {block.id}")

    def read(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield the number of exchanges, their payloads, and what else is packed."""
        listed = ", ".join(map(str, numbers))
        yield from self._database.execute(
            "SELECT b.number, substr(t.text, b.start + 1, b.length), b.head "
            f"FROM bodies b JOIN texts t ON t.id = b.block WHERE b.number IN ({listed})"
        )

    def having(self, words: Sequence[bytes], block: Block) -> list[int]:
        """Return the numbers of the exchanges of a block that have all of some words.

        Args:
            words: One at least.
            block: The block, which may be gone by now.
        """
        found = self._database.execute(_TEXT, (block.id,)).fetchone()
        text = b"" if found is None else found[0]
        if not all(word in text for word in words):
            return []
        numbers, starts = array("I"), array("I")
        ((some, others),) = self._database.execute(_PLACES, (block.id,))
        numbers.frombytes(some)
        starts.frombytes(others)
        places = set.intersection(*(_places(text, each, starts) for each in words))
        found = [numbers[place] for place in places]
        return found if block.live == block.count else self._live(found, block)

    def _live(self, numbers: Iterable[int], block: Block) -> list[int]:
        """Return the numbers of those that were not replaced."""
        listed = ", ".join(map(str, numbers))
        query = (
            f"SELECT number FROM bodies WHERE number IN ({listed}) "
            f"AND block = {block.id}"
        )
        return [number for (number,) in self._database.execute(query)]


def _places(text: bytes, word: bytes, starts: array[int]) -> set[int]:
    """Return the places of the exchanges of a block that have a word.

    Args:
        text: Their payloads.
        word: What is looked for.
        starts: Where the payloads of each begin.
    """
    places, find = set[int](), text.find
    there, last = find(word), len(starts)
    while there >= 0:
        place = bisect_right(starts, there)  # that of the exchange after it
        places.add(place - 1)
        if place == last:
            break
        there = find(word, starts[place])
    return places
