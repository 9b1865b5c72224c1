"""The order of the keys in a route: JavaScript's ``localeCompare``.

Node compares with the root collation of Unicode's CLDR: first by what the characters
are (punctuation, symbols, digits, letters, without accents and case), then by accents,
then by case, small letters first. Control characters count for nothing. So ``_``
sorts before ``10``, ``10`` before ``9``, ``a`` before ``A`` before ``B``.

Exact for ASCII. Behind ASCII, letters sort by their base letter, then by accent, and
all other characters by code point, which is right for most keys and not for all.

Source: Unicode Technical Standard 10, as ``Intl.Collator`` of Node 20 to 24 has it.
"""

from __future__ import annotations

import unicodedata
from typing import TypeAlias

# ASCII by primary weight, with both cases of a letter in one place.
_ORDER = (
    "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
)
_PRIMARY = {character: weight for weight, character in enumerate(_ORDER)}
_BEHIND_ASCII = len(_ORDER)

CollationKey: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def collation_key(text: str) -> CollationKey:
    """Return a key by which texts sort as ``localeCompare`` sorts them."""
    primary: list[int] = []
    accents: list[int] = []
    cases: list[int] = []
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.combining(character):
            accents[-1:] = [accents[-1] + ord(character)] if accents else []
        elif not unicodedata.category(character).startswith("C") or character in _ORDER:
            folded = character.lower()
            weight = _PRIMARY.get(folded, _BEHIND_ASCII + ord(folded[0]))
            primary.append(weight)
            accents.append(0)
            cases.append(int(folded != character))
    return tuple(primary), tuple(accents), tuple(cases)
