"""A contract for people: each pattern, and the tree of its payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.shapes.faults import words_of
from inspector.shapes.schemas import Schema
from inspector.shorthand import short
from inspector.words import plural

from .rendering import carrier_title, safe
from .text import Text
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from inspector.contracts.document import Contract, PatternContract

_PART = 7
_DEEPEST = 8  # levels that are drawn; what is deeper is in the other formats


def print_contract(console: Console, contract: Contract) -> None:
    """Print the payloads of each pattern as trees."""
    if not contract.patterns:
        show(console, Text("No request was seen, so no pattern is known.", "answer"))
    for number, pattern in enumerate(contract.patterns):
        if number:
            show(console, Text())
        for line in pattern_lines(pattern):
            show(console, line)


def pattern_lines(pattern: PatternContract) -> Iterator[Text]:
    """Yield the lines of a pattern: what was seen, and its payloads."""
    head = Text(safe(short(pattern.route)), "route")
    noun = "call" if pattern.kind == "message" else "event"
    words = [plural(pattern.calls, noun), *map(carrier_title, pattern.carriers)]
    if pattern.pushed:
        words.append("from a gateway to its clients")
    yield head.append(f"  {', '.join(words)}", "muted")
    for part, schema in pattern.parts():
        yield from _part_lines(pattern, part, schema)
    if not pattern.parts():
        yield Text("  no payload was seen", "muted")


def _part_lines(pattern: PatternContract, part: str, schema: Schema) -> Iterator[Text]:
    optional = (part == "data" and pattern.data_optional) or (
        part == "reply" and pattern.reply_optional
    )
    stream = "stream of " if part == "reply" and pattern.stream else ""
    head = Text.assemble("  ", (f"{part:<{_PART}}", "muted"))
    head.append(stream + safe(words_of(schema)))
    yield head.append("  (optional)" if optional else "", "muted")
    yield from _members(schema, _PART + 2, 0)


def _members(schema: Schema, indent: int, level: int) -> Iterator[Text]:
    """Yield the keys of the objects in a schema, whichever they are in."""
    found = _struct_in(schema)
    if found is None:
        return
    if level >= _DEEPEST:
        yield Text(f"{' ' * indent}…", "muted")
        return
    members = found.members()
    names = {key: safe(key) + "?" * (not found.requires(key)) for key in members}
    room = max(map(len, names.values()), default=0)
    for key, member in members.items():
        line = Text(f"{' ' * indent}{names[key]:<{min(room, 24)}}  ")
        line.append(safe(words_of(member)), "muted")
        yield line
        yield from _members(member, indent + 2, level + 1)


def _struct_in(schema: Schema) -> Schema | None:
    """Return the object that a schema is of, perhaps in arrays or a map."""
    found: Schema | None = schema
    while found is not None:
        here = found.of_type("object")
        if here is not None and here.members():
            return here
        inner = here.additional_properties if here is not None else None
        array = found.of_type("array")
        if not isinstance(inner, Schema) and array is not None:
            inner = array.items
        found = inner if isinstance(inner, Schema) else None
    return None
