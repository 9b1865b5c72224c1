from __future__ import annotations

from inspector.calls.chains.trees import Node, Trees
from inspector.calls.links import Evidence, Link
from inspector.views.chain_view import chain_sentences, tree_lines
from tests.inspector.calls.chains.exchanges import Traffic

_LONG = "orders.of.a.customer.with.a.very.long.name"


def _root(*, doubtful: bool = False) -> Node:
    traffic = Traffic()
    data = {"customer": "Ada Lovelace of London, and many more words"}
    error = {"message": "out of stock"}
    traffic.add(
        _LONG, "10.0.0.1:5", "10.0.0.2:8", data, at=1, until=21, answer=error,
        error=True,
    )  # fmt: skip
    traffic.add(
        f"{_LONG}.find", "10.0.0.2:6", "10.0.0.3:8", data, at=3, until=20,
        answer=error, error=True,
    )  # fmt: skip
    traffic.add("note", "10.0.0.3:7", "10.0.0.4:8", data, at=5)
    traffic.add("stock", "10.0.0.3:7", "10.0.0.4:8", 7, at=6, until=8)
    for number, parent in ((2, 1), (3, 2)):
        traffic.exchanges[number - 1].link = Link(parent, Evidence.DATA)
    traffic.exchanges[3].link = Link(possible=(1, 2))
    trees = Trees(doubtful=doubtful)
    told = [root for each in traffic.exchanges for root in trees.add(each)]
    return [*told, *trees.finish()][0]


def test_a_tree_fits_into_80_columns() -> None:
    lines = [line.plain.rstrip() for line in tree_lines(_root(doubtful=True), 80)]

    assert lines == _EXPECTED
    assert all(len(line) <= 80 for line in lines)


def test_what_is_wide_has_room_for_names() -> None:
    lines = [line.plain for line in tree_lines(_root(), 160)]

    assert f"└─ #2 {_LONG}.find" in lines[2]


def test_the_sum_the_cause_and_who_waited_are_said() -> None:
    said = [each.plain for each in chain_sentences(_root())]

    assert said == [
        f"An {_LONG} took 5 packets over 1 carrier: 5 TCP.",
        f"✗ #1 failed after #2 {_LONG}.find had failed for it, “out of stock”.",
        f"#1 waited 17.0 ms of 20.0 ms, 85 %, for #2 {_LONG}.find.",
        "1 other exchange may belong to it: --doubtful shows them, marked ?.",
    ]


def test_calls_that_are_made_again_and_again_are_said() -> None:
    traffic = Traffic()
    traffic.add("list", "10.0.0.1:5", "10.0.0.2:8", at=1, until=90)
    for number in range(4):
        made = traffic.add(
            "find", "10.0.0.2:6", "10.0.0.3:8", at=10 * number + 2,
            until=10 * number + 8,
        )  # fmt: skip
        made.link = Link(1, Evidence.DATA)
    trees = Trees()
    told = [root for each in traffic.exchanges for root in trees.add(each)]
    (root,) = [*told, *trees.finish()]
    said = [each.plain for each in chain_sentences(root)]

    repeated = "#1 made the call find 4 times with the same data, one after another"
    assert f"{repeated}: 24.0 ms." in said


_EXPECTED = [
    "Chain                          over        ms  0          20.0 ms  packets  by",
    "#1 orders.of.a.customer.with…  TCP      20.0   ━━━━━━━━━━━━━━━━━━        2",
    "├─ #2 orders.of.a.customer.w…  TCP      17.0    ━━━━━━━━━━━━━━━━━        2  data",
    '│  └─ #3 note customer:"Ada …  TCP   event        ╸                      1  data',
    "└─ #4 stock 7                  TCP       2.00      ───                   2  ?",
]
