"""Records as aiokafka gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class Record:
    """A record."""

    offset: int = 0
    value: bytes | None = b"x"
    headers: Sequence[tuple[str, bytes]] = ()
    topic: str = "sum"
    partition: int = 0
    timestamp: int = 1
    key: bytes | None = None
