r"""Where packets are sent to over a broker, with parts hidden, as long as before.

============  ====================  =====================  =======================
pattern       what it hides         such as                becomes
============  ====================  =====================  =======================
``users.*``   one word              ``users.alice``        ``users.xxxx1``
``users.>``   all the rest          ``users.alice.mail``   ``users.xxxx1.xxx1``
``>``         each word of all      ``{"cmd":"a","n":42}`` ``{"cmd":"1","n":10}``
============  ====================  =====================  =======================

The same word becomes the same wherever it stands, another one another: by its number
among the words of its length, in the order of the capture. So what belonged together
still does, in every run the same, and what a number stood for nothing says.

Source: ``docs.nats.io``, subject-based messaging; MQTT 5.0, section 4.7 (``+`` and
``#``, and that a wildcard is not for a first word that begins with ``$``).
"""

from __future__ import annotations

import re
import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .tokens import string_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OPTION = "--redact-channel"
MAX_WORDS = 65_536
"""Words that are numbered; what others become depends on a key of the run."""
_LONGEST = 256
"""Bytes of a word up to which it is one of them: they are all remembered."""
_ONE, _REST = {b"*", b"+"}, {b">", b"#"}
_ANY_SEPARATOR = lazy_regex(rb"[./:]")
_OWN = (b"$", b"_INBOX")  # first words of a broker's own, and of inboxes in NATS
_PIECE = lazy_regex(rb"[^ ]+")  # a blank in a subject parts words of a line
# A string without an end reaches to the end of the text, and is not searched again.
_VALUE = lazy_regex(rb'"((?>(?:[^"\\]|\\.)*))("|\\?\Z)(\s*+:)?|[0-9]++', re.DOTALL)
_NUMBER = lazy_regex(rb"[0-9]+")
# No x, with which numbers are filled up, and no capital, as random inboxes have them.
_DIGITS = "0123456789abcdefghijklmnopqrstuvwyz"
_FILL = "x"
_ESCAPED = lazy_regex(r"\\.|[^\\]", re.DOTALL)


class _Pattern(NamedTuple):
    """Which channels have something to hide.

    Attributes:
        separator: What parts words; empty where any separator does.
        words: The first words of such a channel, wildcards among them.
        rest: Whether whatever follows is hidden too.
    """

    separator: bytes
    words: tuple[bytes, ...]
    rest: bool

    @property
    def whole(self) -> bool:
        """Whether it is for every channel that is one word."""
        return not self.words or (len(self.words) == 1 and self.words[0] in _ONE)

    def spans(self, channel: bytes) -> list[tuple[int, int]]:
        """Return the places in a channel that are to be hidden; none if it is not one.

        A subscription may have wildcards of its own, which stay. What comes after one
        for the rest may be any word of a channel, and is hidden.
        """
        hidden: list[tuple[int, int]] = []
        place = index = 0
        for index, word in enumerate(self._split(channel)):
            wanted = self.words[index] if index < len(self.words) else b""
            if word in _REST:
                return hidden + self._after(channel, place + len(word) + 1)
            if not wanted and not self.rest:
                return []
            if (not wanted or wanted in _ONE) and not (index == 0 and _is_own(word)):
                if word not in _ONE:
                    hidden.append((place, place + len(word)))
            elif word not in {wanted, *_ONE}:
                return []
            place += len(word) + 1
        return hidden if index + 1 >= len(self.words) else []

    def _after(self, channel: bytes, place: int) -> list[tuple[int, int]]:
        """Return the places of all words from one on, but of wildcards."""
        found: list[tuple[int, int]] = []
        for word in self._split(channel[place:]):
            if word and word not in _ONE | _REST:
                found.append((place, place + len(word)))
            place += len(word) + 1
        return found

    def _split(self, channel: bytes) -> list[bytes]:
        if self.separator:
            return channel.split(self.separator)
        return _ANY_SEPARATOR.split(channel)


# decision 135
class Pseudonyms:
    """What words become: each the same every time, and none what another becomes.

    Args:
        most: Words that are numbered.
    """

    def __init__(self, most: int = MAX_WORDS) -> None:
        self._most = most
        self._known: dict[tuple[bytes, bool], bytes] = {}
        self._counts: dict[tuple[int, bool], int] = {}
        self._key = secrets.token_bytes(16)

    def of(self, word: bytes, *, number: bool = False) -> bytes:
        """Return what a word becomes.

        Args:
            word: Bytes without a blank.
            number: Whether they are digits, and what they become has to be a number.
        """
        known = self._known.get((word, number))
        if known is not None:
            return known
        if len(self._known) >= self._most or len(word) > _LONGEST:
            return self._digest(word, number=number)
        kind = len(word), number
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        shown = _numbered(count, len(word), number=number)
        if len(shown) > len(word):  # there are more words than numbers of their length
            shown = self._digest(word, number=number)
        self._known[word, number] = shown
        return shown

    def _digest(self, word: bytes, *, number: bool) -> bytes:
        digits = _DIGITS[:10] if number else _DIGITS
        value = blake2b(word, key=self._key).digest()
        text = "".join(digits[each % len(digits)] for each in value)[: len(word)]
        if number and text[0] == "0" and len(word) > 1:
            text = f"1{text[1:]}"  # a number of JSON does not begin with it
        return text.rjust(len(word), "1" if number else _FILL).encode()


