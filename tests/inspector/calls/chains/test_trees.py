from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.chains.trees import MAX_DEPTH, Trees
from inspector.calls.links import Evidence, Link
from inspector.views.chain_lines import chain_line
from tests.inspector.calls.chains.exchanges import Traffic

if TYPE_CHECKING:
    from inspector.calls.chains.trees import Node


def _numbers(root: Node) -> list[tuple[int, int]]:
    return [(depth, node.number) for depth, node in root.walk()]


def _chain() -> Traffic:
    """Return a request, what it caused and what that did, and one in doubt."""
    traffic = Traffic()
    for number, parent in enumerate([None, 1, 2, 1, None], start=1):
        made = traffic.add("r", f"10.0.0.1:{number}", "10.0.0.2:8", at=number, until=20)
        if parent is not None:
            made.link = Link(parent, Evidence.DATA)
    traffic.exchanges[4].link = Link(possible=(3, 4))
    return traffic


def _told(trees: Trees, traffic: Traffic) -> list[Node]:
    told = [root for each in traffic.exchanges for root in trees.add(each)]
    return [*told, *trees.finish()]


def test_a_tree_has_what_was_made_for_its_root() -> None:
    chain, other = _told(Trees(), _chain())

    assert _numbers(chain) == [(0, 1), (1, 2), (2, 3), (1, 4)]
    assert _numbers(other) == [(0, 5)]
    assert chain.uncertain == 1


def test_what_is_in_doubt_hangs_on_what_all_it_may_belong_to_have_in_common() -> None:
    (chain,) = _told(Trees(doubtful=True), _chain())

    assert _numbers(chain) == [(0, 1), (1, 2), (2, 3), (1, 4), (1, 5)]
    assert chain.children[-1].doubtful
    assert not chain.uncertain


def test_a_tree_is_told_when_nothing_can_be_added_and_early_where_they_are_many() -> (
    None
):
    traffic = _chain()
    late = traffic.add("r", "10.0.0.1:9", "10.0.0.2:8", at=90_000, until=90_001)
    trees = Trees()
    for each in traffic.exchanges[:-1]:
        assert not list(trees.add(each))

    assert [root.number for root in trees.add(late)] == [1, 5]

    few = Trees(most=3)
    told = [root.number for each in _chain().exchanges for root in few.add(each)]
    assert told == [1]


def test_a_parent_that_was_told_already_leaves_a_root() -> None:
    traffic = _chain()
    few = Trees(most=1)
    told = [root for each in traffic.exchanges for root in few.add(each)]

    assert sorted(
        number for root in [*told, *few.finish()] for _, number in _numbers(root)
    ) == [1, 2, 3, 4, 5]


def test_a_loop_of_calls_is_told_in_trees_of_a_depth_that_can_be_drawn() -> None:
    traffic = Traffic()
    for number in range(1, 3 * MAX_DEPTH):
        made = traffic.add("r", "10.0.0.1:1", "10.0.0.2:8", at=number)
        if number > 1:
            made.link = Link(number - 1, Evidence.DATA)
    told = _told(Trees(), traffic)

    assert [len(_numbers(each)) for each in told] == [MAX_DEPTH, MAX_DEPTH, 199]
    assert all(chain_line(each) for each in told)
