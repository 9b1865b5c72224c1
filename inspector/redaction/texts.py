r"""JSON texts with parts hidden, of the same length in bytes and in UTF-16 units.

=================  ====================  ===========================
hidden             becomes               bytes and units of each
=================  ====================  ===========================
``"p1 é 求 😀"``    ``"xxx×x※x𝑥"``         1+1, 2+1, 3+1, 4+2
``"a\"b"``         ``"xxxx"``            escapes are characters too
``-12.5``          ``-11.1``             digits are 1
``true``           ``null``              4
``false``          ``"xxx"``             5
=================  ====================  ===========================

Keys that look like a secret are hidden as strings are; of several in an object that
would be alike the second ends in 2, and so on. What names a secret is shown.

So the frame around a text keeps its length, and every byte after it its place. The
text is not read and written again: what is not hidden stays as it was spelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from protocol.lazy_regex import lazy_regex

from .channels import Channels
from .secrets import is_secret_key, looks_secret
from .suspicion import is_suspect
from .tokens import string_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable

AUTO = "auto"
"""A path that names nothing: only what is found without being named is hidden."""

_PATH = lazy_regex(r"[^\s.\[\]]++(?>(?:\.[^\s.\[\]]++|\[\*?\])*)")
_ARRAY = lazy_regex(r"\[\*?\]")
_MARK = lazy_regex(r"(?!(?<=[a-z])'[st](?:[\s.,;:]|\Z))['\"“]")  # and no apostrophe
_CLOSING = {"'": "'", '"': '"', "“": "”"}
_DIGIT = lazy_regex("[0-9]")
_ROOTS = {"pattern", "data", "metadata", "response", "err"}
_KEPT = {("id",), ("isDisposed",), ("status",)}  # what pairs a reply with its request
_ANY = "*"
_WORDS = {"true": "null", "false": '"xxx"', "null": "null"}
_DEEPEST = 4  # JSON in strings of JSON in strings …; deeper ones are hidden unread
_ASCII, _TWO_BYTES, _THREE_BYTES = 0x80, 0x800, 0x10000
_INVALID = range(0xDC80, 0xDD00)  # a byte that is not UTF-8, as surrogateescape has it


class _Level:
    """An object or array that is open.

    Attributes:
        path: The last keys that lead to it; places in arrays do not count.
        key: The key whose value comes next; None in an array.
        is_object: Which of the two it is.
        hidden: Whether all in it is hidden.
    """

    __slots__ = ("_hidden_keys", "hidden", "is_object", "key", "path", "wants_key")

    def __init__(self, path: tuple[str, ...], *, is_object: bool, hidden: bool) -> None:
        self.path = path
        self.key: str | None = None
        self.is_object = is_object
        self.wants_key = is_object
        self.hidden = hidden
        self._hidden_keys: dict[str, int] | None = None  # how often each was given

    def hide_key(self, token: str) -> str:
        """Return what replaces a key: another than before, if it is long enough."""
        shown = hide(token)
        given = self._hidden_keys = self._hidden_keys or {}
        given[shown] = given.get(shown, 0) + 1
        number = str(given[shown])
        end = f'{"x" * len(number)}"'
        if given[shown] == 1 or not shown.endswith(end):
            return shown
        return f'{shown.removesuffix(end)}{number}"'


# decision 41: Redaction happens where a frame is seen
class Redaction:
    """What is to be hidden in the bodies of frames.

    Args:
        paths: Keys with dots between them, from the outermost object on
            (``data.user.password``; ``*`` is any key, an array any of its members), or
            a single key at any depth, or AUTO. Known secrets are hidden besides.
        channels: Channels with wildcards; see :mod:`.channels`.

    Raises:
        InspectorError: A path or a channel is malformed.
    """

    def __init__(self, paths: Iterable[str], channels: Iterable[str] = ()) -> None:
        self._channels = Channels(channels)
        self._paths: list[tuple[str, ...]] = []
        self._keys: set[str] = set()
        for path in paths:
            self._add(path)
        self._named = bool(self._paths or self._keys)
        self._longest = max(map(len, self._paths), default=1)

    def _add(self, path: str) -> None:
        if path == AUTO:
            return
        if _PATH.fullmatch(path) is None:
            raise InspectorError(
                "--redact", f"'{path}' is not a path like data.user.password"
            )
        keys = tuple(_ARRAY.sub("", path).split("."))
        if len(keys) == 1 and keys[0] not in _ROOTS:
            self._keys.add(keys[0])
        else:
            self._paths.append(keys)

    def body(self, body: bytes) -> bytes:
        """Return the body of a frame with its secrets hidden, as long as before."""
        return self._body(body, 0)

    def _body(self, body: bytes, depth: int) -> bytes:
        """Return a JSON text with its secrets hidden.

        Args:
            body: The text.
            depth: How many strings it is in.
        """
        if not self._named and not is_suspect(body):
            return body
        text = body.decode("utf-8", "surrogateescape")
        pieces: list[str] = []
        levels: list[_Level] = []
        place = 0
        for token in tokens_of(text):
            shown = self._redact_token(token[0], levels, depth)
            if shown is not None:
                pieces += [text[place : token.start()], shown]
                place = token.end()
        if not pieces:
            return body
        pieces.append(text[place:])
        return "".join(pieces).encode("utf-8", "surrogateescape")

    @property
    def hides_channels(self) -> bool:
        """Whether parts of channels are hidden, and not secrets alone."""
        return self._channels.hides

    def channel(self, name: bytes) -> bytes:
        """Return where something is sent to as it may be shown, in as many bytes."""
        return self._channels.channel(name)

    def addressed(self, body: bytes) -> bytes:
        """Return the body of what is sent to a channel, which has that as a pattern."""
        return self.body(self._channels.pattern(body))

    def words(self, words: str) -> str:
        """Return a sentence about bytes without what it quotes of them.

        What is quoted may hold such marks itself, or be cut off: it reaches to the last
        mark of its kind, and to the end where their number is odd. Of a sentence that
        holds what looks like a secret nothing is shown.
        """
        if looks_secret(words):
            return "'…'"
        shown = ""
        while mark := _MARK.search(words):
            shown += f"{words[: mark.start()]}'…'"
            closing, words = _CLOSING[mark[0]], words[mark.end() :]
            paired = closing != mark[0] or words.count(closing) % 2
            last = words.rfind(closing)
            words = words[last + 1 :] if paired and last >= 0 else ""
        return shown + words

    def _redact_token(self, token: str, levels: list[_Level], depth: int) -> str | None:
        """Return what replaces a token, None for itself; keep track of levels."""
        level = levels[-1] if levels else None
        first = token[0]
        if first in "{[":
            path, hidden = self._place(level)
            hidden = hidden or (bool(path) and is_secret_key(path[-1]))
            levels.append(_Level(path, is_object=first == "{", hidden=hidden))
        elif first in "}]":
            if levels:
                levels.pop()
        elif first == ",":
            if level is not None:
                level.wants_key = level.is_object
        elif first == ":":
            pass
        elif level is not None and level.wants_key:
            level.key, level.wants_key = string_of(token), False
            if first == '"' and self._is_secret(level.key, depth):
                return level.hide_key(token)
        else:
            return self._redact_scalar(token, level, depth)
        return None

    def _redact_scalar(
        self, token: str, level: _Level | None, depth: int
    ) -> str | None:
        path, hidden = self._place(level)
        if path in _KEPT:
            return None
        if hidden:
            return hide(token)
        if not (path or depth):
            return None
        secret = bool(path) and is_secret_key(path[-1]) and token not in _WORDS
        if secret or (token[0] == '"' and self._is_secret(string_of(token), depth)):
            return hide(token)
        return None

    def _is_secret(self, text: str, depth: int) -> bool:
        """Whether a string holds a secret, or is JSON that does, as far as is read."""
        if looks_secret(text):
            return True
        if not text.lstrip().startswith(("{", "[")):
            return False
        body = text.encode("utf-8", "surrogatepass")
        return depth >= _DEEPEST or self._body(body, depth + 1) != body

    def _place(self, level: _Level | None) -> tuple[tuple[str, ...], bool]:
        """Return the path of the value that comes next, and whether it is hidden."""
        if level is None:
            return (), False
        path = level.path
        if level.key is not None:  # longer than any that is named: only its end counts
            path = (*path, level.key)[-self._longest - 1 :]
        if level.hidden or not level.is_object or path in _KEPT:
            return path, level.hidden
        named = bool(path) and path[-1] in self._keys
        return path, named or any(_matches(path, each) for each in self._paths)


def hide(token: str) -> str:
    """Return what replaces a JSON scalar: as many bytes, and as many units."""
    if token[0] == '"':
        end = '"' if token.endswith('"', 1) else ""
        text = token[1 : len(token) - len(end)]
        masked = "x" * len(text) if text.isascii() else "".join(map(_mask, text))
        return f'"{masked}{end}'
    return _WORDS.get(token) or _DIGIT.sub("1", token)


def _mask(character: str) -> str:
    code = ord(character)
    if code < _ASCII:
        return "x"
    if code < _TWO_BYTES:
        return "×"
    if code in _INVALID:
        return character  # with others it counts as one unit, or does not
    return "※" if code < _THREE_BYTES else "𝑥"


def _matches(path: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return len(path) == len(wanted) and all(
        step in {key, _ANY} for key, step in zip(path, wanted, strict=True)
    )
