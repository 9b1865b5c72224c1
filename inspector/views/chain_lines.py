"""A tree of exchanges for programs: one JSON line for each, the tree nested in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.calls.chains.paths import (
    carried,
    cause_of,
    critical_path,
    longest_wait,
    needless_wait,
    repeated,
)
from inspector.filters.as_sent import present, printable, value_as_sent
from protocol import UNDEFINED, dumps

if TYPE_CHECKING:
    from inspector.calls.chains.trees import Node
    from protocol import UndefinedType


def chain_line(root: Node) -> bytes:
    """Return a request with all that it caused as a line."""
    nodes = list(root.walk())
    members = {
        "type": "chain",
        "number": root.number,
        "route": value_as_sent(root.route),
        "carrier": root.carrier,
        "exchanges": len(nodes),
        "depth": max(depth for depth, _ in nodes) + 1,
        "time_ns": root.begin_ns,
        "duration_ns": root.until_ns - root.begin_ns,
        "packets": sum(carried(root).values()),
        "carriers": carried(root),
        "uncertain": root.uncertain,
        "critical_path": sorted(critical_path(root)),
        "tree": _members(root),
    }
    return dumps(members)


def _members(node: Node) -> dict[str, Any]:
    """Return an exchange of a tree, with those below it; a tree is 200 deep at most."""
    cause, waiting = cause_of(node), longest_wait(node)
    return present(
        {
            "number": node.number,
            "route": value_as_sent(node.route),
            "carrier": node.carrier,
            "kind": node.kind.value,
            "outcome": None if node.outcome is None else node.outcome.value,
            "error": printable(node.error) if node.error else UNDEFINED,
            "failed_by": UNDEFINED if cause is None else cause.number,
            "client": node.client,
            "server": node.server,
            "time_ns": node.begin_ns,
            "duration_ns": node.end_ns - node.begin_ns,
            "packets": node.packets,
            "evidence": UNDEFINED if node.evidence is None else node.evidence.value,
            "doubtful": node.doubtful or UNDEFINED,
            "repeated": _repeated(node) or UNDEFINED,
            "independent": _independent(node),
            "waited_for": UNDEFINED if waiting is None else waiting.node.number,
            "children": [_members(each) for each in node.children],
        }
    )


def _repeated(node: Node) -> list[dict[str, Any]]:
    """Return the calls that an exchange makes several times."""
    return [
        {
            "route": value_as_sent(each.calls[0].route),
            "carrier": each.calls[0].carrier,
            "calls": len(each.calls),
            "waited_ns": each.spent_ns,
        }
        for each in repeated(node)
    ]


def _independent(node: Node) -> dict[str, Any] | UndefinedType:
    """Return the calls of an exchange that wait for one another without need."""
    found = needless_wait(node)
    if found is None:
        return UNDEFINED
    return {
        "routes": list(map(value_as_sent, found.routes)),
        "waited_ns": found.waited_ns,
        "saved_ns": found.saved_ns,
    }
