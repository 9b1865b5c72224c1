"""Whether a third-party carrier hides channels, where that is wanted.

Which bytes of its units are channels, nobody else can tell. But a talk that never asks
for one to be hidden, and says where something is sent to, hides none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import Event, Request

from .base import Errand, Idle, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protocol import Packet

    from .base import Concealment, Unit


class ShownError(ValueError):
    """A carrier shows channels that are to be hidden."""


class Watch:
    """What hides secrets for one talk, and knows whether it was asked for channels.

    Args:
        conceal: What hides them.

    Attributes:
        asked: Whether it was.
    """

    def __init__(self, conceal: Concealment) -> None:
        self._conceal = conceal
        self.asked = False

    @property
    def hides_channels(self) -> bool:
        """Whether parts of channels are hidden, and not secrets alone."""
        return self._conceal.hides_channels

    def body(self, text: bytes) -> bytes:
        """Return a JSON text with its secrets hidden, in as many bytes."""
        return self._conceal.body(text)

    def channel(self, name: bytes) -> bytes:
        """Return a channel with parts of it hidden, in as many bytes."""
        self.asked = True
        return self._conceal.channel(name)

    def addressed(self, text: bytes) -> bytes:
        """Return the text of what is sent to a channel, its ``pattern`` hidden too."""
        self.asked = True
        return self._conceal.addressed(text)

    def words(self, words: str) -> str:
        """Return a sentence about bytes without what it quotes of them."""
        return self._conceal.words(words)


# decision 144
def check_hidden(watch: Watch | None, said: Iterable[Unit | Packet]) -> None:
    """Demand that channels are hidden, where that is wanted.

    Args:
        watch: What hides them; None where nothing is hidden.
        said: What a talk has read.

    Raises:
        ShownError: Something says where it is sent to, and nothing was asked.
    """
    if watch is None or watch.asked or not watch.hides_channels:
        return
    if any(map(_names_channel, said)):
        raise ShownError("it hides no channels")


def _names_channel(said: Unit | Packet) -> bool:
    """Whether a unit, or a packet, says where something is sent to."""
    if isinstance(said, Transfer):
        return said.channel is not None or _names_channel(said.packet)
    if isinstance(said, Errand | Idle):
        return bool(said.channels)
    return isinstance(said, Request | Event)
