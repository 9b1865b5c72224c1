"""Times of a table: since the capture began, of the day, or since the row above."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from .rendering import seconds

_SECOND = 1_000_000_000


class Times(StrEnum):
    """What the times of a table say."""

    RELATIVE = "relative"
    UTC = "utc"
    LOCAL = "local"
    DELTA = "delta"


class Clock:
    """Says when something was, as the rows of a table show it.

    Args:
        first_ns: When the capture began, nanoseconds since 1970.
        times: What the times say.
    """

    def __init__(self, first_ns: int, times: Times = Times.RELATIVE) -> None:
        self._first_ns = first_ns
        self._times = times
        self._previous_ns: int | None = None
        self._day = None if self._of_numbers else _moment(first_ns, times)

    @property
    def header(self) -> str:
        """The heading of the times: their unit, or the day and the zone."""
        if self._times is Times.DELTA:
            return "delta s"
        if self._day is None:
            return "time s"
        return f"{self._day:%Y-%m-%d %Z}".rstrip()

    def width(self, last_ns: int) -> int:
        """Return the cells of the widest time, as far as that can be known.

        Args:
            last_ns: A late time.
        """
        if self._day is None:
            return max(len(self.header), len(seconds(last_ns - self._first_ns)))
        times = (self._of_day(each) for each in (self._first_ns, last_ns))
        return max(len(self.header), *map(len, times))

    def text(self, time_ns: int) -> str:
        """Return a time; the rows are asked for in the order shown."""
        if self._times is Times.DELTA:
            previous_ns, self._previous_ns = self._previous_ns, time_ns
            return seconds(time_ns - (time_ns if previous_ns is None else previous_ns))
        if self._day is None:
            return seconds(time_ns - self._first_ns)
        return self._of_day(time_ns)

    @property
    def _of_numbers(self) -> bool:
        return self._times in {Times.RELATIVE, Times.DELTA}

    def _of_day(self, time_ns: int) -> str:
        """Return the time of day, after the days since the one in the header."""
        moment = _moment(time_ns, self._times)
        if moment is None or self._day is None:
            return seconds(time_ns - self._first_ns)
        days = (moment.date() - self._day.date()).days
        later = f"{days:+}d " if days else ""
        return f"{later}{moment:%H:%M:%S}.{time_ns % _SECOND // 1000:06}"


def date_and_time(time_ns: int) -> str:
    """Return a date and a time of day: ``2026-11-18 11:06:39``, in UTC.

    A time of a damaged capture may be beyond the calendar: ``9 s after 1970``.
    """
    moment = _moment(time_ns, Times.UTC)
    if moment is None:
        return f"{time_ns // _SECOND:,} s after 1970"
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def time_range(first_ns: int, last_ns: int) -> str:
    """Return when something was: ``2026-11-18 11:06:39 to 11:06:42 UTC``."""
    first, last = date_and_time(first_ns), date_and_time(last_ns)
    zone = "" if _moment(last_ns, Times.UTC) is None else " UTC"
    if first == last:
        return first + zone
    date, _, time = last.partition(" ")
    return f"{first} to {time if first.startswith(f'{date} ') else last}{zone}"


def _moment(time_ns: int, times: Times) -> datetime | None:
    """Return when it was; None beyond the calendar, as in a damaged capture."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=time_ns // _SECOND
        )
        return moment.astimezone() if times is Times.LOCAL else moment
    except (ValueError, OverflowError, OSError):
        return None
