from __future__ import annotations

import msgspec
import pytest

from inspector.figures.chain_rows import MAX_LINKS, MAX_SHAPES, ChainRows
from tests.inspector.figures.chains import Call, grown

_ORDER: list[Call] = [
    ("order", 0, 0, 100, ""),
    ("user", 1, 10, 30, ""),
    ("user", 1, 30, 50, ""),
    ("stock", 1, 60, 90, ""),
    ("log", 4, 65, 70, ""),
]
_ALONE: list[Call] = [("order", 0, 200, 210, "late")]


def _rows(*calls: Call, most: int = 100) -> ChainRows:
    rows = ChainRows(most)
    for root in grown(*calls):
        rows.add(root)
    return rows


def test_a_route_is_counted_with_what_it_causes() -> None:
    rows = _rows(*_ORDER, *_ALONE)
    order = rows.rows["tcp", "order"]
    user, stock = order.links["tcp", "user"], order.links["tcp", "stock"]

    assert list(rows.rows) == [("tcp", "order"), ("tcp", "stock")]
    assert (order.requests, order.causes, order.failed) == (2, 1, 1)
    assert order.time_ns == 100_000_000
    assert (user.requests, user.calls, user.most, user.packets) == (1, 2, 2, 4)
    assert (user.waited_ns, stock.waited_ns) == (40_000_000, 30_000_000)
    assert order.chains == {(("tcp", 10),): 1}
    assert not rows.rows["tcp", "stock"].chains  # it began none


def test_the_summary_has_it_for_programs() -> None:
    summary = _rows(*_ORDER, *_ALONE).summary()
    assert summary is not msgspec.UNSET
    order, stock = msgspec.to_builtins(summary)

    assert [each["route"] for each in order.pop("causes")] == ["user", "stock"]
    assert order == {
        "route": "order",
        "carrier": "tcp",
        "requests": 2,
        "causing": 1,
        "time_ns": 100_000_000,
        "chains": 1,
        "packets": {"tcp": 10},
    }
    assert stock["causes"] == [
        {
            "route": "log",
            "carrier": "tcp",
            "kind": "message",
            "requests": 1,
            "calls": 1,
            "most": 1,
            "packets": 2,
            "waited_ns": 5_000_000,
        }
    ]
    assert _rows(*_ALONE).summary() is msgspec.UNSET


def test_two_parts_are_counted_as_one() -> None:
    rows = _rows(*_ORDER)
    rows.merge(_rows(*_ORDER))
    order = rows.rows["tcp", "order"]

    assert (order.requests, order.causes, order.chains.total()) == (2, 2, 2)
    assert order.links["tcp", "user"].calls == 4
    few = _rows(("other", 0, 0, 9, ""), most=1)
    few.merge(rows)
    assert few.left_out == 4


@pytest.mark.parametrize("routes", [MAX_LINKS + 9])
def test_memory_is_bounded(routes: int) -> None:
    calls = [(f"c{n}", 1, n + 1, n + 2, "") for n in range(routes)]
    row = _rows(("order", 0, 0, routes + 9, ""), *calls).rows["tcp", "order"]
    few = _rows(*_ORDER, most=1)
    shapes: list[Call] = []
    for n in range(MAX_SHAPES + 5):
        first = len(shapes) + 1
        shapes.append(("order", 0, 100 * n, 100 * n + 99, ""))
        shapes += [("x", first, 100 * n + 1, 100 * n + 2, "")] * (n + 1)

    assert len(row.links) == MAX_LINKS
    assert (list(few.rows), few.left_out) == ([("tcp", "order")], 1)
    assert len(_rows(*shapes).rows["tcp", "order"].chains) == MAX_SHAPES