class Channels:
    """What is to be hidden in channels, and in the patterns of what is sent there.

    Args:
        patterns: Channels with wildcards; what stands for one is hidden.

    Raises:
        InspectorError: A pattern is malformed, or has no wildcard.
    """

    def __init__(self, patterns: Iterable[str], most: int = MAX_WORDS) -> None:
        self._patterns = [_read(each) for each in patterns]
        self._whole = any(each.whole for each in self._patterns)
        self._pseudonyms = Pseudonyms(most)

    @property
    def hides(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self._patterns)

    def channel(self, name: bytes) -> bytes:
        """Return a channel as it may be shown, in as many bytes.

        A route of Nest's that is an object, or a number, is one word.
        """
        if name.startswith(b"{") or _NUMBER.fullmatch(name):
            return self._values(name)
        spans = sorted({each for one in self._patterns for each in one.spans(name)})
        shown = bytearray(name)
        for begin, end in spans:
            shown[begin:end] = _PIECE.sub(
                lambda piece: self._pseudonyms.of(piece[0]), name[begin:end]
            )
        return bytes(shown) if spans else name

    def pattern(self, text: bytes) -> bytes:
        """Return a JSON text with its ``pattern`` shown as its channel is."""
        if not self._patterns:
            return text
        shown = text.decode("utf-8", "surrogateescape")
        pieces: list[str] = []
        place = 0
        for begin, end in _values_of(shown, "pattern"):
            pieces += [shown[place:begin], self._shown(shown[begin:end])]
            place = end
        pieces.append(shown[place:])
        hidden = "".join(pieces)
        return text if hidden == shown else hidden.encode("utf-8", "surrogateescape")

    def _shown(self, value: str) -> str:
        """Return the JSON of a pattern as it may be shown."""
        text = value.encode("utf-8", "surrogateescape")
        if not value.startswith('"'):
            return self._values(text).decode("utf-8", "surrogateescape")
        if string_of(value) == value:  # it is malformed, or has no end
            return f'"{_ESCAPED.sub(_filled, value[1:])}'
        name = string_of(value).encode("utf-8", "surrogatepass")
        shown = self.channel(name)
        if shown == name:
            return value
        if len(name) == len(text) - 2:
            return f'"{shown.decode("utf-8", "surrogateescape")}"'
        return f'"{_ESCAPED.sub(_filled, value[1:-1])}"'  # it is spelled with escapes

    def _values(self, text: bytes) -> bytes:
        """Return JSON with its values hidden, if each channel of one word is."""
        if not self._whole:
            return text
        return _VALUE.sub(self._value, text)

    def _value(self, found: re.Match[bytes]) -> bytes:
        if found[3] is not None:
            return found[0]  # a key
        if found[1] is None:
            return self._pseudonyms.of(found[0], number=True)
        words = _PIECE.sub(lambda piece: self._pseudonyms.of(piece[0]), found[1])
        return b'"%b%b' % (words, found[2])


def _read(text: str) -> _Pattern:
    """Read a pattern.

    Raises:
        InspectorError: It is malformed, or has no wildcard.
    """
    data = text.encode("utf-8", "surrogateescape")
    separator = next((bytes([each]) for each in data if each in b"./:"), b"")
    words = data.split(separator) if separator else [data]
    if data.split() != [data] or not all(map(_is_word, words)):
        raise InspectorError(OPTION, f"'{text}' is not a channel like users.*.orders")
    rest = words[-1] in _REST
    if rest:
        words.pop()
    if any(each in _REST for each in words):
        raise InspectorError(OPTION, f"'{text}' has words after the rest")
    if not rest and not _ONE.intersection(words):
        raise InspectorError(
            OPTION, f"'{text}' has no * for a word that is hidden, nor > for the rest"
        )
    if words and not separator:
        separator = b"."
    return _Pattern(separator, tuple(words), rest)


def _is_word(data: bytes) -> bool:
    """Whether some bytes may be a word whatever parts words."""
    return bool(data) and _ANY_SEPARATOR.search(data) is None


def _is_own(word: bytes) -> bool:
    """Whether a first word is none of an application's."""
    return word.startswith(_OWN)


def _numbered(count: int, size: int, *, number: bool) -> bytes:
    """Return a number as so many digits, or more where it has more."""
    if number:
        return str(count + 10 ** (size - 1) - 1).encode()
    text = ""
    while count:
        count, digit = divmod(count, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text.rjust(size, _FILL).encode()


def _filled(character: re.Match[str]) -> str:
    return _FILL * len(character[0].encode("utf-8", "surrogateescape"))


def _values_of(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the values that a key of the outermost object has."""
    depth, begin = 0, -1
    key: str | None = None
    follows = False  # whether a value comes, and not a key
    for token in tokens_of(text):
        first = token[0][0]
        outer = depth == 1
        if first in "{[":
            depth += 1
            begin = token.start() if outer and follows and key == name else begin
        elif first in "}]":
            depth -= 1
            if depth == 1 and begin >= 0:
                yield begin, token.end()
                begin = -1
        elif not outer:
            continue
        elif first in ",:":
            follows = first == ":"
        elif not follows:
            key = string_of(token[0])
        elif key == name:
            yield token.span()
