"""UTF-16 code units, the unit in which Nest counts the length of a frame.

Nest writes ``JSON.stringify(message).length``, and JavaScript counts a string
in UTF-16 code units: one for each character up to U+FFFF, two above. The body
itself travels as UTF-8, so the declared length is a number of bytes only when
the body is ASCII::

    body        {  "  a  "  :  "  é 😀  "  }   sum
    units       1  1  1  1  1  1  1  2  1  1    11   what Nest declares
    bytes       1  1  1  1  1  1  2  4  1  1    14   what travels

Bytes that are not UTF-8 count as Node's decoder replaces them: one U+FFFD, one
unit, for each maximal part of an ill-formed sequence.

Source: ``packages/microservices/helpers/json-socket.ts``, ``formatMessageData``;
Unicode 15, table 3-7 and section 3.9 (well-formed UTF-8, maximal subparts).
"""

from __future__ import annotations

import re
from codecs import utf_8_decode
from enum import Enum
from itertools import islice

from .lazy_regex import lazy_regex
from .native import cut

MAX_UNIT_SIZE = 4
"""Bytes that a unit takes at most: a code point above U+FFFF."""


class LengthUnit(Enum):
    """What the length of a frame counts: Nest the first, other writers the others.

    ASCII has the same length in all three.
    """

    UTF16 = "UTF-16 code units"
    UTF8 = "UTF-8 bytes"
    CODE_POINTS = "code points"

    def count(self, utf8: bytes | bytearray) -> int:
        """Return the length of ``utf8`` in this unit, invalid bytes replaced."""
        if self is LengthUnit.UTF16:
            return count_units(bytes(utf8))
        if self is LengthUnit.UTF8 or utf8.isascii():
            return len(utf8)
        return len(utf8.decode("utf-8", "replace"))

    def size_of(self, utf8: bytes, length: int) -> int:
        """Return how many bytes of ``utf8`` hold the first ``length`` units.

        Args:
            utf8: Text that begins with a whole character and holds at least
                ``length`` units; ``4 * length + 1`` bytes are always enough.
            length: Units wanted.

        Raises:
            ValueError: The units end inside a character.
        """
        if self is LengthUnit.UTF16:
            return size_of_units(utf8, length)
        if self is LengthUnit.UTF8:
            return _size_of_bytes(utf8, length)
        return _size_of_characters(utf8, length)


# One well-formed character, or one maximal part of an ill-formed sequence: the
# longest prefix of a character, else one byte.
_CHARACTER = lazy_regex(
    rb"[\x00-\x7f]"
    rb"|[\xc2-\xdf][\x80-\xbf]?"
    rb"|\xe0(?:[\xa0-\xbf][\x80-\xbf]?)?"
    rb"|[\xe1-\xec\xee\xef](?:[\x80-\xbf]{1,2})?"
    rb"|\xed(?:[\x80-\x9f][\x80-\xbf]?)?"
    rb"|(?:\xf0(?:[\x90-\xbf][\x80-\xbf]{0,2})?"
    rb"|[\xf1-\xf3](?:[\x80-\xbf]{1,3})?"
    rb"|\xf4(?:[\x80-\x8f][\x80-\xbf]{0,2})?)"
    rb"|[\x80-\xff]",
    re.DOTALL,
)
_PAIR_SIZE = 4  # bytes of a character that takes two code units


def utf16_length(text: str) -> int:
    """Return the length of ``text`` in UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_units(utf8: bytes) -> int:
    """Return the UTF-16 code units of ``utf8``, invalid bytes replaced."""
    if utf8.isascii():
        return len(utf8)
    if cut is not None and (units := cut.count_units(utf8)) >= 0:
        return int(units)
    return len(utf8.decode("utf-8", "replace").encode("utf-16-le")) // 2


def size_of_units(utf8: bytes, units: int) -> int:
    """Return how many bytes of ``utf8`` hold its first ``units`` code units.

    Args:
        utf8: Text that begins with a whole character and holds at least
            ``units`` code units; ``3 * units + 1`` bytes are always enough.
        units: Code units wanted.

    Raises:
        ValueError: The units end inside a character.
    """
    # More units than bytes is more than C may be asked for.
    if cut is not None and units <= len(utf8):
        size: int = cut.size_of_units(utf8, units)
        if size >= 0:
            return size
    try:
        # What is cut off at the end comes after the units that are wanted.
        text, _ = utf_8_decode(utf8, "strict", False)  # noqa: FBT003
    except UnicodeDecodeError:
        return _size_of_units_in_invalid(utf8, units)
    text = text[:units]
    utf16 = text.encode("utf-16-le")
    if len(utf16) < 2 * units:  # what is cut off is not a character, and counts
        return _size_of_units_in_invalid(utf8, units)
    if len(utf16) > 2 * units:  # some characters take two
        text = utf16[: 2 * units].decode("utf-16-le")
    return len(text.encode())


def _size_of_units_in_invalid(utf8: bytes, units: int) -> int:
    size = 0
    for character in _CHARACTER.finditer(utf8):
        if units <= 0:
            break
        units -= 2 if len(character[0]) == _PAIR_SIZE else 1
        size = character.end()
    if units < 0:
        raise ValueError("the units end inside a character")
    return size


def _size_of_characters(utf8: bytes, count: int) -> int:
    characters = islice(_CHARACTER.finditer(utf8), count)
    return sum(len(character[0]) for character in characters)


def _size_of_bytes(utf8: bytes, size: int) -> int:
    if utf8[size : size + 1] and 0x80 <= utf8[size] < 0xC0:
        raise ValueError("the bytes end inside a character")
    return size


def incomplete_tail(utf8: bytes) -> int:
    """Return how many bytes (0 to 3) at the end of ``utf8`` wait for more.

    A character whose first byte asks for more bytes than have come is held
    back until they come, whether or not they will make it valid.

    Source: Node.js, ``src/string_decoder.cc``, ``StringDecoder::DecodeData``.
    """
    for held, byte in enumerate(reversed(utf8[-4:]), start=1):
        if byte < 0x80:
            return 0
        if byte >= 0xC0:
            return held if held < _announced_size(byte) else 0
    return 0


def _announced_size(lead: int) -> int:
    """Return how many bytes a first byte asks for, by its leading ones alone."""
    if lead < 0xE0:
        return 2
    if lead < 0xF0:
        return 3
    return 4 if lead < 0xF8 else 0
