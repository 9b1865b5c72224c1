from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.figures.chain_judging import chained
from inspector.figures.chain_rows import ChainRows
from inspector.findings.chain_conclusions import (
    FailedByCall,
    RepeatedCalls,
    SequentialCalls,
    WaitedOnCall,
)
from tests.inspector.figures.chains import Call, grown

if TYPE_CHECKING:
    from inspector.findings.conclusions import Conclusion


def _concluded(*calls: Call) -> list[Conclusion]:
    rows = ChainRows()
    for root in grown(*calls):
        rows.add(root)
    return list(chained(rows))


def test_a_call_that_is_repeated() -> None:
    calls = [("user", 1, 10 * n, 10 * n + 5, "") for n in range(1, 5)]
    (found,) = _concluded(("order", 0, 0, 90, ""), *calls, ("order", 0, 95, 99, ""))

    assert isinstance(found, RepeatedCalls)
    assert (found.call, found.requests, found.among) == ("user", 1, 2)
    assert (found.least, found.most, found.calls) == (4, 4, 4)
    assert (found.spent_ns, found.whole_ns) == (20_000_000, 90_000_000)
    assert found.alike
    assert found.in_turn


def test_calls_that_wait_for_one_another() -> None:
    (found,) = _concluded(
        ("order", 0, 0, 90, ""), ("user", 1, 5, 30, ""), ("stock", 1, 30, 80, "")
    )

    assert isinstance(found, SequentialCalls)
    assert found.calls == ["user", "stock"]
    assert (found.saved_ns, found.waited_ns) == (25_000_000, 75_000_000)
    assert found.all_saved_ns == 25_000_000


def test_a_call_that_fails_requests() -> None:
    (found,) = _concluded(
        ("order", 0, 0, 90, "no"), ("user", 1, 5, 30, "gone"), ("db", 2, 6, 20, "down")
    )

    assert isinstance(found, FailedByCall)
    assert (found.call, found.texts, found.example) == ("db", {"down": 1}, 3)
    assert not found.refused


def test_a_call_that_takes_all_the_time_of_a_request_that_takes_long() -> None:
    (found,) = _concluded(
        ("order", 0, 0, 500, ""), ("user", 1, 5, 490, ""), ("db", 2, 10, 480, "")
    )

    assert isinstance(found, WaitedOnCall)
    assert (found.call, found.waited_ns, found.example) == ("db", 470_000_000, 3)
    assert not _concluded(("order", 0, 0, 50, ""), ("user", 1, 1, 49, ""))
