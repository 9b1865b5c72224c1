"""Chains over all hosts as plain figures, which merge: by route, and the slowest ones.

::

    ChainRows ─► rows: what requests of a route cause      ─► ChainRows, for the views
    trees     ─► trees: the slowest chain of some routes   ─► trees
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Annotated

import msgspec

from inspector.calls.chains.trees import MAX_DEPTH, Node
from inspector.calls.exchanges import Kind, Outcome  # noqa: TC001 — read by types
from inspector.calls.links import Evidence  # noqa: TC001 — the same
from inspector.figures.chain_rows import ChainRow, ChainRows, LinkRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MOST_TREES = 5
"""Chains that are kept whole, of as many routes."""
MOST_NODES = 500
"""Exchanges of a chain that is kept whole."""
_MOST = 2**63 - 1
Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
Nanoseconds = Annotated[int, msgspec.Meta(ge=-_MOST, le=_MOST)]


class LinkFigures(msgspec.Struct, frozen=True):
    """A call, or an event, that requests of a route cause; as ``LinkRow`` has it."""

    carrier: str
    route: str
    kind: Kind
    requests: Count
    calls: Count
    most: Count
    packets: Count
    waited_ns: Count


class ChainFigures(msgspec.Struct, frozen=True):
    """Requests of a route, and what they cause; as ``ChainRow`` has it.

    Attributes:
        carrier: What carries the requests …
        route: … and their route.
        requests: How many there are …
        failed: … and failed …
        causes: … and cause something.
        time_ns: What those that cause something took, that have a reply.
        links: What they cause.
        shapes: Packets by carrier of what they began, and how many chains took that.
    """

    carrier: str
    route: str
    requests: Count
    failed: Count
    causes: Count
    time_ns: Count
    links: list[LinkFigures]
    shapes: list[tuple[list[tuple[str, Count]], Count]]


class TreeNode(msgspec.Struct, frozen=True, omit_defaults=True):
    """An exchange of a chain; as ``Node`` has it, without its data.

    Attributes:
        above: The place of the one that it was made for, among those of the chain; −1
            of the first.
    """

    number: Count
    carrier: str
    route: str
    kind: Kind
    client: str
    server: str
    begin_ns: Nanoseconds
    end_ns: Nanoseconds
    packets: Count
    above: int = -1
    outcome: Outcome | None = None
    error: str = ""
    evidence: Evidence | None = None
    uncertain: Count = 0
    receiver: str = ""
    pushed: bool = False
    refused: bool = False


class Chains(msgspec.Struct, frozen=True):
    """Chains over all hosts.

    Attributes:
        rows: What requests cause, by route.
        trees: The slowest chain of some routes, each as its exchanges in order.
        in_doubt: Exchanges of which several may be the parent, or one without proof.
        left_out: Requests of more routes that cause something.
    """

    rows: list[ChainFigures] = []
    trees: list[list[TreeNode]] = []
    in_doubt: Count = 0
    left_out: Count = 0


def chains_of(
    rows: ChainRows, roots: Iterable[Node], in_doubt: int, name: Callable[[str], str]
) -> Chains:
    """Return chains as plain figures.

    Args:
        rows: What requests cause.
        roots: Chains of which the slowest are kept.
        in_doubt: Exchanges whose parent is in doubt.
        name: Returns an end as the report has it.
    """
    found = [_figures(*key, row) for key, row in rows.rows.items()]
    trees = [_tree(root, name) for root in roots]
    return joined_chains([Chains(found, trees, in_doubt, rows.left_out)])


def joined_chains(several: Sequence[Chains]) -> Chains:
    """Return chains of several reports as one, in order."""
    rows: defaultdict[tuple[str, str], list[ChainFigures]] = defaultdict(list)
    for chains in several:
        for row in chains.rows:
            rows[row.carrier, row.route].append(row)
    return Chains(
        [_sum(rows[key]) for key in sorted(rows)],
        _slowest([tree for chains in several for tree in chains.trees]),
        sum(each.in_doubt for each in several),
        sum(each.left_out for each in several),
    )


def _slowest(trees: Iterable[list[TreeNode]]) -> list[list[TreeNode]]:
    """Return the slowest chains, one of each route."""

    def rank(tree: list[TreeNode]) -> tuple[int, bytes]:
        took = max(each.end_ns for each in tree) - tree[0].begin_ns
        return -took, msgspec.msgpack.encode(tree)

    kept: dict[tuple[str, str], list[TreeNode]] = {}
    for tree in sorted((each for each in trees if each), key=rank):
        kept.setdefault((tree[0].carrier, tree[0].route), tree)
    return list(kept.values())[:MOST_TREES]


def _figures(carrier: str, route: str, row: ChainRow) -> ChainFigures:
    return ChainFigures(
        carrier,
        route,
        row.requests,
        row.failed,
        row.causes,
        row.time_ns,
        [
            LinkFigures(
                *key,
                link.kind,
                link.requests,
                link.calls,
                link.most,
                link.packets,
                link.waited_ns,
            )
            for key, link in sorted(row.links.items())
        ],
        sorted((list(shape), count) for shape, count in row.chains.items()),
    )


def _sum(rows: Sequence[ChainFigures]) -> ChainFigures:
    """Return what several reports have of one route."""
    if len(rows) == 1:
        return rows[0]
    links: dict[tuple[str, str], LinkRow] = {}
    shapes: Counter[tuple[tuple[str, int], ...]] = Counter()
    total = ChainRow()
    for row in rows:
        total.requests += row.requests
        total.failed += row.failed
        total.causes += row.causes
        total.time_ns += row.time_ns
        for each in row.links:
            key = each.carrier, each.route
            links.setdefault(key, LinkRow(each.kind)).merge(_link(each))
        for shape, count in row.shapes:
            shapes[tuple(shape)] += count
    total.links, total.chains = links, shapes
    return _figures(rows[0].carrier, rows[0].route, total)


def _link(link: LinkFigures) -> LinkRow:
    counts = link.requests, link.calls, link.most, link.packets, link.waited_ns
    return LinkRow(link.kind, *counts)


def rows_of_chains(chains: Chains) -> ChainRows:
    """Return what requests cause, as the views of a capture have it."""
    return ChainRows.restored(
        {
            (each.carrier, each.route): ChainRow(
                each.requests,
                each.failed,
                each.causes,
                each.time_ns,
                {(link.carrier, link.route): _link(link) for link in each.links},
                {},
                Counter({tuple(shape): count for shape, count in each.shapes}),
            )
            for each in chains.rows
        },
        chains.left_out,
    )


def _tree(root: Node, name: Callable[[str], str]) -> list[TreeNode]:
    places: dict[int, int] = {}
    found = []
    for place, (_, node) in enumerate(root.walk()):
        places[node.number] = place
        above = -1 if node.parent is None else places.get(node.parent, -1)
        found.append(_tree_node(node, above, name))
    return found


def _tree_node(node: Node, above: int, name: Callable[[str], str]) -> TreeNode:
    return TreeNode(
        node.number,
        node.carrier,
        node.route,
        node.kind,
        name(node.client),
        name(node.server),
        node.begin_ns,
        node.end_ns,
        node.packets,
        above,
        node.outcome,
        node.error,
        node.evidence,
        node.uncertain,
        name(node.receiver),
        node.pushed,
        node.refused,
    )


def root_of(tree: Sequence[TreeNode]) -> Node:
    """Return the first exchange of a chain, with all that it caused.

    Raises:
        ValueError: It is no tree, or a deeper one than is ever made.
    """
    nodes: list[Node] = []
    for place, each in enumerate(tree):
        node = Node(
            each.number,
            each.kind,
            each.carrier,
            each.route,
            b"",
            each.client,
            each.server,
            each.begin_ns,
            each.end_ns,
            each.outcome,
            each.error,
            each.packets,
            evidence=each.evidence,
            uncertain=each.uncertain,
            receiver=each.receiver,
            pushed=each.pushed,
            refused=each.refused,
        )
        if place:
            if not 0 <= each.above < place or nodes[each.above].depth >= MAX_DEPTH:
                raise ValueError("a chain that is no tree")
            parent = nodes[each.above]
            parent.children.append(node)
            node.parent, node.depth = parent.number, parent.depth + 1
        nodes.append(node)
    if not nodes:
        raise ValueError("a chain that is no tree")
    return nodes[0]
