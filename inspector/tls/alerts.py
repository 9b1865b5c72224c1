"""What an alert says, in words.

Source: RFC 8446, section 6, and the registry "TLS Alerts" of IANA.
"""

from __future__ import annotations

CLOSE_NOTIFY, USER_CANCELED, NO_RENEGOTIATION = 0, 90, 100
_HARMLESS = frozenset({CLOSE_NOTIFY, USER_CANCELED, NO_RENEGOTIATION})
_WORDS = {
    0: "close notify",
    10: "unexpected message",
    20: "bad record MAC",
    21: "decryption failed",
    22: "record overflow",
    30: "decompression failure",
    40: "handshake failure",
    41: "no certificate",
    42: "bad certificate",
    43: "unsupported certificate",
    44: "certificate revoked",
    45: "certificate expired",
    46: "certificate unknown",
    47: "illegal parameter",
    48: "unknown certificate authority",
    49: "access denied",
    50: "decode error",
    51: "decrypt error",
    60: "export restriction",
    70: "protocol version",
    71: "insufficient security",
    80: "internal error",
    86: "inappropriate fallback",
    90: "user canceled",
    100: "no renegotiation",
    109: "missing extension",
    110: "unsupported extension",
    111: "certificate unobtainable",
    112: "unrecognized name",
    113: "bad certificate status response",
    114: "bad certificate hash value",
    115: "unknown PSK identity",
    116: "certificate required",
    120: "no application protocol",
    121: "ECH required",
}


def alert_words(code: int) -> str:
    """Return what an alert says, ``handshake failure``; its number if it is unknown."""
    return _WORDS.get(code, f"alert {code}")


def ends(code: int) -> bool:
    """Whether an alert breaks the connection off (RFC 8446, section 6.2)."""
    return code not in _HARMLESS
