"""A contract as a document: patterns with their schemas, as JSON.

::

    {"contract": 1, "patterns": [
      {"pattern": "sum", "route": "sum", "kind": "message", "carriers": ["tcp"],
       "calls": 5, "data": {"type": "array", "items": {"type": "integer"}},
       "replies": {"type": "integer"}}]}

The number is that of the form of the document: what reads version 1 reads all
documents of version 1, whichever keys are added. Schemas have the words of
:mod:`inspector.shapes.schemas`; ``docs/contracts.md`` describes all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from inspector.errors import InspectorError
from inspector.shapes.inferring import infer
from inspector.shapes.schemas import TYPES, Schema

from .gathering import Key

if TYPE_CHECKING:
    from inspector.shapes.shape import Shape

    from .gathering import Gathering, PatternShapes

VERSION = 1
"""Of the form of the document."""

_LARGEST = 64 << 20  # bytes of a document that are read


class PatternContract(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What is claimed of a pattern.

    Attributes:
        pattern: As it is sent: a string, a number, an object.
        route: The name under which its receiver looks for a handler.
        kind: ``message`` or ``event``.
        pushed: Whether a gateway sends it to its clients.
        carriers: What carried it.
        calls: How many exchanges were seen.
        data: What is sent; absent if nothing ever was.
        data_optional: Whether it is sometimes absent.
        stream: Whether a call may have more values than one.
        replies: Each value of a reply; absent if none was seen.
        reply_optional: Whether a call may end without a value.
        errors: What is thrown; absent if nothing was.
    """

    pattern: Any
    route: str
    kind: Literal["message", "event"]
    pushed: bool = False
    carriers: list[str] = msgspec.field(default_factory=list)
    calls: int = 0
    data: Schema | UnsetType = UNSET
    data_optional: bool = False
    stream: bool = False
    replies: Schema | UnsetType = UNSET
    reply_optional: bool = False
    errors: Schema | UnsetType = UNSET

    @property
    def key(self) -> Key:
        """What it is the contract of."""
        return Key(self.route, self.kind, self.pushed)

    def parts(self) -> list[tuple[str, Schema]]:
        """Return its schemas, each with what it is of: data, reply or error."""
        found = (("data", self.data), ("reply", self.replies), ("error", self.errors))
        return [(name, each) for name, each in found if isinstance(each, Schema)]


class Contract(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What is claimed of all patterns.

    Attributes:
        contract: The version of the form of the document.
        patterns: The contract of each, in the order of their routes.
        left_out: Exchanges of which nothing is claimed: there were too many patterns.
    """

    contract: int
    patterns: list[PatternContract]
    left_out: int = 0

    def by_key(self) -> dict[Key, PatternContract]:
        """Return the contracts of patterns by what they are of."""
        return {each.key: each for each in self.patterns}


def contract_of(gathering: Gathering) -> Contract:
    """Return what is claimed after all that was gathered."""
    patterns = [_claimed(key, each) for key, each in sorted(gathering.patterns.items())]
    return Contract(contract=VERSION, patterns=patterns, left_out=gathering.left_out)


def written(contract: Contract) -> bytes:
    """Return a contract as JSON, indented for people who read and edit it."""
    return msgspec.json.format(msgspec.json.encode(contract), indent=2)


def read_contract(file: str) -> Contract:
    """Return the contract in a file.

    Raises:
        InspectorError: It cannot be read, or is not a contract; the message has the
            place of what is wrong.
    """
    try:
        with open(file, "rb") as opened:  # noqa: PTH123 — a pipe is one as well
            text = opened.read(_LARGEST + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InspectorError(file, f"cannot read: {why}") from None
    if len(text) > _LARGEST:
        raise InspectorError(file, "not a contract: more than 64 MB")
    return contract_from(text, file)


def contract_from(text: bytes, file: str) -> Contract:
    """Return the contract in a text.

    Raises:
        InspectorError: It is not one.
    """
    try:
        found = msgspec.json.decode(text, type=Contract)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InspectorError(file, f"not a contract: {_plain(error)}") from None
    if found.contract != VERSION:
        raise InspectorError(
            file, f"a contract of version {found.contract}; this reads {VERSION}"
        )
    for pattern in found.patterns:
        for name, schema in pattern.parts():
            _check(schema, f"{pattern.route}: {name}", file)
    return found


def _check(schema: Schema, where: str, file: str) -> None:
    """Refuse a type that JSON has not: nothing would ever be of it."""
    unknown = [each for each in schema.types if each not in TYPES]
    if unknown:
        there = ", ".join(TYPES)
        raise InspectorError(
            file, f"{where}: no type {unknown[0]!r}; there are {there}"
        )
    for inner in schema.inner():
        _check(inner, where, file)


def _plain(error: Exception) -> str:
    text = str(error)
    if not text:
        return "it nests too deep"
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _claimed(key: Key, shapes: PatternShapes) -> PatternContract:
    return PatternContract(
        pattern=msgspec.json.decode(shapes.pattern),
        route=key.route,
        kind="message" if key.kind == "message" else "event",
        pushed=key.pushed,
        carriers=sorted(shapes.carriers),
        calls=shapes.count,
        data=_schema(shapes.data),
        data_optional=bool(shapes.no_data and shapes.data.samples),
        stream=shapes.most_values > 1,
        replies=_schema(shapes.replies),
        reply_optional=bool(shapes.no_value and shapes.replies.samples),
        errors=_schema(shapes.errors),
    )


def _schema(shape: Shape) -> Schema | UnsetType:
    return infer(shape) if shape.samples else UNSET
