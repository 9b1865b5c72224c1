"""The tokens of a JSON text, which may be malformed or cut off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from protocol import loads
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

# A string without an end reaches to the end of the text, and is not searched again.
_TOKEN = lazy_regex(
    r'"(?>(?:[^"\\]|\\.)*)(?:"|\\?\Z)|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL
)


def tokens_of(text: str) -> Iterator[re.Match[str]]:
    """Yield the strings and marks of a text, and whatever else is between blanks."""
    return _TOKEN.finditer(text)


def string_of(token: str) -> str:
    """Return the value of a string; the text itself where it is not a string."""
    try:
        value = loads(token.encode("utf-8", "surrogateescape"))
    except ValueError:
        return token
    return value if isinstance(value, str) else token
