"""How a duration that was measured is spelled, everywhere: ``41.7 ms``, ``1 min 20 s``.

Three significant digits say what a measurement is worth, and a unit is followed by no
other but minutes by seconds and hours by minutes. Limits stand as they were
set: ``30 s``.
"""

from __future__ import annotations

_MINUTE = 60
_HOUR = 60 * _MINUTE


def duration(time_ns: int) -> str:
    """Return a duration with three significant digits: ``41.7 ms``, ``1 min 20 s``.

    One by clocks that were set back reads ``-41.7 ms``.
    """
    if not time_ns:
        return "0 s"
    if time_ns < 0:
        return f"-{duration(-time_ns)}"
    microseconds = time_ns / 1e3
    for limit, scale, unit in (
        (999.5, 1.0, "µs"),
        (999.5e3, 1e3, "ms"),
        (_MINUTE * 1e6, 1e6, "s"),
    ):
        if microseconds < limit:
            return f"{significant(microseconds / scale)} {unit}"
    seconds = round(time_ns / 1e9)
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min {seconds % _MINUTE} s"
    return f"{seconds // _HOUR:,} h {seconds % _HOUR // _MINUTE} min"


def significant(value: float) -> str:
    """Return a number with three significant digits and at most three decimals."""
    if value >= 99.95:  # noqa: PLR2004
        return f"{value:.0f}"
    if value >= 9.995:  # noqa: PLR2004
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.9995 or value == 0 else f"{value:.3f}"  # noqa: PLR2004
