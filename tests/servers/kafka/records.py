"""Records as aiokafka gives them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Record:
    """A record."""

    offset: int = 0
    value: bytes | None = b"x"
    headers: list[tuple[str, bytes]] = field(default_factory=list)
    topic: str = "sum"
    partition: int = 0
    timestamp: int = 1
    key: bytes | None = None
