"""What numbers measure, so that one is compared only with what measures the same.

=====================================  ============================================
``latency``, ``time``, ``p99("sum")``  a time, whose unit has to be said: ``5ms``
``latency_ns``, ``time_ns``            a time; without a unit in nanoseconds
``bytes``, ``request_bytes``           a size; without a unit in bytes
``packets``, ``errors``, ``count()``   a count, which has no unit
``errors / messages``                  a share: ``5%``, ``0.05``
=====================================  ============================================

What a payload holds, nobody knows: it may be compared with any number.
"""

from __future__ import annotations

import math
from enum import Enum

from protocol.named_tuple import NamedTuple


class Quantity(Enum):
    """What a number measures, as an error calls it."""

    COUNT = "a number without a unit"
    TIME = "a time"
    SIZE = "a size"
    SHARE = "a share"


WRITTEN = {
    Quantity.COUNT: "",
    Quantity.TIME: "; write 5ms",
    Quantity.SIZE: "; write 2kB",
    Quantity.SHARE: "; write 5% or 0.05",
}
"""How a value is written, as the end of an error."""


class Measured(NamedTuple):
    """What a part of an expression measures.

    Attributes:
        quantity: The quantity.
        hint: How a value is written, as the end of an error, where that needs a unit;
            empty where a number without one is understood.
        limit: A value from which on it is meant as a date, in nanoseconds since 1970.
    """

    quantity: Quantity
    hint: str = ""
    limit: float = math.inf


COUNTED, TIMED, SIZED = map(Measured, (Quantity.COUNT, Quantity.TIME, Quantity.SIZE))
SPAN = Measured(Quantity.TIME, WRITTEN[Quantity.TIME])
"""A time whose unit has to be said."""
SHARED = Measured(Quantity.SHARE)


def named_quantity(name: str) -> Measured:
    """Return what a total of this name measures: ``gap_bytes`` a size."""
    return SIZED if name.endswith("_bytes") else COUNTED
