"""``--grep``: whether an exchange contains a text.

That is its pattern, its data and metadata, and all of its replies with their errors.
It is looked for in the JSON text as it travelled, in the same without the escapes that
JSON does not need, and in what lists show, which is written short.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from inspector.shorthand import short, short_value
from protocol import UNDEFINED, Json, JsonText, UndefinedType, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange

LONGEST_DECODED = 1 << 20
"""Bytes of a payload up to which its escapes are undone; one that is longer is searched
as it travelled, which takes a hundredth of the time."""
LONGEST_SHORT = 4096
"""Bytes of a payload up to which lists write it short."""

_ESCAPE = b"\\"


class Grep:
    """A choice of the exchanges that contain a text.

    Args:
        text: What is looked for, upper and lower case as they are.

    Raises:
        ValueError: The text is empty.
    """

    option = "--grep"

    def __init__(self, text: str) -> None:
        if not text:
            raise ValueError("the text is empty")
        self.text = text
        self.words = [f"{self.option} {quote(text)}"]
        in_a_string = dumps(text)[1:-1]
        plain = text.encode("utf-8", "surrogatepass")
        self._needles = tuple(dict.fromkeys((plain, in_a_string)))

    def __call__(self, exchange: Exchange) -> bool:
        """Whether the exchange contains the text."""
        if self._in_pattern(exchange.pattern, exchange.route):
            return True
        return any(map(self._in_payload, _payloads(exchange)))

    def _in_pattern(self, pattern: Json, route: str | None) -> bool:
        if route is not None and (self.text in route or self.text in short(route)):
            return True
        return pattern is not UNDEFINED and self._in_text(dumps(pattern))

    def _in_payload(self, payload: JsonText | UndefinedType) -> bool:
        if payload is UNDEFINED:
            return False
        text = bytes(payload)
        if self._in_text(text):
            return True
        if len(text) <= LONGEST_SHORT:
            value = loads(text)
            return self._in_text(dumps(value)) or self.text in short_value(value)
        decoded = _ESCAPE in text and len(text) <= LONGEST_DECODED
        return decoded and self._in_text(dumps(loads(text)))

    def _in_text(self, text: bytes) -> bool:
        return any(needle in text for needle in self._needles)


def _payloads(exchange: Exchange) -> Iterator[JsonText | UndefinedType]:
    """Yield the payloads of an exchange, those that tell most first."""
    yield exchange.data
    for reply in exchange.replies:
        yield reply.response
        yield reply.err
        yield reply.status
        yield from reply.extra.values()
    yield exchange.metadata
