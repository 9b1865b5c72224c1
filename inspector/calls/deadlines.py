"""When a caller gives a call up, as it says itself when it asks.

Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, "Timeout".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from protocol import UNDEFINED, loads

if TYPE_CHECKING:
    from .exchanges import Exchange

KEY = "grpc-timeout"
"""Where the metadata of a request has how long its caller waits."""
_TIMEOUT = re.compile(r"([0-9]{1,8})([HMSmun])")
_UNITS_NS = {
    "H": 3_600_000_000_000,
    "M": 60_000_000_000,
    "S": 1_000_000_000,
    "m": 1_000_000,
    "u": 1_000,
    "n": 1,
}
_CLOSE = 0.95
"""How much of it a caller has waited that gives up because of it.

It counts from before the request is on its way, and rounds to what it can say.
"""


def deadline_ns(call: Exchange) -> int | None:
    """Return how long a caller waits at most, in nanoseconds; None if it says not."""
    if call.metadata is UNDEFINED:
        return None
    metadata = loads(call.metadata)
    said = metadata.get(KEY) if isinstance(metadata, dict) else None
    found = _TIMEOUT.fullmatch(said) if isinstance(said, str) else None
    return None if found is None else int(found[1]) * _UNITS_NS[found[2]]


def is_past(call: Exchange) -> bool:
    """Whether a caller left a call because its deadline had passed."""
    if call.cause != "left":
        return False
    limit_ns, waited_ns = deadline_ns(call), call.waited_ns(call.ended_ns)
    if limit_ns is None or waited_ns is None:
        return False
    return waited_ns >= limit_ns * _CLOSE
