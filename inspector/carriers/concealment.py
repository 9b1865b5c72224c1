"""What hides secrets in what carriers read."""

from __future__ import annotations

from typing import Protocol


class Concealment(Protocol):
    """What hides secrets in what is read, before anything else sees it."""

    @property
    def hides_channels(self) -> bool:
        """Whether parts of channels are hidden, and not secrets alone."""

    def body(self, text: bytes) -> bytes:
        """Return a JSON text with its secrets hidden, in as many bytes."""

    def channel(self, name: bytes) -> bytes:
        """Return a channel with parts of it hidden, in as many bytes."""

    def addressed(self, text: bytes) -> bytes:
        """Return the text of what is sent to a channel, its ``pattern`` hidden too."""

    def words(self, words: str) -> str:
        """Return a sentence about bytes without what it quotes of them."""
