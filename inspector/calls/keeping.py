"""Payloads of what waits in sessions: so many bytes of them are kept, and no more.

A compressed message of few bytes may be a thousand times as long once it is read, so
that what waits may take far more memory than its capture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .exchanges import payload_bytes

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from .exchanges import Exchange
    from .sessions import Session

MAX_KEPT = 32 << 20
"""Bytes of all payloads that are kept while they wait."""
_LEAST = 1_024
"""Bytes of a payload that count: what else is kept of an exchange takes as much."""


class Kept(NamedTuple):
    """What waits, and where.

    Attributes:
        exchange: A call that waits for its answer, or an answer that waits for its
            call.
        session: Its session …
        key: … and what it is found by there.
        size: Bytes of its payloads.
    """

    exchange: Exchange
    session: Session
    key: Hashable
    size: int


# decision 121: What is open is bounded by its bytes
class Keeping:
    """What waits with a payload that counts, the oldest first.

    Attributes:
        size: Bytes of all these payloads.
    """

    def __init__(self) -> None:
        self.size = 0
        self._kept: dict[int, Kept] = {}  # by the numbers of exchanges

    def add(self, exchange: Exchange, session: Session, key: Hashable) -> None:
        """Count what waits from now on."""
        size = payload_bytes(exchange)
        if size >= _LEAST:
            self._kept[exchange.number] = Kept(exchange, session, key, size)
            self.size += size

    def drop(self, exchange: Exchange) -> None:
        """Count what waits no longer no more."""
        kept = self._kept.pop(exchange.number, None)
        if kept is not None:
            self.size -= kept.size

    def surplus(self) -> Iterator[Kept]:
        """Yield what has to go, the oldest first."""
        while self.size > MAX_KEPT:
            oldest = next(iter(self._kept.values()))
            self.drop(oldest.exchange)
            yield oldest
