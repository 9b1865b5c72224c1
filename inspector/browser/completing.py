"""What can stand where one types in the filter box: fields, values, patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.shorthand import short
from protocol import dumps
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 8
"""Words that are offered."""
_TAIL = lazy_regex(r'(?:(\w+)\s*(?:==|!=|in|~)\s*\[?\s*)?("?)([^\s"<>=!~&|()\[\]]*)$')


def completions(text: str, routes: Iterable[str]) -> list[str]:
    """Return texts that a text may become by completing its last word.

    Args:
        text: What was typed so far.
        routes: The routes that there are, the most important first.
    """
    matched = _TAIL.search(text)
    assert matched is not None
    field, quote, begun = matched.groups()
    if not (begun or field):
        return []
    head = text[: matched.start(3) - len(quote)]
    found = dict.fromkeys(_words(field, begun, routes, quoted=bool(quote)))
    return [head + word for word in list(found)[:MOST] if word != quote + begun]


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
