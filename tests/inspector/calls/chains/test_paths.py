from __future__ import annotations

from inspector.calls.chains.paths import (
    carried,
    cause_of,
    critical_path,
    longest_wait,
    needless_wait,
    reason_of,
    repeated,
    waited_on,
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


def test_a_failure_after_which_a_request_goes_on_is_no_reason() -> None:
    calls = ("r", 0, 0, 100, True), ("a", 1, 10, 40, True), ("b", 2, 20, 30, True)
    reason = reason_of(_tree(*calls))

    assert reason is not None
    assert reason.route == "b"
    assert reason_of(_tree(*calls, ("c", 1, 50, 60, False))) is None
    assert reason_of(_tree(*calls, ("c", 2, 35, 38, False))) is None
    assert reason_of(_tree(("r", 0, 0, 100, True))) is None


def test_calls_that_are_made_again_and_again_are_counted() -> None:
    root = _tree(
        ("r", 0, 0, 100, False),
        *(("find", 1, 10 * n, 10 * n + 5, False) for n in range(1, 6)),
        ("other", 1, 80, 85, False),
        ("other", 1, 86, 87, True),
        ("other", 1, 88, 89, False),
    )
    (several,) = repeated(root)

    assert [each.number for each in several.calls] == [2, 3, 4, 5, 6]
    assert several.spent_ns == 25_000_000
    assert several.in_turn
    assert several.alike  # none has any data
    assert repeated(root.children[0]) == []


def test_calls_that_overlap_are_made_at_once() -> None:
    (several,) = repeated(
        _tree(
            ("r", 0, 0, 100, False),
            *(("find", 1, 10 + n, 40 + n, False) for n in range(3)),
        )
    )

    assert not several.in_turn
    assert several.spent_ns == 32_000_000


def test_the_innermost_call_that_a_request_waited_for_is_found() -> None:
    root = _tree(
        ("r", 0, 0, 100, False), ("a", 1, 2, 98, False), ("b", 2, 4, 95, False)
    )
    found = waited_on(root, 0.9)

    assert found is not None
    assert (found.node.route, found.waited_ns) == ("b", 91_000_000)
    assert waited_on(root, 0.97) is None
    assert waited_on(root.children[0].children[0], 0.1) is None


def test_a_wait_without_need_is_what_it_costs() -> None:
    found = needless_wait(
        _tree(("r", 0, 0, 100, False), ("a", 1, 10, 40, False), ("b", 1, 50, 70, False))
    )

    assert found is not None
    assert found == (["a", "b"], 20_000_000, 50_000_000)


def test_what_costs_next_to_nothing_is_none() -> None:
    little = ("a", 1, 10, 40, False), ("b", 1, 50, 55, False)

    assert needless_wait(_tree(("r", 0, 0, 100, False), *little)) is None
    assert needless_wait(_tree(("r", 0, 0, 60, False), ("a", 1, 1, 9, False))) is None
    failed = ("a", 1, 10, 40, True), ("b", 1, 50, 70, False)
    assert needless_wait(_tree(("r", 0, 0, 100, False), *failed)) is None
