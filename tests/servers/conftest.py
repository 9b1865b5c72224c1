"""Tests that are coroutines run on both event loops, and must leave no task behind."""

from __future__ import annotations

import asyncio
import inspect

import pytest
import uvloop

from tests.servers.coroutines import run_coroutine

_LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if inspect.iscoroutinefunction(metafunc.function):
        metafunc.fixturenames.append("event_loop_name")
        metafunc.parametrize("event_loop_name", list(_LOOPS))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.function):
        return None
    run_coroutine(
        pyfuncitem, _LOOPS[str(pyfuncitem.callspec.params["event_loop_name"])]
    )
    return True
