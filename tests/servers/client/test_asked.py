"""What comes of a call that was begun, one of many."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from servers import RemoteError, RequestTimeoutError
from servers.client.asked import Asked, explain, failed
from servers.client.replies import reading
from servers.errors import CallError, InvalidReplyError

if TYPE_CHECKING:
    from typing import Any

    from servers.client.wire import Wire


class _Wire:
    """A wire that notes what it is told."""

    peer = "here:1"

    def __init__(self) -> None:
        self.forgotten: list[str] = []
        self.silences: list[float] = []

    def forget(self, identity: str) -> None:
        self.forgotten.append(identity)

    def timed_out(self, seconds: float) -> None:
        self.silences.append(seconds)


def _asked(wire: Any, returns: Any = None) -> tuple[Asked, dict[Any, float]]:  # noqa: ANN401
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    ends: dict[Any, float] = {future: 1.0}
    read = None if returns is None else reading(returns)
    return Asked(future, ends, wire, "1", read), ends


async def test_a_value_of_another_type_is_refused_with_where_it_came_from() -> None:
    asked, _ = _asked(_Wire(), int)
    assert asked.made(b"5", "sum") == 5
    with pytest.raises(InvalidReplyError) as raised:
        asked.made(b'"five"', "sum")

    assert (raised.value.pattern, raised.value.address) == ("sum", "here:1")


async def test_an_error_says_which_call_it_is_of() -> None:
    wire = _Wire()
    asked, _ = _asked(wire)
    error, late = RemoteError("no"), RequestTimeoutError(9.0)
    asked.explain(error, "sum", 2.0)
    asked.explain(late, "sum", 2.0)

    assert (error.pattern, error.address) == ("sum", "here:1")
    assert late.seconds == 2.0
    assert wire.silences == [2.0]
    assert wire.forgotten == ["1", "1"]


async def test_the_error_of_a_call_with_a_task_says_everything_already() -> None:
    loop = asyncio.get_running_loop()
    error = RemoteError("no")
    asked = failed(error, loop)
    asked.explain(error, "sum", 2.0)

    assert error.pattern != "sum"
    with pytest.raises(RemoteError, match="no"):
        await asked.future
    asked.abandon()


@pytest.mark.parametrize("failed", [False, True])
async def test_a_call_that_is_abandoned_waits_for_nothing(
    failed: bool,  # noqa: FBT001
) -> None:
    wire = _Wire()
    asked, ends = _asked(wire)
    if failed:
        asked.future.set_exception(CallError("lost"))  # asyncio logs it otherwise
    asked.abandon()
    asked.abandon()

    assert asked.future.cancelled() is not failed
    assert wire.forgotten == ["1", "1"]
    assert not ends


def test_an_error_of_another_kind_is_left_alone() -> None:
    wire: Wire = _Wire()  # type: ignore[assignment]
    error = CallError("lost")
    explain(error, wire, "sum", None, None)
    late = RequestTimeoutError(1.0)
    explain(late, wire, "sum", None, None)

    assert str(error) == "lost"
    assert late.seconds == 0.0
