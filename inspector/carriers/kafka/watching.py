"""How a client reads its partitions: whether it polls in vain, lags, and is rebalanced.

What is seen of that is said when the connection ends, but for a rebalance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Remark

if TYPE_CHECKING:
    from inspector.carriers.base import Side, Unit

    from .requests import Part

IDLE, LAG, REBALANCE = "idle-poll", "consumer-lag", "rebalance"
_MOST_PARTITIONS = 1_024


class Watching:
    """What is seen of one client's polls."""

    def __init__(self) -> None:
        self._polls = self._empty = 0
        self._first_ns = self._last_ns = 0
        self._lags: dict[tuple[str, int], int] = {}
        self._since_ns: int | None = None  # of a rebalance

    def poll(self, time_ns: int) -> None:
        """Learn that it asks for records."""
        self._polls += 1
        self._first_ns = self._first_ns or time_ns
        self._last_ns = time_ns

    def nothing(self) -> None:
        """Learn that a poll has brought no record."""
        self._empty += 1

    def had(self, part: Part, following: int) -> None:
        """Learn how many records a partition has after those that it was handed."""
        lag = part.after - following
        place = part.topic, part.number
        known = self._lags.get(place, 0)
        if lag > known and (known or len(self._lags) < _MOST_PARTITIONS):
            self._lags[place] = lag

    def interrupt(self, time_ns: int) -> None:
        """Learn that its group is rebalanced: it has to join again."""
        if self._since_ns is None:
            self._since_ns = time_ns

    def assigned(self, side: Side, place: int, group: str, time_ns: int) -> list[Unit]:
        """Learn that it has partitions, and return what there is to say of that."""
        since_ns, self._since_ns = self._since_ns, None
        if since_ns is None:
            return []
        remark = _remark(side, place, REBALANCE, group)
        remark.duration_ns = time_ns - since_ns
        return [remark]

    def finish(self, side: Side, place: int) -> list[Unit]:
        """Return what there is to say at the end, once."""
        found: list[Unit] = []
        if self._empty:
            remark = _remark(side, place, IDLE, "", self._empty)
            remark.detail = f"{self._polls}"
            remark.duration_ns = self._between_ns
            found.append(remark)
        for (topic, number), lag in self._lags.items():
            found.append(_remark(side, place, LAG, f"{topic}-{number}", lag))
        self._polls = self._empty = 0
        self._lags.clear()
        return found

    @property
    def _between_ns(self) -> int:
        """How long it was from one poll to the next, on average."""
        return (self._last_ns - self._first_ns) // max(self._polls - 1, 1)


def _remark(side: Side, place: int, code: str, subject: str, size: int = 0) -> Remark:
    return Remark(
        side=side,
        begin=place,
        end=place,
        code=code,
        subject=subject,
        size=size,
    )
