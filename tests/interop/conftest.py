"""The three versions of Nest, each started once, and every pair of them and us.

Coroutines run on the loop that ``servers.run`` chooses; tests/servers runs on both.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from servers.running import loop_factory
from tests.interop.nests import Nests
from tests.interop.pairs import AT_BROKERS, WE_ARE_CALLED, WE_CALL, Pair
from tests.servers.coroutines import run_coroutine

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def nests() -> Iterator[Nests]:
    with Nests.start() as started:
        yield started


@pytest.fixture(params=WE_CALL + WE_ARE_CALLED + AT_BROKERS)
def pair(request: pytest.FixtureRequest, nests: Nests) -> Pair:
    return Pair.of(request.param, nests)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.function):
        return None
    run_coroutine(pyfuncitem, loop_factory())
    return True
