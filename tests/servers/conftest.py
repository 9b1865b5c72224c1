"""Tests that are coroutines run on both event loops, and must leave no task behind."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest
import uvloop

if TYPE_CHECKING:
    from collections.abc import Awaitable

_LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
_LONGEST = 60  # seconds of one test


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if inspect.iscoroutinefunction(metafunc.function):
        metafunc.fixturenames.append("event_loop_name")
        metafunc.parametrize("event_loop_name", list(_LOOPS))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.function):
        return None
    factory = _LOOPS[str(pyfuncitem.callspec.params["event_loop_name"])]
    wanted = inspect.signature(pyfuncitem.function).parameters
    given = {name: pyfuncitem.funcargs[name] for name in wanted}
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_bounded(pyfuncitem.function(**given)))
    return True


async def _bounded(test: Awaitable[Any]) -> None:
    problems: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: problems.append(str(context))
    )
    async with asyncio.timeout(_LONGEST):
        await test
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        await asyncio.wait(left, timeout=1)
    assert not [task for task in left if not task.done()]
    assert not problems
