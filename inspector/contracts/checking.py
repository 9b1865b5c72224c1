"""Exchanges to violations: where traffic is not as a contract says.

What a contract does not claim is not checked: errors of a pattern of which none was
seen, say. A stream is checked value by value.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Exchange, Outcome
from inspector.shapes.faults import MOST, faults, words_of
from inspector.shapes.schemas import Schema
from protocol import JsonText
from protocol.lazy_regex import lazy_regex

from .gathering import UNREADABLE, decoded, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from protocol import UndefinedType

    from .document import Contract, PatternContract


_PLACE = lazy_regex(r"\[\d+\]")
_MOST_PLACES = 1_000
_OTHERS = "other places"


class Violation(msgspec.Struct, frozen=True, tag_field="type", tag="violation"):
    """Where an exchange is not as a contract says; its fields are those of its line.

    Attributes:
        exchange: Its number.
        route: Its route.
        kind: ``message`` or ``event``.
        part: ``pattern``, ``data``, ``reply`` or ``error``.
        path: Where in that: ``data.items[3].price``; ``replies[1]`` of a stream.
        expected: What the contract says …
        came: … and what was there.
        packet: The number of the packet that completed it.
        time_ns: When the exchange began, in nanoseconds since 1970.
    """

    exchange: int
    route: str
    kind: str
    part: str
    path: str
    expected: str
    came: str
    packet: int | None
    time_ns: int


class Repeats:
    """Which violations are shown one by one: the first of each place.

    Args:
        most: How many of each place.

    Attributes:
        more: Route and path of a place → how many more of it there were.
    """

    def __init__(self, most: int = 3) -> None:
        self._most = most
        self._seen: Counter[tuple[str, str]] = Counter()
        self.more: Counter[tuple[str, str]] = Counter()

    def take(self, violation: Violation) -> bool:
        """Whether a violation is one of the first of its place."""
        place = violation.route, _PLACE.sub("[]", violation.path)
        if place not in self._seen and len(self._seen) >= _MOST_PLACES:
            place = "", _OTHERS
        self._seen[place] += 1
        if self._seen[place] <= self._most:
            return True
        self.more[place] += 1
        return False


class Checking:
    """What compares exchanges with a contract.

    Args:
        contract: What they should be.
        closed: Whether keys of objects are violations that the contract lacks.
        name: What the contract is called.

    Attributes:
        checked: Exchanges that were compared.
        violating: Those of them that are not as they should be.
        violations: How many violations they have.
    """

    def __init__(
        self, contract: Contract, *, closed: bool = False, name: str = "the contract"
    ) -> None:
        self.name = name
        self._patterns = contract.by_key()
        self.closed = closed
        self.checked = 0
        self.violating = 0
        self.violations = 0

    def violations_in(self, items: Iterable[object]) -> Iterator[Violation]:
        """Yield the violations of the exchanges among what is found, as they come."""
        for item in items:
            if isinstance(item, Exchange):
                yield from self.check(item)

    def check(self, exchange: Exchange) -> list[Violation]:
        """Return the violations of an exchange, at most twenty of each payload."""
        key = key_of(exchange)
        if key is None:
            return []
        self.checked += 1
        known = self._patterns.get(key)
        if known is None:
            found = [_unknown(exchange)]
        else:
            found = list(self._violations(exchange, known))
        self.violating += bool(found)
        self.violations += len(found)
        return found

    def _violations(
        self, exchange: Exchange, known: PatternContract
    ) -> Iterator[Violation]:
        yield from self._in_data(exchange, known)
        if exchange.outcome is Outcome.NO_HANDLER:
            return
        values, left = 0, MOST
        for place, reply in enumerate(exchange.replies):
            where = f"replies[{place}]" if known.stream else "reply"
            if isinstance(reply.response, JsonText):
                values += 1
                for each in self._in_part(
                    exchange, "reply", where, reply.response, known.replies
                ):
                    left -= 1
                    if left >= 0:
                        yield each
            if isinstance(reply.err, JsonText):
                yield from self._in_part(
                    exchange, "error", "error", reply.err, known.errors
                )
        yield from _in_number(exchange, known, values + exchange.left_out)

    def _in_data(
        self, exchange: Exchange, known: PatternContract
    ) -> Iterator[Violation]:
        if isinstance(exchange.data, JsonText):
            yield from self._in_part(
                exchange, "data", "data", exchange.data, known.data
            )
        elif isinstance(known.data, Schema) and not known.data_optional:
            expected = words_of(known.data)
            yield _violation(exchange, "data", "data", expected, "no data")

    def _in_part(
        self,
        exchange: Exchange,
        part: str,
        path: str,
        text: JsonText | UndefinedType,
        schema: object,
    ) -> Iterator[Violation]:
        if not isinstance(schema, Schema):
            return
        value = decoded(text)
        if value is UNREADABLE:
            yield _violation(exchange, part, path, words_of(schema), "not JSON")
            return
        for fault in faults(value, schema, path, closed=self.closed):
            yield _violation(exchange, part, fault.path, fault.expected, fault.came)


def _in_number(
    exchange: Exchange, known: PatternContract, values: int
) -> Iterator[Violation]:
    """Yield what is wrong about how many values came."""
    if values > 1 and not known.stream:
        yield _violation(exchange, "reply", "reply", "one value", f"{values} values")
    wanted = isinstance(known.replies, Schema) and not known.reply_optional
    if wanted and not values and exchange.outcome is Outcome.COMPLETED:
        assert isinstance(known.replies, Schema)
        expected = words_of(known.replies)
        yield _violation(exchange, "reply", "reply", expected, "no value")


def _unknown(exchange: Exchange) -> Violation:
    kind = exchange.kind.value
    expected = "a pattern of the contract"
    return _violation(
        exchange, "pattern", "pattern", expected, f"{kind} {exchange.route}"
    )


def _violation(
    exchange: Exchange, part: str, path: str, expected: str, came: str
) -> Violation:
    ends = exchange.reply_ends if part in {"reply", "error"} else ()
    packets = ends or exchange.request_packets
    return Violation(
        exchange.number,
        exchange.route or "",
        exchange.kind.value,
        part,
        path,
        expected,
        came,
        packets[-1].number if packets else None,
        exchange.time_ns,
    )
