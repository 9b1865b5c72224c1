r"""JSON text to values and back, as JavaScript reads and writes it.

msgspec does the work. It refuses three things that ``JSON.parse`` accepts: a lone
surrogate in an escape (``"\ud83d"``), a number beyond a double (``1e400``) and
nesting deeper than Python's recursion limit. For these a parser without recursion
is the second try; it accepts what ECMA-404 allows, and nothing else. A writer without
recursion follows msgspec's in the same way.

Source: ECMA-262, sections 7.1.2 (ToBoolean), 6.1.6.1.20 (Number::toString),
25.5.1 (JSON.parse) and 25.5.2 (JSON.stringify).
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from .errors import EncodeError
from .lazy_regex import lazy_regex
from .on_demand import on_demand

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator
    from json import dumps as _dumps
    from json import loads as _loads
else:  # decision 158
    _dumps, _loads = on_demand("json:dumps"), on_demand("json:loads")

Json: TypeAlias = Any
"""A value that JSON can hold: None, bool, int, float, str, list or dict."""

JsonText: TypeAlias = msgspec.Raw
"""A value as JSON text in UTF-8, byte for byte as it travels.

``JsonText(b"[1]")`` makes one, ``bytes(text)`` is a copy of what it holds. It equals
another JsonText of the same bytes, and never those bytes themselves.
"""

UndefinedType: TypeAlias = msgspec.UnsetType
# decision 2: UNDEFINED is msgspec's UNSET
UNDEFINED: Final = msgspec.UNSET
"""JavaScript's ``undefined``: the key is absent, which is not ``null``."""

REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What msgspec raises for JSON that is wrong, or that only ``JSON.parse`` reads."""

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer that a double holds exactly, as all below it."""

_WHITESPACE = lazy_regex(r"[ \t\n\r]*+")
# Groups that give nothing back are atomic, not possessive: Python before 3.11.5 does
# not go back to where a possessive group began that fails halfway.
_TOKEN = lazy_regex(
    r"(?P<mark>[{}\[\]:,])"
    r'|(?P<string>"[^"\\\x00-\x1f]*+(?>(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})'
    r'[^"\\\x00-\x1f]*+)*)")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?P<real>(?>(?:\.[0-9]++)?)"
    r"(?>(?:[eE][+-]?[0-9]++)?)))"
    r"|(?P<word>true|false|null)"
)
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = lazy_regex("[\ud800-\udfff]")
_CLOSED = object()  # after the last member of a container
_MAX_INTEGER_DIGITS = 4_300  # int() refuses more, and so does msgspec


def loads(text: JsonText | bytes | str) -> Json:
    """Return the value that ``JSON.parse`` gives, invalid UTF-8 replaced.

    Integers stay exact where JavaScript rounds them to a double.

    Args:
        text: JSON text; a str may hold lone surrogates.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        return msgspec.json.decode(text)
    except REFUSED:
        if not isinstance(text, str):
            text = bytes(text).decode("utf-8", "replace")
        return JsonReader(text).read()


def dumps(value: Json) -> bytes:
    """Return what ``JSON.stringify`` gives: compact, lone surrogates escaped.

    Numbers keep Python's spelling (``1.0``, ``1e21``), which reads the same.

    Raises:
        EncodeError: The value has no JSON text.
    """
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, RecursionError):
        return _dump_unusual(value)
    except (TypeError, ValueError) as error:
        raise EncodeError(f"not JSON: {error}") from error


def _dump_unusual(root: Json) -> bytes:
    """Write what nests deep or holds lone surrogates, with a stack of our own."""
    text: list[bytes] = []
    # The containers that are open, by identity, so that no one holds itself.
    opened = {0: iter([(b"", root), (b"", _CLOSED)])}
    while opened:
        prefix, value = next(next(reversed(opened.values())))
        text.append(prefix)
        if value is _CLOSED:
            opened.popitem()
        elif not isinstance(value, dict | list | tuple):
            text.append(_dump_scalar(value))
        elif id(value) in opened:
            raise EncodeError("not JSON: a list or object contains itself")
        else:
            opened[id(value)] = _members(value)
    return b"".join(text)


def _members(
    container: dict[str, Json] | list[Json] | tuple[Json, ...],
) -> Iterator[tuple[bytes, Json]]:
    """Yield what precedes each member, and the member; what closes comes last."""
    if isinstance(container, dict):
        separator, closing = b"{", b"}"
        for key, value in container.items():
            yield b"%b%b:" % (separator, _dump_key(key)), value
            separator = b","
    else:
        separator, closing = b"[", b"]"
        for value in container:
            yield separator, value
            separator = b","
    yield closing if container else separator + closing, _CLOSED


def _dump_key(key: Json) -> bytes:
    text = _dump_scalar(key)
    return text if text.startswith(b'"') else b'"%b"' % text


def _dump_scalar(value: Json) -> bytes:
    try:
        if isinstance(value, str):
            halves = value.encode("utf-16-le", "surrogatepass")
            text = _dumps(
                halves.decode("utf-16-le", "surrogatepass"), ensure_ascii=False
            )
            return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text).encode()
        return msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise EncodeError(f"not JSON: {error}") from error


def truthy(value: Json) -> bool:
    """Return what JavaScript's ``if (value)`` finds: only scalars are falsy."""
    return isinstance(value, list | dict) or (value is not UNDEFINED and bool(value))


