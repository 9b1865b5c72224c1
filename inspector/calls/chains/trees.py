"""Exchanges with their parents as trees: a request with all that it caused.

A tree is told when nothing can be added to it any more. What is kept of an exchange is
little, and of many trees the oldest are told early.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Exchange, Kind, Outcome, error_text
from inspector.calls.statuses import REFUSED, status_of
from protocol import UNDEFINED, JsonText

from .notes import EVENT_NS, PENDING_NS
from .steps import Call, Steps
from .tokens import values_of, values_of_route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.calls.links import Evidence

MAX_NODES = 100_000
"""Exchanges of trees that are not told yet."""
MAX_DEPTH = 200
"""Exchanges one below the other; what a deeper one causes is a tree of its own."""
_LONGEST = 512  # bytes of data that are kept
_MOST_REPLIES = 16  # whose values are looked at
_FAILED = frozenset(
    {Outcome.ERROR, Outcome.NO_HANDLER, Outcome.REJECTED, Outcome.UNDELIVERED}
)


class Node(msgspec.Struct, eq=False):
    """An exchange in a tree.

    Attributes:
        number: Its number.
        kind: What it is.
        carrier: What carried it.
        route: Its route.
        data: What was sent, as far as that is short; else its beginning.
        client: Who asked, as ``address:port`` …
        server: … and whom.
        begin_ns: When its request began …
        end_ns: … and when its last reply was complete; the same without a reply.
        outcome: How it ended.
        error: What it failed with; empty if it did not, or without words.
        packets: How many packets it took.
        parent: The number of its parent; None for a root.
        evidence: What shows that …
        doubtful: … or whether nothing does, so that it may have another.
        receiver: Who handled it, as ``address:port``; over a broker the first of those.
        children: What was made for its sake, in order.
        uncertain: Of a root, how many others may belong to the tree.
        depth: How many are above it in its tree, and itself.
        steps: How the calls that it waited for follow one another; None without any.
        pushed: Whether a gateway sent it to a client.
        refused: Whether it failed with a status that says the caller is at fault.
        place: Where it shows, for those who grow the trees; None where they do not say.
    """

    number: int
    kind: Kind
    carrier: str
    route: str
    data: bytes
    client: str
    server: str
    begin_ns: int
    end_ns: int
    outcome: Outcome | None
    error: str
    packets: int
    parent: int | None = None
    evidence: Evidence | None = None
    doubtful: bool = False
    receiver: str = ""
    children: list[Node] = msgspec.field(default_factory=list)
    uncertain: int = 0
    depth: int = 1
    steps: Steps | None = None
    pushed: bool = False
    refused: bool = False
    place: object = None

    @property
    def is_call(self) -> bool:
        """Whether it is a message, made for another one without a doubt."""
        return self.kind is Kind.MESSAGE and not self.doubtful

    @property
    def is_whole(self) -> bool:
        """Whether all of its data is kept."""
        return len(self.data) < _LONGEST

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return self.outcome in _FAILED

    @property
    def until_ns(self) -> int:
        """When it and all that it caused was over."""
        return max(self.end_ns, *(each.until_ns for each in self.children), 0)

    def waits_for(self, call: Node) -> bool:
        """Whether a call that was made for its sake went on inside its time."""
        return (
            call.is_call
            and self.kind is Kind.MESSAGE
            and self.begin_ns <= call.begin_ns <= call.end_ns <= self.end_ns
        )

    def walk(self) -> Iterator[tuple[int, Node]]:
        """Yield it and all that it caused, in order, each with its depth."""
        waiting = [(0, self)]
        while waiting:
            depth, node = waiting.pop()
            yield depth, node
            waiting += [(depth + 1, each) for each in reversed(node.children)]


def node_of(exchange: Exchange) -> Node:
    """Return what a tree keeps of an exchange."""
    link = exchange.link
    data = b"" if exchange.data is UNDEFINED else bytes(exchange.data)
    return Node(
        exchange.number,
        exchange.kind,
        exchange.carrier,
        exchange.route or "",
        data[:_LONGEST],
        exchange.client_text,
        exchange.server_text,
        exchange.time_ns,
        exchange.last_reply_ns or exchange.asked_ns,
        exchange.outcome,
        _error(exchange),
        exchange.packets,
        None if link is None else link.parent,
        None if link is None else link.evidence,
        receiver=_receiver(exchange),
        pushed=exchange.pushed,
        refused=_is_refused(exchange),
    )


def _receiver(exchange: Exchange) -> str:
    passage = exchange.passage
    if passage is None:
        return exchange.server_text
    handlers = passage.handlers
    return str(handlers[0]) if handlers else f"{exchange.server_text} {passage.channel}"


def _is_refused(exchange: Exchange) -> bool:
    return exchange.outcome is Outcome.ERROR and any(
        status_of(each.err) in REFUSED for each in exchange.replies[-1:]
    )


def _error(exchange: Exchange) -> str:
    for reply in reversed(exchange.replies):
        if reply.err is not UNDEFINED and isinstance(reply.err, JsonText):
            return error_text(reply.err)
    return ""


def _call_of(exchange: Exchange, node: Node) -> Call:
    """Return what is to be known of a call, to tell what had to wait for it."""
    asks = values_of([exchange.data])
    own = asks.texts | values_of_route(exchange.route).texts
    answers: frozenset[str] | None = None
    if not node.failed and len(exchange.replies) <= _MOST_REPLIES:
        values = values_of(each.response for each in exchange.replies)
        answers = values.texts - own if values.whole else None
    return Call(
        (node.carrier, node.route),
        node.begin_ns,
        node.end_ns,
        own if asks.whole else None,
        answers,
    )


def _known_to(node: Node) -> frozenset[str]:
    """Return the values that a request has itself, as far as its data is kept."""
    whole = 0 < len(node.data) < _LONGEST
    data = values_of([JsonText(node.data)] if whole else [])
    return data.texts | values_of_route(node.route).texts


class Trees:
    """Grow trees of exchanges that come in order, each with its parent.

    Args:
        doubtful: Whether those are in a tree too whose parent is in doubt.
        most: Exchanges that are kept.
        place: Returns where an exchange shows; None where nobody asks for it.
    """

    def __init__(
        self,
        *,
        doubtful: bool = False,
        most: int = MAX_NODES,
        place: Callable[[Exchange], object] | None = None,
    ) -> None:
        self._doubtful = doubtful
        self._most = most
        self._place = place
        self._roots: OrderedDict[int, int] = OrderedDict()  # number → until when
        self._nodes: dict[int, Node] = {}
        self._root_of: dict[int, int] = {}

    def add(self, exchange: Exchange) -> Iterator[Node]:
        """Take in an exchange; yield the trees that are complete."""
        node = node_of(exchange)
        if self._place is not None:
            node.place = self._place(exchange)
        if exchange.link is not None and exchange.link.possible:
            self._doubt(node, exchange.link.possible)
        self._nodes[node.number] = node
        parent = None if node.parent is None else self._nodes.get(node.parent)
        if parent is not None and parent.depth >= MAX_DEPTH:
            parent = None
        root = node.number
        if parent is not None:
            parent.children.append(node)
            node.depth = parent.depth + 1
            if parent.waits_for(node):
                parent.steps = parent.steps or Steps(_known_to(parent))
                parent.steps.add(_call_of(exchange, node))
            root = self._root_of[parent.number]
        self._root_of[node.number] = root
        lasts = EVENT_NS if node.kind is Kind.EVENT else PENDING_NS
        until_ns = max(node.end_ns, node.begin_ns + lasts)
        self._roots[root] = max(self._roots.get(root, 0), until_ns)
        yield from self._told(node.begin_ns)

    def _doubt(self, node: Node, possible: tuple[int, ...]) -> None:
        """Add what may belong to a tree, or count it there."""
        common = self._common(possible)
        if common is None:
            return
        if self._doubtful:
            node.parent, node.doubtful = common, True
        else:
            self._nodes[self._root_of[common]].uncertain += 1

    def finish(self) -> Iterator[Node]:
        """Yield the trees that are left."""
        while self._roots:
            yield self._tell()

    def _told(self, now_ns: int) -> Iterator[Node]:
        while self._roots:
            oldest = next(iter(self._roots))
            if self._roots[oldest] >= now_ns and len(self._nodes) <= self._most:
                return
            yield self._tell()

    def _tell(self) -> Node:
        number, _ = self._roots.popitem(last=False)
        root = self._nodes[number]
        for _, node in root.walk():
            del self._nodes[node.number], self._root_of[node.number]
        return root

    def _common(self, possible: tuple[int, ...]) -> int | None:
        """Return the last one that all possible parents have in common."""
        lines = [self._line(each) for each in possible]
        common = None
        for level in zip(*lines, strict=False):
            if len(set(level)) > 1:
                break
            common = level[0]
        return common

    def _line(self, number: int) -> list[int]:
        """Return an exchange and those it was made for, from the root on."""
        line: list[int] = []
        node = self._nodes.get(number)
        while node is not None:
            line.append(node.number)
            node = None if node.parent is None else self._nodes.get(node.parent)
        return line[::-1]
