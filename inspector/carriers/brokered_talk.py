"""What talks of brokers have in common whose sides are read each by itself.

::

    receive ─► the reader of that side ─► units       of each carrier's own
    received, buffered, begun, lose                   what that reader says
    finish, express                                   nothing

Over RabbitMQ, where a message may begin many frames before its last one, more than the
reader has to be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from .base import Skipped

if TYPE_CHECKING:
    from .base import Express, Side, Unit


class SideReader(Protocol):
    """What reads the bytes of one side.

    Attributes:
        received: Bytes that came so far: the place of the next.
    """

    received: int

    @property
    def buffered(self) -> int:
        """Bytes that are kept for what is not complete."""

    @property
    def begun(self) -> int:
        """Those of them whose beginning was seen."""

    def lose(self) -> int:
        """Forget what is kept, since the next bytes are missing; return how much."""


Reader = TypeVar("Reader", bound=SideReader)


class BrokeredTalk(Generic[Reader]):
    """What is known of a side by its reader; see :class:`~.base.Talk`.

    Args:
        readers: Those of both sides.

    Attributes:
        plain: Packets that were read on an express way, which there is none.
    """

    plain = 0

    def __init__(self, readers: tuple[Reader, Reader]) -> None:
        self._readers = readers

    def lose(self, side: Side) -> list[Unit]:
        """Return what was held back of a side whose next bytes are missing."""
        reader = self._readers[side]
        end, left = reader.received, reader.lose()
        return [Skipped(side=side, begin=end - left, end=end)] if left else []

    def received(self, side: Side) -> int:
        """Return how many bytes of a side it was given."""
        return self._readers[side].received

    def buffered(self, side: Side) -> int:
        """Return how many of them it keeps for what is not complete."""
        return self._readers[side].buffered

    def begun(self, side: Side) -> int:
        """Return how many of the last bytes belong to what is not complete."""
        return self._readers[side].begun

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:  # noqa: ARG002 — there is nothing to say
        """Return nothing: what lacks its end says nothing."""
        return []

    def express(self, side: Side) -> Express | None:  # noqa: ARG002 — a broker has none
        """Return None: of a transfer more matters than the packet."""
        return None
