"""Numbers with their units, and strings, as an expression spells them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from inspector.errors import ExpressionError
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lark import Token

_SECOND = 1_000_000_000
UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": _SECOND,
    "min": 60 * _SECOND,
    "h": 3600 * _SECOND,
    "B": 1,
    "kB": 1_000,
    "MB": 1_000_000,
    "GB": 1_000_000_000,
    "%": 0.01,
}
"""Unit → how many nanoseconds, bytes or ones it is."""

_NUMBER = lazy_regex(r"([0-9.]+(?:[eE][+-]?[0-9]+)?) ?(.*)", re.DOTALL)
_ESCAPE = lazy_regex(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}


def number(token: Token, option: str) -> float:
    """Return a number in nanoseconds, bytes or ones; whole ones as an int.

    Raises:
        ExpressionError: Its unit is unknown.
    """
    matched = _NUMBER.match(token)
    assert matched is not None, token
    digits, unit = matched.groups()
    if unit and unit not in UNITS:
        place = (token.start_pos or 0) + matched.start(2) + 1
        problem = f"no unit '{unit}'{did_you_mean(unit, UNITS)}"
        raise ExpressionError(option, problem, place)
    try:
        value = _numeral(digits) * UNITS.get(unit, 1)
    except OverflowError:  # an integer beyond all floats, and a unit that is a fraction
        return math.inf
    return int(value) if isinstance(value, int) or value.is_integer() else value


def unit_of(token: Token) -> str:
    """Return the unit of a number, known or not; nothing for a number without one."""
    matched = _NUMBER.match(token)
    assert matched is not None, token
    return matched[2]


def _numeral(digits: str) -> float:
    """Return the number that digits stand for; one beyond all floats is infinite."""
    try:
        return float(digits) if set(digits) & set(".eE") else int(digits)
    except ValueError:  # Python reads no integer of more than 4,300 digits
        return math.inf


def string(token: Token) -> str:
    """Return a string without its quotes.

    A backslash that escapes nothing stays, so that a regular expression needs no
    second one.
    """
    return _ESCAPE.sub(_unescape, token[1:-1])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown word: a suggestion, if any."""
    from difflib import get_close_matches  # noqa: PLC0415 — for mistakes alone

    close = get_close_matches(word, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""


def _unescape(match: re.Match[str]) -> str:
    if match[1] is not None:
        return chr(int(match[1], 16))
    return _ESCAPED.get(match[2], match[0])
