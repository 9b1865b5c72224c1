from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import Order, in_order
from inspector.findings.finding import Finding
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.conversation import inspected

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXCHANGES = inspected(read_capture(str(SHOWCASE))).exchanges[:12]


def _numbers(items: Iterable[Exchange | Finding]) -> list[int]:
    return [item.number for item in items if isinstance(item, Exchange)]


@given(st.permutations(_EXCHANGES))
def test_exchanges_come_in_the_order_of_their_requests(ended: list[Exchange]) -> None:
    assert _numbers(in_order(ended)) == list(range(1, 13))


@given(st.permutations(_EXCHANGES), st.integers(0, 4))
def test_nothing_is_lost_or_repeated_when_memory_ends(
    ended: list[Exchange], most: int
) -> None:
    assert sorted(_numbers(in_order(ended, most))) == list(range(1, 13))


def test_only_so_many_wait_for_one_that_is_late() -> None:
    late, *others = _EXCHANGES

    assert _numbers(in_order([*others, late], most=3))[-2:] != [11, 12]
    assert _numbers(in_order([*others, late], most=3))[:1] == [2]


def test_one_that_is_due_does_not_wait() -> None:
    following = iter(_EXCHANGES)
    first = next(in_order(following))

    assert isinstance(first, Exchange)
    assert first.number == 1
    assert len(list(following)) == len(_EXCHANGES) - 1


def test_findings_go_ahead() -> None:
    inspection = Pipeline()
    items = list(in_order(inspection.inspect(read_capture(str(SEED)))))

    assert sum(isinstance(item, Finding) for item in items) == len(
        inspected(read_capture(str(SEED))).findings
    )
    assert _numbers(items) == sorted(_numbers(items))


@given(st.permutations(_EXCHANGES), st.sets(st.integers(1, 12)))
def test_exchanges_that_are_handed_over_come_in_order(
    ended: list[Exchange], left_out: set[int]
) -> None:
    order, found = Order(), list[int]()
    for each in ended:
        given_ = None if each.number in left_out else each
        found += [one.number for one in order.add(each.number, given_)]
    found += [one.number for one in order.finish()]

    assert found == [n for n in range(1, 13) if n not in left_out]


def test_those_that_had_begun_are_waited_for_and_no_others() -> None:
    second, fifth, sixth = (_EXCHANGES[n - 1] for n in (2, 5, 6))
    order = Order(pending=[5, 2], last=5)

    assert list(order.add(6, sixth)) == []
    assert list(order.add(5, fifth)) == []
    assert list(order.add(2, second)) == [second, fifth, sixth]


def test_what_never_comes_is_waited_for_as_far_as_memory_allows() -> None:
    order = Order(most=2)
    found = [list(order.add(each.number, each)) for each in _EXCHANGES[1:5]]

    assert [len(each) for each in found] == [0, 0, 3, 1]
