from __future__ import annotations

from itertools import count

from inspector.browser.asking import asked_by
from inspector.browser.searching import Search, everything, results
from inspector.browser.store import Store
from tests.inspector.browser.piloted import SLOW, exchanges_of


def _store() -> Store:
    store = Store()
    for each in exchanges_of(SLOW):
        store.add(each)
    return store


def test_what_is_found_comes_soon_and_then_whole() -> None:
    store, clock = _store(), count(step=10)

    found = list(
        results(
            store,
            asked_by("data.userId > 100"),
            "latency",
            lambda: False,
            lambda: next(clock),
        )
    )

    assert len(found) > 1
    assert [each.done for each in found] == [*[False] * (len(found) - 1), True]
    sizes = [len(each.numbers) for each in found]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 499
    assert found[-1].numbers[0] == 422
    assert found[-1].searched == 600
    (whole,) = results(store, asked_by(""), "time", lambda: False)
    assert list(whole.numbers) == list(range(1, 601)) == list(everything(store, "time"))


def test_a_search_is_given_up() -> None:
    search = Search(_store(), asked_by("data.userId > 100"))

    assert len(list(search.steps(lambda: True))) == 0
    assert not search.done
    assert list(results(_store(), asked_by("orders"), "time", lambda: True)) == []


def test_an_exact_search_counts_what_it_finds() -> None:
    search = Search(_store(), asked_by("orders latency > 5ms"))

    list(search.steps(lambda: False))

    assert (search.count, search.done) == (18, True)
    assert search.found("latency")[0] == 422
    assert list(search.found("time"))[:2] == [8, 158]
