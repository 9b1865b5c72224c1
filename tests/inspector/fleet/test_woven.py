from __future__ import annotations

from itertools import permutations

import msgspec
import pytest

from inspector.calls.exchanges import Kind, Outcome
from inspector.calls.links import Evidence
from inspector.fleet.woven import (
    MOST_TREES,
    ChainFigures,
    Chains,
    LinkFigures,
    TreeNode,
    chains_of,
    joined_chains,
    root_of,
    rows_of_chains,
)


def _link(route: str, calls: int = 2) -> LinkFigures:
    return LinkFigures("tcp", route, Kind.MESSAGE, 1, calls, calls, 4, 70)


def _row(route: str, *links: LinkFigures, shapes: int = 1) -> ChainFigures:
    return ChainFigures(
        "tcp", route, 3, 1, 2, 90, list(links), [([("tcp", 4)], shapes)]
    )


def _tree(route: str, took: int) -> list[TreeNode]:
    ends = "a:1", "b:2"
    return [
        TreeNode(1, "tcp", route, Kind.MESSAGE, "a:1", "10.0.0.1:2", 5, 5 + took, 2),
        TreeNode(
            2,
            "tcp",
            "pay",
            Kind.MESSAGE,
            *ends,
            6,
            7,
            3,
            0,
            Outcome.ERROR,
            "no",
            Evidence.DATA,
        ),
        TreeNode(4, "tcp", "charge", Kind.MESSAGE, *ends, 6, 7, 2, 1, pushed=True),
    ]


CHAINS = Chains([_row("order", _link("pay"))], [_tree("order", 40)], 2)
"""Chains as a report has them."""


def test_parts_are_one_in_any_order() -> None:
    parts = [
        Chains([_row("order", _link("pay")), _row("x")], [_tree("order", 40)], 2, 1),
        Chains(
            [_row("order", _link("pay", 5), _link("user"))], [_tree("order", 50)], 3
        ),
        Chains([_row("a", _link("b"))], [_tree(f"r{n}", n) for n in range(9)]),
    ]
    whole = joined_chains(parts)

    assert {
        msgspec.json.encode(joined_chains(each)) for each in permutations(parts)
    } == {msgspec.json.encode(whole)}
    assert (whole.in_doubt, whole.left_out) == (5, 1)
    assert [row.route for row in whole.rows] == ["a", "order", "x"]
    order = whole.rows[1]
    assert (order.requests, order.failed, order.causes, order.time_ns) == (6, 2, 4, 180)
    assert [(e.route, e.calls, e.most) for e in order.links] == [
        ("pay", 7, 5),
        ("user", 2, 2),
    ]
    assert order.shapes == [([("tcp", 4)], 2)]
    # The slowest of each route, the slowest first.
    assert len(whole.trees) == MOST_TREES
    assert [tree[0].end_ns - 5 for tree in whole.trees] == [50, 8, 7, 6, 5]


def test_figures_are_those_of_a_capture_and_back() -> None:
    chains = Chains([_row("order", _link("pay"), _link("user"))], [_tree("o", 9)], 1, 2)
    rows = rows_of_chains(chains)

    assert [each.calls for each in rows.rows["tcp", "order"].links.values()] == [2, 2]
    roots = [root_of(tree) for tree in chains.trees]
    assert chains_of(rows, roots, 1, lambda end: end) == chains
    assert chains_of(rows, roots, 1, str.upper).trees[0][0].client == "A:1"


def test_a_file_that_holds_no_tree_is_refused() -> None:
    tree = _tree("o", 9)
    root = root_of(tree)
    assert [(depth, node.route) for depth, node in root.walk()] == [
        (0, "o"),
        (1, "pay"),
        (2, "charge"),
    ]
    with pytest.raises(ValueError, match="no tree"):
        root_of([])
    for above in (-1, 2, 9):
        broken = [*tree[:2], msgspec.structs.replace(tree[2], above=above)]
        with pytest.raises(ValueError, match="no tree"):
            root_of(broken)
    deep = [tree[0]]
    deep += [
        msgspec.structs.replace(tree[1], number=n, above=n - 2) for n in range(2, 400)
    ]
    with pytest.raises(ValueError, match="no tree"):
        root_of(deep)
