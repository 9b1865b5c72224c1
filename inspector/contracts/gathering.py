"""Exchanges to what is known of each pattern: the shapes of data, replies and errors.

Nothing of an exchange is kept, so that memory depends on the patterns and the places of
their payloads. Of streams whose values were left out the others are looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.calls.costs import begins
from inspector.calls.exchanges import Kind, Outcome
from inspector.shapes.shape import Room, Shape
from protocol import JsonText, dumps, loads
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from protocol import Json, UndefinedType

MOST_PATTERNS = 2_000
"""Patterns that are told apart; the exchanges of others are only counted."""


class Key(NamedTuple):
    """What has shapes of its own.

    Attributes:
        route: Under which its receiver looks for a handler.
        kind: ``message`` or ``event``.
        pushed: Whether a gateway sends it to its clients.
    """

    route: str
    kind: str
    pushed: bool = False


class PatternShapes(msgspec.Struct):
    """What is known of a pattern.

    Attributes:
        pattern: As it was sent, as JSON; of several spellings the first.
        carriers: What carried it.
        count: How many exchanges there were …
        answered: … how many of them were completed …
        no_data: … how many had no data …
        no_value: … and how many were completed without any value.
        most_values: Values that a completed one had, at most.
        data: What was sent.
        replies: Values that came.
        errors: What handlers threw.
        room: How many more places all three may have.
    """

    pattern: bytes = b""
    carriers: set[str] = msgspec.field(default_factory=set)
    count: int = 0
    answered: int = 0
    no_data: int = 0
    no_value: int = 0
    most_values: int = 0
    data: Shape = msgspec.field(default_factory=Shape)
    replies: Shape = msgspec.field(default_factory=Shape)
    errors: Shape = msgspec.field(default_factory=Shape)
    room: Room = msgspec.field(default_factory=Room)

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange."""
        self.count += 1
        self.carriers.add(exchange.carrier)
        pattern = dumps(exchange.pattern)
        self.pattern = min(self.pattern, pattern) if self.pattern else pattern
        if isinstance(exchange.data, JsonText):
            self._take(self.data, exchange.data)
        else:
            self.no_data += 1
        self._add_replies(exchange)

    def _add_replies(self, exchange: Exchange) -> None:
        values = exchange.left_out
        for reply in exchange.replies:
            if isinstance(reply.response, JsonText):
                values += 1
                self._take(self.replies, reply.response)
            if isinstance(reply.err, JsonText):
                self._take(self.errors, reply.err)
        if exchange.outcome is Outcome.COMPLETED:
            self.answered += 1
            self.no_value += not values
        self.most_values = max(self.most_values, values)

    def merge(self, other: PatternShapes) -> None:
        """Take in what is known of the same pattern elsewhere, which ends there."""
        self.pattern = min(filter(None, (self.pattern, other.pattern)), default=b"")
        self.carriers |= other.carriers
        self.count += other.count
        self.answered += other.answered
        self.no_data += other.no_data
        self.no_value += other.no_value
        self.most_values = max(self.most_values, other.most_values)
        self.data.merge(other.data, self.room)
        self.replies.merge(other.replies, self.room)
        self.errors.merge(other.errors, self.room)

    def _take(self, shape: Shape, text: JsonText) -> None:
        value = decoded(text)
        if value is not UNREADABLE:
            shape.add(value, self.room)


UNREADABLE = object()


def decoded(text: JsonText | UndefinedType) -> Json:
    """Return what a payload says; an object that is equal to nothing if it is none."""
    try:
        return loads(text) if isinstance(text, JsonText) else UNREADABLE
    except (ValueError, RecursionError):
        return UNREADABLE


class Gathering:
    """What is known of all patterns.

    Args:
        most: Patterns that are told apart.

    Attributes:
        patterns: What is known of each, in the order of appearance.
        most: Patterns that are told apart.
        left_out: Exchanges of patterns that came after so many.
    """

    def __init__(self, most: int = MOST_PATTERNS) -> None:
        self.patterns: dict[Key, PatternShapes] = {}
        self.left_out = 0
        self.most = most

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange, unless its pattern is not known or nobody handles it."""
        key = key_of(exchange)
        if key is None or exchange.outcome is Outcome.NO_HANDLER:
            return
        found = self._at(key)
        if found is None:
            self.left_out += 1
        else:
            found.add(exchange)

    def merge(self, other: Gathering) -> None:
        """Take in what is known elsewhere, which ends there."""
        self.left_out += other.left_out
        for key, shapes in other.patterns.items():
            found = self._at(key)
            if found is None:
                self.left_out += shapes.count
            else:
                found.merge(shapes)

    def _at(self, key: Key) -> PatternShapes | None:
        found = self.patterns.get(key)
        if found is None and len(self.patterns) < self.most:
            found = self.patterns[key] = PatternShapes()
        return found


def key_of(exchange: Exchange) -> Key | None:
    """Return what has the shapes of an exchange; None for replies, and for HTTP."""
    if exchange.route is None or exchange.kind is Kind.ORPHAN:
        return None
    if begins(exchange.carrier):
        return None
    return Key(exchange.route, exchange.kind.value, exchange.pushed)
