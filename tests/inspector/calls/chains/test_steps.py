from __future__ import annotations

from inspector.calls.chains.steps import MOST_NAMED, MOST_TEXTS, Call, Steps


def _steps(*calls: tuple[str, int, int, str | None, str | None]) -> Steps:
    """Return the steps of a request that knows ``k``; values are words of a text."""
    steps = Steps(frozenset("k"))
    for route, begin, end, asks, answers in calls:
        words = [
            None if each is None else frozenset(each.split())
            for each in (asks, answers)
        ]
        steps.add(Call(("tcp", route), begin, end, *words))
    return steps


def test_what_needs_nothing_of_an_earlier_call_could_have_begun_with_it() -> None:
    steps = _steps(("a", 0, 30, "k", "x"), ("b", 30, 50, "k", ""))

    assert (steps.waited_ns, steps.saved_ns, steps.waits) == (50, 20, 1)
    assert [route for _, route in steps.needless] == ["a", "b"]


def test_what_has_an_answer_in_its_data_had_to_wait_for_that() -> None:
    assert not _steps(("a", 0, 30, "k", "x"), ("b", 30, 50, "k x", "")).waits
    known = _steps(("a", 0, 30, "k", "k x"), ("b", 30, 50, "k", ""))  # it was known

    assert known.saved_ns == 20


def test_a_call_may_wait_for_one_and_not_for_another() -> None:
    steps = _steps(
        ("user", 0, 60, "k", "zone"),
        ("stock", 60, 100, "k", "left"),
        ("price", 100, 130, "zone", ""),
    )

    assert steps.saved_ns == 40  # of stock, beside user and price
    assert [route for _, route in steps.needless] == ["user", "stock", "price"]


def test_calls_at_once_are_one_step() -> None:
    steps = _steps(
        ("a", 0, 30, "k", "x"), ("b", 10, 40, "k", "y"), ("c", 40, 50, "y", "")
    )

    assert (steps.waited_ns, steps.saved_ns, steps.waits) == (50, 0, 0)


def test_calls_of_one_route_are_one_step_whatever_they_need() -> None:
    calls = [("a", 10 * n, 10 * n + 10, "k", "") for n in range(5)]
    steps = _steps(*calls, ("b", 50, 60, "k", ""))

    assert (steps.waited_ns, steps.saved_ns, steps.waits) == (60, 10, 1)


def test_what_nobody_knows_is_taken_for_needed() -> None:
    failed = _steps(("a", 0, 30, "k", None), ("b", 30, 50, "k", ""))
    large = _steps(("a", 0, 30, "k", "x"), ("b", 30, 50, None, ""))

    assert (failed.waits, failed.saved_ns) == (0, 0)
    assert (large.waits, large.saved_ns) == (0, 0)


def test_values_and_names_are_bounded() -> None:
    many = " ".join(f"v{n}" for n in range(MOST_TEXTS + 1))
    steps = _steps(
        ("a", 0, 10, "k", many), ("b", 10, 20, "k", ""), ("c", 20, 30, "k", "")
    )
    named = _steps(*((f"r{n}", n, n + 1, "k", "") for n in range(3 * MOST_NAMED)))

    assert steps.saved_ns == 0  # after so many values, nothing is free
    assert len(named.needless) == MOST_NAMED
    assert named.waits == 3 * MOST_NAMED - 1
