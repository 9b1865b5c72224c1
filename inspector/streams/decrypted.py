"""What became of the connections that TLS protects, where there is a key log."""

from __future__ import annotations

from collections import Counter

import msgspec


class Decrypted(msgspec.Struct):
    """How many could be read, and why others could not.

    Attributes:
        connections: Those of which data were read.
        unread: Why nothing, or nothing more, could be read → of how many.
    """

    connections: int = 0
    unread: Counter[str] = msgspec.field(default_factory=Counter)

    def __bool__(self) -> bool:
        """Whether there was any connection of TLS."""
        return bool(self.connections or self.unread)

    def add(self, other: Decrypted) -> None:
        """Take in others."""
        self.connections += other.connections
        self.unread.update(other.unread)

    def copy(self) -> Decrypted:
        """Return the same, which others may change."""
        return Decrypted(self.connections, Counter(self.unread))
