"""A contract as JSON Schema (draft 2020-12): a definition for each part of a pattern.

``$defs`` has ``SumData``, ``SumReply`` and ``SumError`` for the pattern ``sum``; the
title of each names its pattern. Whatever reads JSON Schema finds them by ``$ref``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol.named_tuple import NamedTuple

from .naming import Names, type_name, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.shapes.schemas import Schema

    from .document import Contract, PatternContract

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The identifier of the dialect: JSON Schema Core, section 8.1.1."""


class Named(NamedTuple):
    """A pattern with the names that it has in what is generated.

    Attributes:
        pattern: Its contract.
        words: Those of its route.
        names: Part (``data``, ``reply``, ``error``) → the name of its type.
    """

    pattern: PatternContract
    words: list[str]
    names: dict[str, str]


def named_patterns(
    contract: Contract, taken: Iterator[str] | None = None
) -> list[Named]:
    """Return the patterns of a contract with names that differ.

    Args:
        contract: The contract.
        taken: Names of types that are in use already.
    """
    names, found = Names(taken or ()), []
    bases = Names()
    for pattern in contract.patterns:
        words = words_of(pattern.route)
        if pattern.pushed:
            words = [*words, "pushed"]
        elif pattern.kind == "event" and _is_both(pattern, contract):
            words = [*words, "event"]
        words = words_of(bases.take("_".join(words)))
        base = type_name(words)
        parts = {part: names.take(base + part.title()) for part, _ in pattern.parts()}
        found.append(Named(pattern, words, parts))
    return found


def json_schema(contract: Contract) -> bytes:
    """Return a contract as JSON Schema."""
    document = {
        "$schema": DIALECT,
        "title": "Payloads of a Nest microservice, as they were seen",
        "$defs": definitions(contract),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def definitions(contract: Contract) -> dict[str, Any]:
    """Return the schema of each part by its name, with a title."""
    found = {}
    for named in named_patterns(contract):
        for part, schema in named.pattern.parts():
            title = f"{part} of {named.pattern.kind} {named.pattern.route}"
            found[named.names[part]] = {"title": title} | builtins_of(schema)
    return found


def builtins_of(schema: Schema) -> dict[str, Any]:
    """Return a schema as JSON has it."""
    made: dict[str, Any] = msgspec.to_builtins(schema)
    return made


def _is_both(pattern: PatternContract, contract: Contract) -> bool:
    """Whether a route is that of a message and of an event."""
    return any(
        each.route == pattern.route and each.kind != pattern.kind
        for each in contract.patterns
    )
