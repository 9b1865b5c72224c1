"""What differs between two exchanges, key by key."""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from inspector.filters.values import equal
from inspector.shorthand import short
from inspector.views.rendering import safe
from inspector.views.text import Text
from inspector.words import plural
from protocol import UNDEFINED, Json, dumps, loads
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange
    from protocol import JsonText, UndefinedType

MOST = 1_000
"""Differences that are listed."""
_DEEPEST = 100  # steps of a path; what is below is one value
_ABSENT = "–"


class Difference(NamedTuple):
    """Two values in the same place of two exchanges; UNDEFINED where one is absent."""

    path: str
    left: Json
    right: Json


def differences(
    left: Json, right: Json, path: str = "", depth: int = 0
) -> Iterator[Difference]:
    """Yield where two values differ, the keys of the first in their order."""
    if equal(left, right):
        return
    if depth < _DEEPEST and isinstance(left, dict) and isinstance(right, dict):
        for key in [*left, *(each for each in right if each not in left)]:
            one, other = left.get(key, UNDEFINED), right.get(key, UNDEFINED)
            yield from differences(one, other, f"{path}.{short(key)}", depth + 1)
    elif depth < _DEEPEST and isinstance(left, list) and isinstance(right, list):
        pairs = zip_longest(left, right, fillvalue=UNDEFINED)
        for place, (one, other) in enumerate(pairs):
            yield from differences(one, other, f"{path}[{place}]", depth + 1)
    else:
        yield Difference(path.removeprefix("."), left, right)


def compared(left: Exchange, right: Exchange, width: int) -> list[Text]:
    """Return the lines that say how two exchanges differ.

    Args:
        left: The one that was marked first.
        right: The other.
        width: Cells of a line.
    """
    found = list(islice(differences(_value(left), _value(right)), MOST + 1))
    heads = [Text(f"#{each.number}", "title") for each in (left, right)]
    title = Text(" and ").join(heads)
    if not found:
        return [title, Text(), Text("Payloads and outcome are the same.", "good")]
    count = f"{MOST:,}+" if len(found) > MOST else f"{len(found):,}"
    words = f"   {count} of their values differ" if len(found) > 1 else "   1 differs"
    lines = [title + Text(words, "muted"), Text()]
    room = max(width // 3, 10)
    names = min(max(len(each.path) for each in found), room)
    for each in found[:MOST]:
        lines += _lines_of(each, names, width)
    if len(found) > MOST:
        lines.append(Text(f"… only {plural(MOST, 'difference')} are shown", "muted"))
    return lines


def _lines_of(each: Difference, names: int, width: int) -> list[Text]:
    name = Text(safe(each.path))
    name.truncate(names, pad=True)
    room = max(width - names - 4, 8)
    made = []
    for mark, value, role in (("-", each.left, "error"), ("+", each.right, "good")):
        shown = Text(safe(_spelled(value)), role)
        shown.truncate(room)
        made.append(name + Text(f"  {mark} ", role) + shown)
        name = Text(" " * names)
    return made


def _spelled(value: Json) -> str:
    return _ABSENT if value is UNDEFINED else dumps(value).decode("utf-8", "replace")


def _value(exchange: Exchange) -> dict[str, Json]:
    replies = [
        {
            name: _decoded(payload)
            for name, payload in (("err", each.err), ("response", each.response))
            if payload is not UNDEFINED
        }
        for each in exchange.replies
    ]
    value: dict[str, Json] = {
        "pattern": exchange.pattern,
        "outcome": None if exchange.outcome is None else str(exchange.outcome),
        "ms": None if exchange.latency_ns is None else exchange.latency_ns / 1e6,
        "data": _decoded(exchange.data),
        "metadata": _decoded(exchange.metadata),
    }
    if len(replies) == 1:
        value |= {"reply": replies[0]}
    elif replies:
        value |= {"replies": list(replies)}
    return {key: each for key, each in value.items() if each is not UNDEFINED}


def _decoded(payload: JsonText | UndefinedType) -> Json:
    return UNDEFINED if payload is UNDEFINED else loads(payload)
