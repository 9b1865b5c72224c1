"""What the reason codes of the broker say, in the words of the specification.

Source: MQTT 5.0, section 2.4; MQTT 3.1.1, section 3.2.2.3 for CONNACK.
"""

from __future__ import annotations

FAILURE = 0x80
"""The first code that says that something failed."""
NO_SUBSCRIBERS = 0x10
_BEFORE_FIVE = (
    "",
    "unacceptable protocol version",
    "identifier rejected",
    "server unavailable",
    "bad user name or password",
    "not authorized",
)
_WORDS = {
    0x80: "unspecified error",
    0x81: "malformed packet",
    0x82: "protocol error",
    0x83: "implementation specific error",
    0x84: "unsupported protocol version",
    0x85: "client identifier not valid",
    0x86: "bad user name or password",
    0x87: "not authorized",
    0x88: "server unavailable",
    0x89: "server busy",
    0x8A: "banned",
    0x8B: "server shutting down",
    0x8C: "bad authentication method",
    0x8D: "keep alive timeout",
    0x8E: "session taken over",
    0x8F: "topic filter invalid",
    0x90: "topic name invalid",
    0x91: "packet identifier in use",
    0x92: "packet identifier not found",
    0x93: "receive maximum exceeded",
    0x94: "topic alias invalid",
    0x95: "packet too large",
    0x96: "message rate too high",
    0x97: "quota exceeded",
    0x98: "administrative action",
    0x99: "payload format invalid",
    0x9A: "retain not supported",
    0x9B: "QoS not supported",
    0x9C: "use another server",
    0x9D: "server moved",
    0x9E: "shared subscriptions not supported",
    0x9F: "connection rate exceeded",
    0xA0: "maximum connect time",
    0xA1: "subscription identifiers not supported",
    0xA2: "wildcard subscriptions not supported",
}


def reason_of(code: int, said: str = "") -> str:
    """Return what a reason code says, and what the broker adds to it.

    Args:
        code: Such as 0x87.
        said: The reason string of the broker, in its own words.
    """
    words = _WORDS.get(code, f"reason code 0x{code:02x}")
    return f"{words}: {said}" if said and said.lower() != words.lower() else words


def refusal_of(code: int) -> str:
    """Return what the code of a CONNACK before MQTT 5 says."""
    return _BEFORE_FIVE[code] if code < len(_BEFORE_FIVE) else reason_of(code)
