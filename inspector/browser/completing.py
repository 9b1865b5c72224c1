"""What can stand where one types in the filter box: fields, values, patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.shorthand import short
from protocol import dumps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 8
"""Words that are offered."""
_ENDS = frozenset(' \t"<>=!~&|()[],')
"""What stands before a word."""
_SIGNS = ("==", "!=", "~", " in")
"""What stands between a field and a value."""


def completions(text: str, routes: Iterable[str]) -> list[str]:
    """Return texts that a text may become by completing its last word.

    Args:
        text: What was typed so far.
        routes: The routes that there are, the most important first.
    """
    begin = len(text)
    while begin and text[begin - 1] not in _ENDS:
        begin -= 1
    begun, quote = text[begin:], text[begin - 1 : begin] == '"'
    head = text[: begin - quote]
    field = _field_before(head)
    if not (begun or field):
        return []
    found = dict.fromkeys(_words(field, begun, routes, quoted=quote))
    return [head + word for word in list(found)[:MOST] if word != begun]


def _field_before(head: str) -> str | None:
    """Return the field that a value is compared with; None where there is no sign."""
    before = head.rstrip()
    before = before.removesuffix("[").rstrip()
    sign = next((each for each in _SIGNS if before.endswith(each)), None)
    if sign is None:
        return None
    words = before.removesuffix(sign).split()
    return words[-1] if words and words[-1].isidentifier() else None


def _words(
    field: str | None, begun: str, routes: Iterable[str], *, quoted: bool
) -> Iterator[str]:
    from inspector.filters.fields import ALL, enumerated  # noqa: PLC0415 — lark is large

    if field in {"route", "pattern"}:
        names = (short(each) for each in routes)
        yield from (_quoted(each) for each in names if begun in each)
    elif field is not None:
        values = enumerated().get(field, [])
        yield from (_quoted(each) for each in values if each.startswith(begun))
    elif not quoted:
        yield from (each for each in ALL if each.startswith(begun))
        yield from (name for name in map(short, routes) if name.startswith(begun))


def _quoted(text: str) -> str:
    return dumps(text).decode("utf-8", "replace")
