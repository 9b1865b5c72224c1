from __future__ import annotations

import pytest

from servers import (
    CallError,
    ConnectError,
    ConnectionLostError,
    NoHandlerError,
    RemoteError,
    RequestTimeoutError,
    Retry,
    RetryBudget,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "safe", "idempotent"),
    [
        (ConnectError("refused"), True, True),
        (ConnectionLostError(), False, True),
        (RequestTimeoutError(1), False, True),
        (NoHandlerError("none"), False, True),
        (RemoteError("no"), False, False),
    ],
)
def test_what_may_have_been_handled_is_made_again_only_if_idempotent(
    error: CallError,
    safe: bool,  # noqa: FBT001
    idempotent: bool,  # noqa: FBT001
) -> None:
    assert Retry().covers(error, idempotent=False) is safe
    assert Retry().covers(error, idempotent=True) is idempotent


def test_the_errors_are_classes_or_what_a_function_knows() -> None:
    by_class = Retry(on=(RemoteError,))
    by_function = Retry(on=lambda error: getattr(error, "err", 0) == "busy")

    assert by_class.covers(NoHandlerError("none"), idempotent=True)
    assert not by_class.covers(ConnectError("refused"), idempotent=True)
    assert by_function.covers(RemoteError("busy"), idempotent=True)
    assert not by_function.covers(RemoteError("no"), idempotent=True)
    assert not by_function.covers(RemoteError("busy"), idempotent=False)


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"attempt_timeout": 0.0}])
def test_what_makes_no_call_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Retry(**wrong)  # type: ignore[arg-type]


def test_a_budget_allows_retries_until_half_of_it_is_used_up() -> None:
    budget = RetryBudget()
    retries = 0
    while True:
        budget.failed()
        if not budget.allows_retries:
            break
        retries += 1

    assert retries == 4
    for _ in range(9):
        budget.succeeded()
    budget.failed()
    assert not budget.allows_retries
    for _ in range(15):
        budget.succeeded()
    assert budget.allows_retries


def test_a_budget_is_neither_overdrawn_nor_overfull() -> None:
    budget = RetryBudget(tokens=2, ratio=1)
    for _ in range(100):
        budget.failed()
    for _ in range(2):
        budget.succeeded()
    assert budget.allows_retries

    for _ in range(100):
        budget.succeeded()
    budget.failed()
    assert not budget.allows_retries


def test_a_server_that_fails_one_call_in_twelve_gets_a_retry_for_each() -> None:
    budget = RetryBudget()
    for _ in range(1_000):
        budget.failed()
        assert budget.allows_retries
        for _ in range(11):
            budget.succeeded()
