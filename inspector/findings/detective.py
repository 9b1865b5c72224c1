"""What is seen and paired to findings.

::

    Exchange ─► its signs ─► what needs one of them, or none ─► Finding
    Closed   ─► what disturbed the connection                ─► Finding
    Anomaly, Remark, Stray, Doubled, ClockStep, Gap, Limited ─► Finding

Only gates are asked here. What may be skipped follows from what the findings need.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from inspector.calls.exchanges import Exchange
from inspector.calls.seen import Anomaly, Recognised, Remark, Upkeep
from inspector.streams.items import Closed
from protocol import NEWEST, NestVersion
from protocol.named_tuple import NamedTuple

from .catalogue import rules_about
from .cutting import SLOW, inferred_from, said_of
from .evidence import (
    HeldPacket,
    Payload,
    Reply,
    disturbances,
    held_packets,
    payloads,
    place_of,
    replies,
)
from .habits import Habits, Spelling, Use
from .payload_rule import PayloadRule
from .rule import Context, Rule
from .servers import Servers
from .signs import BARE, HELD, NEW, Look, Signs
from .strangers import Strangers
from .takeovers import TakeOvers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from inspector.calls.matching import ExchangeItem
    from inspector.streams.connections import Connection

    from .conclusions import Conclusion
    from .finding import Finding

Rules: TypeAlias = "dict[type, list[Rule[Any]]]"
"""What a finding is judged from → the findings, by rank."""


class Step(NamedTuple):
    """One of the looks at an exchange.

    Attributes:
        parts: Returns what of it is looked at.
        types: The types of those.
        signs: Signs of which the exchange must show one to have such parts; 0 for none.
        once: Whether the first part of a side that shows a finding speaks for all, as
            the values of a stream are alike.
    """

    parts: Callable[[Exchange], Iterable[object]]
    types: tuple[type, ...]
    signs: int = 0
    once: bool = False


class Detective:
    """Find what is worth knowing in exchanges, as they end, and around them.

    Args:
        nest: The version of Nest whose behaviour is assumed where versions differ.

    Attributes:
        habits: How the patterns of all services are used.
        signs: What exchanges show that is worth a closer look.
        always: Whether any finding is judged from exchanges without a sign.
    """

    def __init__(self, nest: NestVersion = NEWEST) -> None:
        self.habits = habits = Habits()
        self._servers = Servers()
        self._context = Context(nest, habits, self._servers)
        self._strangers = Strangers(habits)
        self._takeovers = TakeOvers()
        self._rules: Rules = {}
        self._known = {""}  # carriers whose own findings may be among them
        looks = [
            Look(rule.shortest, rule.glance, rule.words, rule.string)
            for rule in self._rules_about(Payload)
            if isinstance(rule, PayloadRule)
        ]
        self.signs = Signs(habits, looks)
        self._steps = (
            Step(held_packets, (HeldPacket,), HELD),
            Step(payloads, (Payload,), once=True),
            Step(_itself, (Exchange,)),
            Step(replies, (Reply,), once=True),
            Step(habits.learn, (Spelling, Use), NEW | BARE),
        )
        self._looks: dict[tuple[int, str], list[tuple[Step, Rules]]] = {}
        self.always = bool(self._choose(0, None))

    def examine(self, exchange: Exchange) -> Iterable[Finding]:
        """Return the findings about an exchange that is over.

        Nearly every exchange gives no cause for one, and shows no sign of it.
        """
        found = self.signs.of(exchange)
        if not found and not self.always:
            return ()
        key = found, exchange.connection.carrier
        looks = self._looks.get(key)
        if looks is None:
            self._learn(exchange.connection)
            looks = self._looks[key] = self._choose(*key)
        return self._look(exchange, looks)

    def investigate(self, item: ExchangeItem | Conclusion) -> Iterable[Finding]:
        """Return the findings about anything else that was seen, or is known at last.

        Errands are as many as exchanges, and hardly a finding is judged from them.
        """
        if isinstance(item, Upkeep):
            self.habits.subscriptions.note(item)
            self._takeovers.note(item)
            self._learn(item.direction.connection)
            return self._judge(item) if self._rules_about(Upkeep) else ()
        return self._investigate(item)

    def _investigate(self, item: ExchangeItem | Conclusion) -> Iterator[Finding]:
        if isinstance(item, Anomaly) and self._strangers.hold(item):
            return
        if isinstance(item, Recognised):
            self._learn(item.connection)
            self._servers.meet(item.connection)
            return
        parts: Iterable[object] = (item,)
        if isinstance(item, Anomaly | Remark):
            self._learn(item.direction.connection)
            self._context.unread.note(item)
            if isinstance(item, Anomaly) and item.code == SLOW:
                parts = said_of(item)
        elif isinstance(item, Closed):
            self._learn(item.connection)
            self._context.unread.forget(item.connection)
            strange = self._strangers.settle(item.connection)
            taken = self._takeovers.settle(item)
            parts = chain(strange, disturbances(item), inferred_from(item), taken)
        for part in parts:
            yield from self._judge(part)

    def _judge(self, part: object) -> Iterator[Finding]:
        rules = self._rules_about(type(part))
        if not rules:
            return
        carrier = _carrier_of(place_of(part).connection)
        for rule in rules:
            if rule.carrier in {None, carrier} and (
                finding := rule.find(part, self._context)
            ):
                yield finding

    def _learn(self, connection: Connection) -> None:
        """Ask what its carrier alone may show, too, from now on."""
        carrier = _carrier_of(connection)
        if carrier not in self._known:
            self._known.add(carrier)
            self._rules.clear()

    def _rules_about(self, about: type) -> list[Rule[Any]]:
        """Return what is judged from a type of evidence, loaded the first time."""
        rules = self._rules.get(about)
        if rules is None:
            rules = self._rules[about] = rules_about(about, self._known)
        return rules

    def _choose(self, found: int, carrier: str | None) -> list[tuple[Step, Rules]]:
        """Return the looks that exchanges with some signs are worth.

        Args:
            found: Their signs.
            carrier: The carrier of their connections; None for any.
        """
        looks = []
        for step in self._steps:
            if step.signs and not step.signs & found:
                continue
            wanted = {
                each: [
                    rule
                    for rule in rules_about(each, self._known, found)
                    if (not rule.needs or rule.needs & found)
                    and (carrier is None or rule.carrier in {None, carrier})
                ]
                for each in step.types
            }
            if step.signs or any(wanted.values()):
                looks.append((step, wanted))
        return looks

    def _look(
        self, exchange: Exchange, looks: list[tuple[Step, Rules]]
    ) -> Iterator[Finding]:
        for step, wanted in looks:
            known = set()
            for part in step.parts(exchange):
                for rule in wanted[type(part)]:
                    finding = rule.find(part, self._context)
                    if finding is None:
                        continue
                    key = rule.code, finding.side
                    if not step.once or key not in known:
                        known.add(key)
                        yield finding


def _carrier_of(connection: Connection) -> str:
    """Return the carrier of a connection, or what its server speaks elsewhere."""
    return connection.carrier or connection.service


def _itself(exchange: Exchange) -> tuple[Exchange]:
    return (exchange,)