def number_to_string(number: float) -> str:
    """Return a number as JavaScript spells it: ``1``, ``0.1``, ``1e+21``."""
    if isinstance(number, int) and abs(number) <= MAX_SAFE_INTEGER:
        return str(number)
    number = to_double(number)
    if math.isnan(number):
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    return _spell(number) if number >= 0 else f"-{_spell(-number)}"


def to_double(number: float) -> float:
    """Return a number as JavaScript holds it: one beyond all doubles is infinite."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _spell(number: float) -> str:
    """Spell a finite double of at least 0 by the cases of Number::toString."""
    _, numbers, exponent = Decimal(repr(number)).normalize().as_tuple()
    digits, point = "".join(map(str, numbers)), len(numbers) + int(exponent)
    if digits == "0":
        return "0"
    if len(digits) <= point <= 21:  # noqa: PLR2004 — the standard's own limit
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:  # noqa: PLR2004
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:  # noqa: PLR2004
        return "0." + "0" * -point + digits
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


# decision 3: A parser of our own after msgspec, not the json module
class JsonReader:
    """Read one JSON text with a stack of its own, however deep it nests.

    Attributes:
        members: The places of the values of the outermost object in the text:
            key → (start, end). Empty when the text is not an object.
    """

    def __init__(self, text: str) -> None:
        self.members: dict[str, tuple[int, int]] = {}
        self._text = text
        self._position = 0
        self._start = 0  # of the value being read
        self._open: list[list[Json] | dict[str, Json]] = []
        self._keys: list[str] = []  # of the objects that are open

    def read(self) -> Json:
        """Return the value of the text.

        Raises:
            ValueError: The text is not JSON.
        """
        while True:
            value, complete = self._read_value()
            while complete and self._open:
                value, complete = self._fold(value)
            if complete:
                break
        self._skip_whitespace()
        if self._position != len(self._text):
            raise self._error("nothing more")
        return value

    def _read_value(self) -> tuple[Json, bool]:
        """Read a scalar or the start of a container; say whether it is complete."""
        self._skip_whitespace()
        if len(self._open) <= 1:
            self._start = self._position
        token = self._next_token("a value")
        if token["mark"] == "[":
            return self._open_list()
        if token["mark"] == "{":
            return self._open_object()
        if token["mark"]:
            raise self._error("a value", token)
        return self._scalar(token), True

    def _open_list(self) -> tuple[Json, bool]:
        if self._take("]"):
            return [], True
        self._open.append([])
        return None, False

    def _open_object(self) -> tuple[Json, bool]:
        if self._take("}"):
            return {}, True
        self._open.append({})
        self._keys.append(self._read_key())
        return None, False

    def _fold(self, value: Json) -> tuple[Json, bool]:
        """Put a value where it belongs; return the container if that is complete."""
        container = self._open[-1]
        if isinstance(container, list):
            container.append(value)
            closing = "]"
        else:
            container[self._keys[-1]] = value
            closing = "}"
            if len(self._open) == 1:
                self.members[self._keys[-1]] = (self._start, self._position)
        if self._take(","):
            if isinstance(container, dict):
                self._keys[-1] = self._read_key()
            return None, False
        if not self._take(closing):
            raise self._error(f"',' or {closing!r}")
        if isinstance(container, dict):
            self._keys.pop()
        return self._open.pop(), True

    def _read_key(self) -> str:
        self._skip_whitespace()
        token = self._next_token("a key")
        if not token["string"] or not self._take(":"):
            raise self._error("a key and ':'", token)
        return str(self._scalar(token))

    def _scalar(self, token: re.Match[str]) -> Json:
        if token["string"]:
            return _loads(token["string"])
        if token["word"]:
            return _WORDS[token["word"]]
        number = token["number"]
        if token["real"] or len(number.lstrip("-")) > _MAX_INTEGER_DIGITS:
            return float(number)
        return int(number)

    def _next_token(self, wanted: str) -> re.Match[str]:
        token = _TOKEN.match(self._text, self._position)
        if token is None:
            raise self._error(wanted)
        self._position = token.end()
        return token

    def _take(self, mark: str) -> bool:
        """Consume ``mark`` if it comes next, and say whether it did."""
        end = self._position
        self._skip_whitespace()
        if self._text.startswith(mark, self._position):
            self._position += 1
            return True
        self._position = end
        return False

    def _skip_whitespace(self) -> None:
        blanks = _WHITESPACE.match(self._text, self._position)
        assert blanks  # there may be none of them, which matches too
        self._position = blanks.end()

    def _error(self, wanted: str, token: re.Match[str] | None = None) -> ValueError:
        place = token.start() if token else self._position
        if place >= len(self._text):
            return ValueError(f"the text ends where {wanted} is expected")
        return ValueError(f"expected {wanted} at character {place}")
