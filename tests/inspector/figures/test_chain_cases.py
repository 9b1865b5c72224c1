from __future__ import annotations

from inspector.figures.chain_cases import MAX_TEXTS, Case, add_failed
from tests.inspector.figures.chains import grown


def test_the_worst_of_some_requests_is_the_one_that_is_named() -> None:
    case, costs = Case(), (3, 7, 5)
    calls = (("a", 0, 10 * n, 10 * n + 9, "") for n in range(3))
    for root, cost in zip(grown(*calls), costs, strict=True):
        case.add(root, [root], cost)
        case.count(cost)

    assert case.place is not None
    assert (case.place.exchange, case.worst_ns, case.cost_ns) == (2, 7, 15)
    assert (case.least, case.most, case.sum) == (3, 7, 15)
    assert (case.requests, case.packets.count) == (3, 3)
    assert case.whole_ns == 9_000_000


def test_what_holds_of_all_holds() -> None:
    case = Case()
    for facts in ((True, True), (True, False)):
        case.hold(*facts)

    assert case.always == (True, False)


def test_only_so_many_texts_are_told_apart() -> None:
    case = Case()
    for n, root in enumerate(grown(*(("a", 0, n, n + 1, f"e{n}") for n in range(40)))):
        add_failed(case, root, root)
        assert len(case.texts) == min(n + 1, MAX_TEXTS)
