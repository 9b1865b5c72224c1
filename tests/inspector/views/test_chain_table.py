from __future__ import annotations

from inspector.figures.chain_rows import ChainRows
from inspector.views.chain_table import chain_rows_lines, sum_of
from tests.inspector.figures.chains import Call, grown


def _lines(*calls: Call, width: int = 80) -> list[str]:
    rows = ChainRows()
    for root in grown(*calls):
        rows.add(root)
    return [line.plain.rstrip() for line in chain_rows_lines(rows, width)]


def test_a_route_stands_above_what_it_causes() -> None:
    lines = _lines(
        ("order", 0, 0, 100, ""),
        *(("user", 1, 10 * n, 10 * n + 5, "") for n in range(1, 5)),
        ("stock", 1, 60, 70, ""),
        ("order", 0, 200, 201, ""),
    )

    assert lines == [
        "Chains     carrier  requests  calls  packets  of the time",
        "order      TCP        1 of 2",
        "  → user   TCP             1      4        8         20 %",
        "  → stock  TCP             1      1        2         10 %",
        "An order took 12 packets over 1 carrier: 12 TCP.",
    ]


def test_nothing_is_shown_for_nothing() -> None:
    assert _lines(("order", 0, 0, 100, "")) == []


def test_many_routes_and_calls_are_summed_up_and_fit_the_line() -> None:
    calls: list[Call] = []
    for n in range(12):
        first = len(calls) + 1
        calls.append((f"route {n} " + "long" * 30, 0, 100 * n, 100 * n + 90, ""))
        calls += [(f"c{m}", first, 100 * n + m, 100 * n + m, "") for m in range(n + 1)]
    lines = _lines(*calls)

    assert all(len(line) <= 80 for line in lines)
    assert any("and 4 routes more" in line for line in lines)
    assert any("and 2 calls more" in line for line in lines)


def test_chains_that_differ_are_one_sentence() -> None:
    chains = {(("socketio", 2), ("rabbitmq", 6)): 5, (("socketio", 4),): 1}

    assert sum_of("rsum", chains) == (
        "A rsum took 4 to 8 packets over 2 carriers: 2 to 4 Socket.IO, 0 to 6 RabbitMQ."
    )
    assert len(sum_of("x" * 10_000, chains)) < 140
