"""Secrets in texts that are no payloads: in errors, routes and channels.

What is hidden in payloads is hidden where a frame is read; to read all of them takes as
long as to pair them, so what a row has without payloads is looked at by itself.
"""

from __future__ import annotations

from functools import lru_cache

from inspector.redaction.texts import AUTO, Redaction
from protocol import dumps, loads

_REMEMBERED = 4096
_KEY = "err"  # whose value is a text of any kind


class Hiding:
    """Hides what looks like a secret in a text; alike texts are looked at once."""

    def __init__(self) -> None:
        self._redaction = Redaction((AUTO,))
        self.text = lru_cache(_REMEMBERED)(self._hidden)

    def texts(self, texts: list[str | None]) -> list[str | None]:
        """Return texts as they may be shown."""
        hidden = self.text
        return [None if each is None else hidden(each) for each in texts]

    def _hidden(self, text: str) -> str:
        body = self._redaction.body(dumps({_KEY: text}))
        value = loads(body)
        assert isinstance(value, dict)
        return str(value[_KEY])
