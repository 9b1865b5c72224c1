"""The order of the keys in a route: JavaScript's ``localeCompare``.

Node compares with the root collation of Unicode's CLDR: first by what the characters
are (punctuation, symbols, digits, letters, without accents and case), then by accents,
then by case, small letters first. Control characters count for nothing. So ``_``
sorts before ``10``, ``10`` before ``9``, ``a`` before ``A`` before ``B``. The middle
dot right after an l, as Catalan has it, is an accent of that l.

Exact for ASCII and Latin-1. Beyond them, letters sort by their base letter, then by
accent, and all other characters by code point, after Latin-1: right for most keys and
not for all. A server that runs in a language with an order of its own (Swedish,
Estonian …) sorts by that, and no packet says so.

Source: Unicode Technical Standard 10, as ``Intl.Collator`` of Node 20 to 24 has it.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TypeAlias

# By primary weight, with both cases of a letter in one place. The fraction slash
# stands for what is inside ½.
_ORDER = (
    "\t\n\v\f\r\x85 _-,;:!¡?¿.·'\"«»()[]{}§¶@*/\\&#%`´^¯¨¸°©®+±÷×<=>¬|¦~\u2044¤¢$£¥"
    "0123456789abcdefghijklmnopqrstuvwxyzþµ"
)
_PRIMARY = {character: weight for weight, character in enumerate(_ORDER)}
_BEHIND_LATIN_1 = len(_ORDER)

# By secondary weight: acute, grave, circumflex, ring, diaeresis, tilde, cedilla,
# stroke, the tie of two letters that are written as one, and the dot of an l.
_ACCENTS = "\u0301\u0300\u0302\u030a\u0308\u0303\u0327\u0338\u035c\u0358"
_SECONDARY = {accent: weight for weight, accent in enumerate(_ACCENTS, start=1)}
_BEHIND_ACCENTS = len(_ACCENTS)

# What the canonical decomposition leaves whole.
_PARTS = {
    "æ": "a\u035ce",
    "ß": "s\u035cs",
    "ð": "d\u0338",
    "ø": "o\u0338",
    "ŀ": "l\u0358",
    "\xa0": " ",
    "ª": "a",
    "º": "o",
    "¹": "1",
    "²": "2",
    "³": "3",
    "½": "1\u20442",
    "¼": "1\u20444",
    "¾": "3\u20444",
}
_VARIANTS = frozenset("\xa0ªº¹²³½¼¾")
_SMALL, _CAPITAL, _VARIANT = range(3)  # by tertiary weight

CollationKey: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def collation_key(text: str) -> CollationKey:
    """Return a key by which texts sort as ``localeCompare`` sorts them."""
    primary: list[int] = []
    secondary: list[int] = []
    tertiary: list[int] = []
    for character in _decomposed(text):
        weights = _weights(character)
        primary += weights[0]
        secondary += weights[1]
        tertiary += weights[2]
    return tuple(primary), tuple(secondary), tuple(tertiary)


def _decomposed(text: str) -> str:
    """Return a text with its accents as separate characters, the dot of an l too."""
    whole = unicodedata.normalize("NFD", text)
    return whole.replace("l·", "l\u0358").replace("L·", "L\u0358")


@functools.lru_cache(maxsize=512)  # the characters of keys are few
def _weights(character: str) -> CollationKey:
    """Return the weights of one character, which is decomposed already."""
    folded = character.lower()
    parts = [part for part in _PARTS.get(folded, folded) if not _ignored(part)]
    accents = [_accent(part) for part in parts]
    bases = [part for part in parts if not _accent(part)]
    form = _form(character, folded)
    return (
        tuple(_PRIMARY.get(base, _BEHIND_LATIN_1 + ord(base)) for base in bases),
        tuple(accents),
        tuple(_SMALL if accent else form for accent in accents),
    )


def _ignored(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") and character not in _PRIMARY


def _accent(character: str) -> int:
    """Return the weight of an accent, 0 for what is not one."""
    if not unicodedata.combining(character):
        return 0
    return _SECONDARY.get(character, _BEHIND_ACCENTS + ord(character))


def _form(character: str, folded: str) -> int:
    if character in _VARIANTS:
        return _VARIANT
    return _SMALL if character == folded else _CAPITAL
