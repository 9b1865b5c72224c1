"""``--from`` and ``--to``: a moment of a capture, as a person writes it.

==============================  ======================================================
``2.5``, ``2.5s``, ``300ms``    since the capture began, as the tables show it
``2026-11-28T10:00:05.25Z``     a date and time (ISO 8601), the time as far as it goes
``2026-11-28``                  … at midnight
``10:00:05.25``, ``10:00``      a time of the day on which the capture began
==============================  ======================================================

A date or a time without an offset (``Z``, ``+02:00``) is in UTC, or in the zone of this
machine if that is asked for. A time of the day more than twelve hours before the
capture began is meant on the day after: captures run past midnight.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from inspector.errors import ExpressionError
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .literals import UNITS, did_you_mean

if TYPE_CHECKING:
    import re

    from inspector.calls.exchanges import Exchange

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
_SHOWN_NS = 1_000
"""What tables show times to: whatever lies within the last of it is meant as well."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_YEAR = lazy_regex(r"\d{4}-")
_HOUR = lazy_regex(r"\d{1,2}:")
_SECONDS = lazy_regex(r"(-?\d{1,12}(?:\.\d{0,9})?) ?(\S*)")
_DATE = lazy_regex(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
_CLOCK = lazy_regex(
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
)
_OFFSET = lazy_regex(r"Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?")
_DURATIONS = [unit for unit in UNITS if unit[-1] in "smnh"]
_HIGHEST = {
    "year": 9999,
    "month": 12,
    "day": 31,
    "hour": 23,
    "minute": 59,
    "second": 59,
    "hours": 23,
    "minutes": 59,
}
_LOWEST = {"year": 1, "month": 1, "day": 1}


class _Offset(NamedTuple):
    """So many nanoseconds after the capture began."""

    time_ns: int

    def since_1970(self, first_ns: int) -> int:
        return first_ns + self.time_ns


class _Instant(NamedTuple):
    """A date and a time."""

    time_ns: int

    def since_1970(self, first_ns: int) -> int:  # noqa: ARG002 — whenever it began
        return self.time_ns


class _TimeOfDay(NamedTuple):
    """A time on the day of a capture; without a zone in that of this machine."""

    clock_ns: int
    zone: timezone | None

    def since_1970(self, first_ns: int) -> int:
        began_ns = first_ns + _away(first_ns, self.zone)
        meant_ns = began_ns - began_ns % _DAY + self.clock_ns
        if began_ns - meant_ns > _DAY // 2:
            meant_ns += _DAY
        return meant_ns - _away(meant_ns - _away(first_ns, self.zone), self.zone)


def _away(time_ns: int, zone: timezone | None) -> int:
    """Return how far the clocks of a zone are ahead of UTC; 0 beyond the calendar."""
    try:
        moment = (_EPOCH + timedelta(seconds=time_ns // _SECOND)).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return 0
    return _nanoseconds(moment.utcoffset() or timedelta())


def _nanoseconds(time: timedelta) -> int:
    return (time.days * 86_400 + time.seconds) * _SECOND


Moment = _Offset | _Instant | _TimeOfDay
"""A moment; ``since_1970()`` says when it is, once the capture has begun."""


def parse_moment(text: str, option: str, *, local: bool = False) -> Moment:
    """Read a moment.

    Args:
        text: As a person writes it.
        option: Where it was given, such as ``--from``.
        local: Whether what has no offset is in the zone of this machine, not in UTC.

    Raises:
        ExpressionError: It is none; the message points at the character.
    """
    return _Reader(text, option, local=local).moment()


class TimeRange:
    """A choice of the exchanges whose request lies within a range of time.

    Args:
        begin: From when on, itself included; None from the beginning.
        end: Until when, with all that tables show as this; None to the end.

    Attributes:
        options: What it stands for.
        words: These as they were given, quoted for a shell, where somebody says so.

    Raises:
        ExpressionError: It ends before it begins, whatever the capture.
    """

    def __init__(self, begin: Moment | None = None, end: Moment | None = None) -> None:
        if _before(end, begin):
            raise ExpressionError("--to", "lies before --from: no request is meant", 1)
        given = (("--from", begin), ("--to", end))
        self.options = [option for option, moment in given if moment is not None]
        self.words: list[str] = []
        self._begin, self._end = begin, end
        self._first_ns: int | None = None
        self._bounds = (-math.inf, math.inf)

    def __call__(self, exchange: Exchange) -> bool:
        """Whether the request of an exchange lies within."""
        first_ns = exchange.connection.capture_ns
        if first_ns != self._first_ns:
            self._first_ns = first_ns
            begin, end = self._begin, self._end
            self._bounds = (
                -math.inf if begin is None else begin.since_1970(first_ns),
                math.inf if end is None else end.since_1970(first_ns) + _SHOWN_NS - 1,
            )
        return self._bounds[0] <= exchange.time_ns <= self._bounds[1]


def _before(end: Moment | None, begin: Moment | None) -> bool:
    """Whether one moment is before another; a time of the day may be on the next."""
    if isinstance(end, _TimeOfDay) or isinstance(begin, _TimeOfDay):
        return False
    if end is None or begin is None or type(end) is not type(begin):
        return False
    return end.time_ns + _SHOWN_NS <= begin.time_ns


class _Reader:
    """Reads a moment from left to right, and knows where it is."""

    def __init__(self, text: str, option: str, *, local: bool) -> None:
        self._text = text
        self._option = option
        self._zone = None if local else UTC
        self._place = 0

    def moment(self) -> Moment:
        if _YEAR.match(self._text):
            return self._instant()
        if _HOUR.match(self._text):
            clock_ns = self._clock()
            zone = self._offset()
            self._end()
            return _TimeOfDay(clock_ns, zone)
        return self._seconds()

    def _seconds(self) -> Moment:
        matched = _SECONDS.match(self._text)
        if matched is None:
            raise self._fail("expected seconds (2.5), a date or a time (10:00:05)")
        digits, unit = matched.groups()
        if unit and unit not in _DURATIONS:
            self._place = matched.start(2)
            problem = f"no unit of time '{unit}'{did_you_mean(unit, _DURATIONS)}"
            raise self._fail(problem)
        self._place = matched.end()
        self._end()
        return _Offset(_scaled(digits, int(UNITS[unit or "s"])))

    def _instant(self) -> Moment:
        parts = self._match(_DATE, "a date such as 2026-11-28")
        try:
            year, month, date = map(int, parts.group("year", "month", "day"))
            day = datetime(year, month, date, tzinfo=UTC)
        except ValueError:
            self._place = parts.start("day")
            raise self._fail(f"there is no day {parts['day']} in that month") from None
        clock_ns = 0
        if self._rest[:1] in {"T", "t", " "}:
            self._place += 1
            clock_ns = self._clock()
        zone = self._offset()
        self._end()
        day_ns = _nanoseconds(day - _EPOCH)
        return _Instant(day_ns + clock_ns - _away(day_ns + clock_ns, zone))

    def _clock(self) -> int:
        """Read a time of the day; return nanoseconds since midnight."""
        parts = self._match(_CLOCK, "a time such as 10:00:05")
        hour, minute, second = (
            int(parts[name] or 0) for name in ("hour", "minute", "second")
        )
        part_ns = int((parts["part"] or "").ljust(9, "0"))
        return (hour * 3600 + minute * 60 + second) * _SECOND + part_ns

    def _offset(self) -> timezone | None:
        """Read an offset from UTC, where one is given."""
        if not self._rest:
            return self._zone
        parts = self._match(_OFFSET, "Z or an offset such as +02:00")
        if parts["sign"] is None:
            return UTC
        away = timedelta(hours=int(parts["hours"]), minutes=int(parts["minutes"] or 0))
        return timezone(-away if parts["sign"] == "-" else away)

    @property
    def _rest(self) -> str:
        return self._text[self._place :]

    def _match(self, pattern: re.Pattern[str], wanted: str) -> re.Match[str]:
        """Read what is wanted, each of its numbers in its bounds."""
        matched = pattern.match(self._text, self._place)
        if matched is None:
            raise self._fail(f"expected {wanted}")
        for name, digits in matched.groupdict().items():
            low, high = _LOWEST.get(name, 0), _HIGHEST.get(name)
            if high is not None and digits and not low <= int(digits) <= high:
                self._place = matched.start(name)
                raise self._fail(f"there is no {name.removesuffix('s')} {digits}")
        self._place = matched.end()
        return matched

    def _end(self) -> None:
        if self._rest:
            raise self._fail("expected the end")

    def _fail(self, problem: str) -> ExpressionError:
        rest = self._rest[:12]
        found = f", not '{rest}'" if problem.startswith("expected") and rest else ""
        place = self._place + 1
        return ExpressionError(
            self._option, f"{problem} at character {place}{found}", place
        )


def _scaled(digits: str, unit_ns: int) -> int:
    """Return a decimal number of units in nanoseconds, without the errors of floats."""
    whole, _, part = digits.partition(".")
    sign = -1 if whole.startswith("-") else 1
    thousandths = int(f"{whole.lstrip('-')}{part.ljust(9, '0')}")
    return sign * (thousandths * unit_ns // _SECOND)
