"""The channels of replies that a client hears, and for how long.

A client of Nest subscribes for each call, and unsubscribes after it if no other waits.
Here a subscription stays for a time after the last call, so that calls of one pattern
subscribe once; but not for ever, since all clients that call a pattern hear the replies
to all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

LINGER = 10.0
"""Seconds that a channel is heard after the last call that was sent."""
_KEPT = 4  # times as many calls as are pending are known, at most …
_FEW = 1_000  # … and so many in any case


class Channels:
    """Which channels are heard, and for which calls."""

    def __init__(self) -> None:
        self._used: dict[str, float] = {}  # channel to the time of its last call
        self._calls: dict[str, str] = {}  # identity to channel

    def __len__(self) -> int:
        return len(self._used)

    def new(self, channels: Iterable[str]) -> list[str]:
        """Return those that are not heard yet, each once."""
        return [each for each in dict.fromkeys(channels) if each not in self._used]

    def use(self, channel: str, identity: str, now: float) -> None:
        """Note that a call is sent whose replies come by a channel."""
        self._used[channel] = now
        self._calls[identity] = channel

    def prune(self, pending: Container[str], count: int) -> None:
        """Forget calls that are over, once there are many more than pending ones.

        Args:
            pending: The identities of calls that wait.
            count: How many those are.
        """
        if len(self._calls) > _KEPT * count + _FEW:
            self._forget_over(pending)

    def idle(self, pending: Container[str], before: float) -> list[str]:
        """Return, and forget, channels for which no call waits.

        Args:
            pending: The identities of calls that wait.
            before: Channels that were used later are kept.
        """
        self._forget_over(pending)
        waited_for = set(self._calls.values())
        idle = [
            channel
            for channel, used in self._used.items()
            if used < before and channel not in waited_for
        ]
        for channel in idle:
            del self._used[channel]
        return idle

    def _forget_over(self, pending: Container[str]) -> None:
        self._calls = {
            identity: channel
            for identity, channel in self._calls.items()
            if identity in pending
        }
