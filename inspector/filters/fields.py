"""The words of an expression: the keys of the JSON line of an exchange, and a few more.

A payload is decoded when an expression asks for it, and once for each exchange.
docs/output.md says what each key means, docs/filters.md what :data:`SHORT` adds.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.serving import service_of
from inspector.carriers.registry import carriers
from inspector.shorthand import names
from protocol import UNDEFINED, Json, JsonText, UndefinedType

from .keys import KEYS, payload_value
from .literals import UNITS
from .quantities import COUNTED, SIZED, SPAN, TIMED, Measured, Quantity
from .vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    Getter: TypeAlias = Callable[[Exchange], Json]


def enumerated() -> dict[str, list[str]]:
    """Return the fields that have one of a few values, and these."""
    return {"kind": [*Kind], "outcome": [*Outcome], "carrier": list(carriers())}


def vocabulary() -> Vocabulary:
    """Return the words of an expression about an exchange."""
    return Vocabulary(ALL, enumerated(), SPELLED, NAMES, QUANTITIES)


def _last(key: str) -> Getter:
    """Return what reads a payload of the last reply that has it."""
    get, value = attrgetter(key), payload_value()

    def read(exchange: Exchange) -> Json:
        for reply in reversed(exchange.replies):
            text: JsonText | UndefinedType = get(reply)
            if text is not UNDEFINED:
                return value(text)
        return UNDEFINED

    return read


def _bytes(exchange: Exchange) -> int:
    return exchange.request_bytes + exchange.reply_bytes


FIELDS: dict[str, Getter] = {
    "type": lambda _: "exchange",
    **{key.name: key.read for key in KEYS},
}
"""Every key of the JSON line of an exchange."""

SHORT: dict[str, Getter] = {
    "latency": FIELDS["latency_ns"],
    "duration": FIELDS["duration_ns"],
    "time": lambda exchange: exchange.time_ns - exchange.connection.capture_ns,
    "bytes": _bytes,
    "response": _last("response"),
    "err": _last("err"),
    "service": service_of,
}
"""Words that no JSON line has: the unit left out, sums, what the last reply says, and
whom an exchange is served by."""

ALL = FIELDS | SHORT

NUMBERS = frozenset(
    {
        "number",
        "connection",
        "time_ns",
        "latency_ns",
        "duration_ns",
        "packets",
        "request_bytes",
        "reply_bytes",
        "latency",
        "duration",
        "time",
        "bytes",
    }
)
"""Words that are a number, or absent, in every exchange."""

STRINGS = frozenset(
    {"kind", "outcome", "route", "client", "server", "carrier", "service"}
)
"""Words that are a string in every exchange; the route of an orphan is absent."""

ARRAYS = frozenset({"replies", "request_packets", "reply_packets", "shared_packets"})
"""Words that are an array in every exchange."""

NAMES = {"route": names}
"""Word → all strings that a value of it equals, where it is not itself alone."""

_LONGEST_CAPTURE = 1_000_000_000 * UNITS["s"]
"""A time of a capture is shorter: this many seconds after 1970 was in 2001."""

QUANTITIES = {
    **dict.fromkeys(("number", "connection", "packets"), COUNTED),
    **dict.fromkeys(("bytes", "request_bytes", "reply_bytes"), SIZED),
    **dict.fromkeys(("time_ns", "latency_ns", "duration_ns"), TIMED),
    **{
        name: SPAN._replace(hint=f"; write 5ms, or {name}_ns for nanoseconds")
        for name in ("latency", "duration")
    },
    "time": Measured(
        Quantity.TIME,
        "; write 2.5s, or use --from and --to for dates",
        _LONGEST_CAPTURE,
    ),
}
"""Word that is a number → what it measures."""

SPELLED = dict.fromkeys(NUMBERS, "number") | dict.fromkeys(STRINGS, "string")
SPELLED |= dict.fromkeys(ARRAYS, "array")
"""Word → the one type that its values have, where it has one."""
