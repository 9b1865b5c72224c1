"""Which route causes which calls: chains as figures, by the route of the request.

::

    request ─► ChainRow ─┬► LinkRow    a call that it makes: how often, what it costs
                         └► Case       what is remarkable about some of the requests

A request is any exchange that others were made for, whether it began a chain or not.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.calls.exchanges import Kind
from protocol.on_demand import on_demand

from .summary import CausedSummary, ChainSummary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.calls.chains.paths import (
        carried,
        needless_wait,
        reason_of,
        repeated,
        waited_on,
    )
    from inspector.calls.chains.trees import Node

    from .chain_cases import Case, add_awaited, add_failed, add_needless, add_repeated
else:  # decision 158
    carried = on_demand("inspector.calls.chains.paths:carried")
    needless_wait = on_demand("inspector.calls.chains.paths:needless_wait")
    reason_of = on_demand("inspector.calls.chains.paths:reason_of")
    repeated = on_demand("inspector.calls.chains.paths:repeated")
    waited_on = on_demand("inspector.calls.chains.paths:waited_on")
    Case = on_demand("inspector.figures.chain_cases:Case")
    add_awaited = on_demand("inspector.figures.chain_cases:add_awaited")
    add_failed = on_demand("inspector.figures.chain_cases:add_failed")
    add_needless = on_demand("inspector.figures.chain_cases:add_needless")
    add_repeated = on_demand("inspector.figures.chain_cases:add_repeated")

MAX_ROWS = 1_000
"""Routes of requests that are counted; others are left out, and how many they were."""
MAX_LINKS = 64
"""Calls that are told apart of the requests of one route."""
MAX_SHAPES = 32
"""Sums of packets that are told apart of the chains of one route."""
WAITED = 0.9
"""The share of its time that a request waits for one call, to be worth a word …"""
LONG_NS = 100_000_000
"""… if it takes as long as this."""
Name: TypeAlias = "tuple[str, str]"
"""A carrier, and a route."""
_MESSAGE = Kind.MESSAGE


class LinkRow(msgspec.Struct):
    """A call, or an event, that requests of a route cause.

    Attributes:
        kind: Whether it is a call or an event.
        requests: How many requests cause it …
        calls: … and how often in all …
        most: … and at most for one of them.
        packets: What these took.
        waited_ns: How long the requests waited for them, one counted as often as it
            was made.
        repeated: Requests that make it several times.
    """

    kind: Kind
    requests: int = 0
    calls: int = 0
    most: int = 0
    packets: int = 0
    waited_ns: int = 0
    repeated: Case | None = None

    def merge(self, other: LinkRow) -> None:
        """Take in those of a later part."""
        self.requests += other.requests
        self.calls += other.calls
        self.most = max(self.most, other.most)
        self.packets += other.packets
        self.waited_ns += other.waited_ns
        self.repeated = None

    def add(self, request: Node, calls: list[Node]) -> None:
        """Take in the calls of one request."""
        self.requests += 1
        self.calls += len(calls)
        self.most = max(self.most, len(calls))
        self.packets += sum(each.packets for each in calls)
        self.waited_ns += sum(
            each.end_ns - each.begin_ns for each in calls if request.waits_for(each)
        )


class Blamed(msgspec.Struct):
    """A call that has to do with how requests end, or how long they take.

    Attributes:
        failed: Requests that failed after it had failed.
        awaited: Requests that waited for it nearly all of their time.
    """

    failed: Case | None = None
    awaited: Case | None = None


class ChainRow(msgspec.Struct):
    """Requests of a route, and what they cause.

    Attributes:
        requests: How many there were …
        failed: … and failed …
        causes: … and caused something.
        time_ns: What those that caused something took, that have a reply.
        links: What they cause, by carrier and route …
        blamed: … and what they fail and wait because of, which others may cause.
        chains: Packets by carrier of what they began → how many chains took that; of
            many, the first.
        serial: Requests with independent calls that wait for one another.
    """

    requests: int = 0
    failed: int = 0
    causes: int = 0
    time_ns: int = 0
    links: dict[Name, LinkRow] = msgspec.field(default_factory=dict)
    blamed: dict[Name, Blamed] = msgspec.field(default_factory=dict)
    chains: Counter[tuple[tuple[str, int], ...]] = msgspec.field(
        default_factory=Counter
    )
    serial: Case | None = None

    def link(self, node: Node) -> LinkRow | None:
        """Return the row of what was caused; None where there are too many."""
        key = node.carrier, node.route
        row = self.links.get(key)
        if row is None and len(self.links) < MAX_LINKS:
            row = self.links[key] = LinkRow(node.kind)
        return row

    def cause(self, node: Node) -> Blamed | None:
        """Return what a call is blamed for; None where there are too many."""
        key = node.carrier, node.route
        found = self.blamed.get(key)
        if found is None and len(self.blamed) < MAX_LINKS:
            found = self.blamed[key] = Blamed()
        return found

    def merge(self, other: ChainRow) -> None:
        """Take in those of a later part."""
        self.requests += other.requests
        self.failed += other.failed
        self.causes += other.causes
        self.time_ns += other.time_ns
        for key, link in other.links.items():
            if key in self.links or len(self.links) < MAX_LINKS:
                self.links.setdefault(key, LinkRow(link.kind)).merge(link)
        for shape, count in other.chains.items():
            if shape in self.chains or len(self.chains) < MAX_SHAPES:
                self.chains[shape] += count
        self.serial, self.blamed = None, {}


class ChainRows:
    """Which route causes which calls.

    Args:
        max_rows: Routes that are told apart.

    Attributes:
        left_out: Requests of other routes that caused something.
        long_ns: From how long on it matters what a request waits for.
    """

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows
        self._rows: dict[Name, ChainRow] = {}
        self.left_out = 0
        self.long_ns = LONG_NS

    @property
    def rows(self) -> Mapping[Name, ChainRow]:
        """The routes that cause something, by carrier and route, by appearance."""
        return {key: row for key, row in self._rows.items() if row.causes}

    def add(self, root: Node) -> None:
        """Take in a request with all that it caused."""
        for _, node in root.walk():
            row = self._row(node)
            if row is None:
                self.left_out += bool(node.children)
                continue
            row.requests += not node.pushed  # which is no request
            row.failed += node.failed
            if node.children:
                self._cause(row, node)
        row = self._row(root)
        if row is not None and root.children:
            self._judge(row, root)

    def _row(self, node: Node) -> ChainRow | None:
        key = node.carrier, node.route
        row = self._rows.get(key)
        if row is None and len(self._rows) < self._max_rows:
            row = self._rows[key] = ChainRow()
        return row

    def _cause(self, row: ChainRow, node: Node) -> None:
        """Take in what one request causes itself."""
        row.causes += 1
        if node.kind is _MESSAGE:
            row.time_ns += node.end_ns - node.begin_ns
        found: dict[Name, list[Node]] = {}
        for each in node.children:
            found.setdefault((each.carrier, each.route), []).append(each)
        for calls in found.values():
            link = row.link(calls[0])
            if link is not None:
                link.add(node, calls)
        for several in repeated(node):
            link = row.link(several.calls[0])
            if link is not None:
                link.repeated = link.repeated or Case()
                add_repeated(link.repeated, node, several)
        needless = needless_wait(node)
        if needless is not None:
            row.serial = row.serial or Case()
            add_needless(row.serial, node, needless)

    def _judge(self, row: ChainRow, root: Node) -> None:
        """Take in what is to be said of a whole chain."""
        shape = tuple(carried(root).items())
        if shape in row.chains or len(row.chains) < MAX_SHAPES:
            row.chains[shape] += 1
        reason = reason_of(root)
        link = None if reason is None else row.cause(reason)
        if reason is not None and link is not None:
            link.failed = link.failed or Case()
            add_failed(link.failed, root, reason)
        if root.kind is _MESSAGE and root.end_ns - root.begin_ns >= self.long_ns:
            self._wait(row, root)

    @staticmethod
    def _wait(row: ChainRow, root: Node) -> None:
        """Take in what a request that took long has waited for."""
        waiting = waited_on(root, WAITED)
        link = None if waiting is None else row.cause(waiting.node)
        if waiting is not None and link is not None:
            link.awaited = link.awaited or Case()
            add_awaited(link.awaited, root, waiting)

    def summary(self) -> list[ChainSummary] | msgspec.UnsetType:
        """Return the routes that cause something, by their keys; UNSET for none."""
        found = [_summary(*key, row) for key, row in self.rows.items()]
        return found or msgspec.UNSET

    def merge(self, other: ChainRows) -> None:
        """Take in those of a later part; what is remarkable is left out of both."""
        self.left_out += other.left_out
        for key, row in other._rows.items():
            known = self._rows.get(key)
            if known is None and len(self._rows) < self._max_rows:
                known = self._rows[key] = ChainRow()
            if known is None:
                self.left_out += row.causes
            else:
                known.merge(row)


def _summary(carrier: str, route: str, row: ChainRow) -> ChainSummary:
    packets: Counter[str] = Counter()
    for shape, count in row.chains.items():
        for each, number in shape:
            packets[each] += count * number
    return ChainSummary(
        route=route,
        carrier=carrier,
        requests=row.requests,
        causing=row.causes,
        time_ns=row.time_ns,
        chains=row.chains.total(),
        packets=dict(packets),
        causes=[_caused(*key, link) for key, link in row.links.items()],
    )


def _caused(carrier: str, route: str, link: LinkRow) -> CausedSummary:
    return CausedSummary(
        route=route,
        carrier=carrier,
        kind=link.kind.value,
        requests=link.requests,
        calls=link.calls,
        most=link.most,
        packets=link.packets,
        waited_ns=link.waited_ns,
    )
