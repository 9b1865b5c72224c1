"""Strings to what they have in common: formats, distinct values, an example.

===========  ===================================================================
format       strings
===========  ===================================================================
date-time    RFC 3339, section 5.6, with a zone: what ``Date.toJSON()`` gives
date, time   the same section: ``full-date``, and ``partial-time`` with or without
             its zone
uuid         RFC 9562, section 4, whichever letters
email        what HTML takes for one, with a dot in its domain
uri          RFC 3986 with a scheme and ``//``
ipv4         four numbers up to 255
object-id    24 hexadecimal digits with at least one letter, as MongoDB writes them
digits       a whole number in a string, as big integers are sent
===========  ===================================================================

The last two are not of JSON Schema, which ignores formats that it does not know.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from inspector.redaction.secrets import looks_secret
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Callable

_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?"
_DATE = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_ZONE = r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_DATE_TIME = lazy_regex(rf"{_DATE}T{_TIME}{_ZONE}", re.ASCII)
_DAY = lazy_regex(_DATE, re.ASCII)
_MOMENT = lazy_regex(rf"{_TIME}{_ZONE}?", re.ASCII)
_UUID = lazy_regex(r"[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}", re.ASCII)
_EMAIL = lazy_regex(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}+@([a-zA-Z0-9.-]++)")
_URI = lazy_regex(r"[a-zA-Z][a-zA-Z\d+.-]*+://[^\s<>\"{}|\\^`]++")
_IPV4 = lazy_regex(rf"{_BYTE}(?:\.{_BYTE}){{3}}", re.ASCII)
_OBJECT_ID = lazy_regex(r"(?=\d*[a-f])[\da-f]{24}", re.ASCII)
_DIGITS = lazy_regex(r"-?(?:0|[1-9]\d*)", re.ASCII)
MOST_VALUES = 16
"""Distinct strings of a place up to which they are kept, each with its count."""
LONGEST = 64
"""Characters up to which a string is kept."""

FORMATS = (
    *("date-time", "date", "time", "uuid", "email", "uri", "ipv4", "object-id"),
    "digits",
)
"""The formats; of several that strings have, the first is theirs."""

_ALL = (1 << len(FORMATS)) - 1
_UPPER = lazy_regex("[A-Z]")
_LOWER = lazy_regex(r"[^\W\d_A-Z]")
_DIGIT = lazy_regex(r"\d")


@cache
def _readers() -> tuple[Callable[[str], object], ...]:
    """Return what reads a string of each format, in their order."""
    return (
        _DATE_TIME.fullmatch,
        _DAY.fullmatch,
        _MOMENT.fullmatch,
        _UUID.fullmatch,
        _email,
        _URI.fullmatch,
        _IPV4.fullmatch,
        _OBJECT_ID.fullmatch,
        _DIGITS.fullmatch,
    )


def _email(text: str) -> object:
    """Return what is found where a string is an address of mail; None elsewhere.

    A label of a domain is not empty, and no hyphen begins or ends it.
    """
    found = _EMAIL.fullmatch(text)
    labels = found[1].split(".") if found is not None else []
    good = len(labels) > 1 and all(each and each == each.strip("-") for each in labels)
    return found if good else None


class Texts(msgspec.Struct):
    """What strings have in common.

    Attributes:
        count: How many they are.
        formats: Bits of the formats that all of them have.
        values: The distinct ones with their counts; None if they are too many or too
            long, or one of them may be a secret.
        example: The form of the shortest that is not empty: letters as x, digits as 0.
    """

    count: int = 0
    formats: int = _ALL
    values: dict[str, int] | None = msgspec.field(default_factory=dict)
    example: str = ""

    def add(self, text: str, *, secret: bool = False) -> None:
        """Take in a string.

        Args:
            text: The string.
            secret: Whether it may be a secret, so that nothing of it is kept.
        """
        self.count += 1
        if self.formats:
            self.formats &= _formats_of(text, self.formats)
        values = self.values
        if values is not None and text in values and not secret:
            values[text] += 1
            return  # its form is known
        if values is None and self.example and len(text) > len(self.example):
            return
        self._keep(text, secret=secret or looks_secret(text))

    def merge(self, other: Texts) -> None:
        """Take in the strings of another place, or of another part."""
        self.count += other.count
        self.formats &= other.formats
        if self.values is None or other.values is None:
            self.values = None
        else:
            for text, count in other.values.items():
                self.values[text] = self.values.get(text, 0) + count
            self._bound()
        self.example = _shorter(self.example, other.example)

    @property
    def format(self) -> str | None:
        """The format that all of them have; None if there is none, or no string."""
        if not self.count or not self.formats:
            return None
        return FORMATS[(self.formats & -self.formats).bit_length() - 1]

    def _keep(self, text: str, *, secret: bool) -> None:
        if secret or len(text) > LONGEST:
            self.values = None
            return
        if self.values is not None:
            self.values[text] = 1
            self._bound()
        self.example = _shorter(self.example, masked(text))

    def _bound(self) -> None:
        if self.values is not None and len(self.values) > MOST_VALUES:
            self.values = None


def masked(text: str) -> str:
    """Return the form of a string without its content: ``Xxx 00`` for ``Bus 42``."""
    return _LOWER.sub("x", _UPPER.sub("X", _DIGIT.sub("0", text)))


def has_format(text: str, name: str) -> bool:
    """Whether a string has a format; it has each that is not known here."""
    if name not in FORMATS:
        return True
    return _readers()[FORMATS.index(name)](text) is not None


def _shorter(one: str, other: str) -> str:
    """Return the shorter example, the first of two as long; an empty one is none."""
    return min((each for each in (one, other) if each), key=_order, default="")


def _order(text: str) -> tuple[int, str]:
    return len(text), text


def _formats_of(text: str, asked: int) -> int:
    """Return the bits of those formats asked for that a string has."""
    found = 0
    for place, read in enumerate(_readers()):
        bit = 1 << place
        if asked & bit and read(text):
            found |= bit
    return found
