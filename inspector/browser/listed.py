"""What a list shows: columns, rows that are made when they are looked at, an order."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

from inspector.views.layout import Cell, Column
from inspector.views.theme import UNCUT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

Columns = list[Column]
Rows = list[list[Cell]]


class Listed(Protocol):
    """Rows of one kind.

    Attributes:
        key: By what they are sorted.
        turned: Whether that is turned round.
    """

    key: str
    turned: bool

    @property
    def count(self) -> int:
        """How many there are."""

    @property
    def keys(self) -> Sequence[str]:
        """By what they can be sorted."""

    def page(self, first: int, count: int, width: int) -> tuple[Columns, Rows]:
        """Return the columns, and some rows from a place on, for a width in cells."""

    def key_of(self, header: str) -> str | None:
        """Return by what a click on a header sorts; None for nothing."""

    def sort(self, key: str, *, turned: bool = False) -> None:
        """Sort the rows."""


class Figures:
    """Rows that are few enough to be made at once, each from one value.

    Args:
        values: What the rows are of, in the order in which they are shown first.
        made: Makes columns and rows of some of them, for a width in cells.
        keys: Header of a column → what its rows are sorted by, the smallest first.

    Attributes:
        lock: Held while rows are made or sorted.
    """

    _USUAL = "worst"

    def __init__(
        self,
        values: Sequence[object],
        made: Callable[[list[object], int], tuple[Columns, Rows]],
        keys: dict[str, Callable[[object], object]],
    ) -> None:
        self._values = self._shown = list(values)
        self._made, self._keys = made, keys
        self.key, self.turned = self._USUAL, False
        self._words: tuple[str, ...] = ()
        self.lock: AbstractContextManager[object] = nullcontext()

    @property
    def count(self) -> int:
        """How many rows are shown."""
        return len(self._shown)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._values)

    @property
    def keys(self) -> Sequence[str]:
        """By what they can be sorted."""
        return [self._USUAL, *self._keys]

    def value(self, place: int) -> object:
        """Return what a row is of."""
        return self._shown[place]

    def page(self, first: int, count: int, width: int) -> tuple[Columns, Rows]:
        """Return the columns, and some rows."""
        with self.lock:
            return self._made(self._shown[first : first + count], width)

    def key_of(self, header: str) -> str | None:
        """Return by what a click on a header sorts."""
        return header if header in self._keys else None

    def sort(self, key: str, *, turned: bool = False) -> None:
        """Sort the rows; numbers in descending order, unless it is turned round."""
        self.key, self.turned = key, turned
        with self.lock:
            self._arrange()

    def choose(self, words: Sequence[str]) -> None:
        """Show those rows alone that have all of some words, whatever their case."""
        self._words = tuple(word.casefold() for word in words)
        with self.lock:
            self._arrange()

    def _arrange(self) -> None:
        shown = self._values
        if self._words:
            _, rows = self._made(list(shown), UNCUT)  # names are found whole
            texts = (" ".join(cell.text for cell in row).casefold() for row in rows)
            shown = [
                value
                for value, text in zip(shown, texts, strict=True)
                if all(word in text for word in self._words)
            ]
        key = self._keys.get(self.key)
        if key is None:
            self._shown = shown[::-1] if self.turned else list(shown)
            return
        texts_first = bool(shown) and isinstance(key(shown[0]), str)
        falling = self.turned if texts_first else not self.turned
        self._shown = sorted(shown, key=key, reverse=falling)  # type: ignore[arg-type] # of one type
