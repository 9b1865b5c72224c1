"""What belongs together, by pairs of which each does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

Item = TypeVar("Item", bound="Hashable")


class Joined(Generic[Item]):
    """Disjoint sets of items; one that was never named is a set by itself."""

    def __init__(self) -> None:
        self._above: dict[Item, Item] = {}

    def join(self, one: Item, other: Item) -> None:
        """Put two items, and all that belongs to either, into one set."""
        one, other = self.root(one), self.root(other)
        self._above.setdefault(one, one)
        self._above[other] = one

    def root(self, item: Item) -> Item:
        """Return the item that stands for the set of an item."""
        way = []
        while (above := self._above.get(item, item)) != item:
            way.append(item)
            item = above
        for each in way:
            self._above[each] = item
        return item

    def groups(self) -> list[list[Item]]:
        """Return the sets of all that was joined, in the order of first mention."""
        found: dict[Item, list[Item]] = {}
        for each in self._above:
            found.setdefault(self.root(each), []).append(each)
        return list(found.values())
