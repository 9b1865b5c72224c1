from __future__ import annotations

from inspector.calls.chains.paths import (
    carried,
    cause_of,
    critical_path,
    longest_wait,
    one_after_another,
    repeated,
)
from inspector.calls.chains.trees import Node, Trees
from inspector.calls.links import Evidence, Link
from tests.inspector.calls.chains.exchanges import Traffic

_Call = tuple[str, int, int, int, bool]  # route, parent, begin, end, failed


def _tree(*calls: _Call) -> Node:
    traffic = Traffic()
    for number, (route, parent, begin, end, failed) in enumerate(calls, start=1):
        ends = f"10.0.0.1:{number}", "10.0.0.2:8"
        error = {"message": f"no {route}"} if failed else 1
        made = traffic.add(
            route, *ends, at=begin, until=end, answer=error, error=failed
        )
        made.link = Link(parent, Evidence.DATA) if parent else None
    trees = Trees()
    told = [root for each in traffic.exchanges for root in trees.add(each)]
    (root,) = [*told, *trees.finish()]
    return root


def test_the_end_waited_for_what_ended_last_before_it() -> None:
    root = _tree(
        ("r", 0, 0, 100, False),
        ("a", 1, 10, 40, False),
        ("b", 1, 12, 30, False),  # beside a, and over before it
        ("c", 1, 50, 90, False),
        ("d", 4, 55, 80, False),
    )

    assert critical_path(root) == {1, 2, 4, 5}
    assert carried(root) == {"tcp": 10}


def test_a_request_waited_longest_for_its_longest_call() -> None:
    root = _tree(
        ("r", 0, 0, 100, False), ("a", 1, 10, 40, False), ("b", 1, 50, 99, False)
    )
    waiting = longest_wait(root)

    assert waiting is not None
    assert waiting.node.route == "b"
    assert waiting.waited_ns == 49_000_000
    assert longest_wait(root.children[0]) is None


def test_nobody_waited_for_what_outlived_them() -> None:
    root = _tree(("r", 0, 0, 10, False), ("a", 1, 5, 40, False))

    assert longest_wait(root) is None


def test_the_innermost_call_that_failed_before_is_the_cause() -> None:
    root = _tree(
        ("r", 0, 0, 100, True),
        ("a", 1, 10, 40, True),
        ("b", 2, 20, 30, True),
        ("c", 1, 50, 60, False),
    )
    cause = cause_of(root)

    assert cause is not None
    assert (cause.route, cause.error) == ("b", "no b")
    assert cause_of(root.children[0].children[0]) is None
    assert cause_of(root.children[1]) is None
    assert cause_of(_tree(("r", 0, 0, 9, True), ("a", 1, 1, 20, True))) is None


def test_calls_that_are_made_again_and_again_are_counted() -> None:
    root = _tree(
        ("r", 0, 0, 100, False),
        *(("find", 1, 10 * n, 10 * n + 5, False) for n in range(1, 6)),
        ("other", 1, 80, 85, False),
    )

    assert repeated(root) == ("find", 5)
    assert repeated(root.children[0]) == ("", 0)
    assert [each.number for each in one_after_another(root)] == [2, 3, 4, 5, 6, 7]


def test_calls_that_overlap_do_not_wait_for_one_another() -> None:
    root = _tree(
        ("r", 0, 0, 100, False), ("a", 1, 10, 40, False), ("b", 1, 30, 50, False)
    )

    assert not one_after_another(root)
