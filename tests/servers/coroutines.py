"""Tests that are coroutines: bounded in time, and no task left behind."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

_LONGEST = 2 * PATIENCE  # of one test, so that what it waits for is named first


def run_coroutine(
    test: pytest.Function, factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    """Run a test on a loop of its own."""
    wanted = inspect.signature(test.function).parameters
    given = {name: test.funcargs[name] for name in wanted}
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_bounded(test.function(**given)))


async def _bounded(test: Awaitable[Any]) -> None:
    problems: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: problems.append(str(context))
    )
    async with asyncio.timeout(_LONGEST):
        await test
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        await asyncio.wait(left, timeout=PATIENCE)
    assert not [task for task in left if not task.done()]
    assert not problems, problems
