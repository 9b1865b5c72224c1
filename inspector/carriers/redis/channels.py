"""Channels: where replies go, and since when a connection listens where.

Source: ``packages/microservices/client/client-redis.ts``, ``getReplyPattern``.
"""

from __future__ import annotations

REPLY = ".reply"
"""With which the channel ends that the replies to a request go to."""
MOST = 16_384
"""Subscriptions of a connection that are remembered: the oldest are forgotten."""


def channel_of(name: bytes) -> str:
    """Return a channel as text; no two become the same."""
    return name.decode("utf-8", "backslashreplace")


def is_for_replies(channel: str) -> bool:
    """Whether replies go to a channel, by its name."""
    return channel.endswith(REPLY)


class Subscriptions:
    """Since when one connection listens on which channels, and by which patterns."""

    def __init__(self) -> None:
        self._since: dict[str, int] = {}

    def add(self, channel: str, time_ns: int) -> None:
        """Learn of a channel or a pattern, in nanoseconds since 1970."""
        self._since.setdefault(channel, time_ns)
        if len(self._since) > MOST:
            del self._since[next(iter(self._since))]

    def remove(self, channel: str) -> None:
        """Learn that it listens there no longer."""
        self._since.pop(channel, None)

    def since_ns(self, channel: str) -> int:
        """Return since when it listens on one; 0 where that is not known."""
        return self._since.get(channel, 0)
