"""Tests that are coroutines run on both event loops, and must leave no task behind.

Of each kind of broker one runs for all tests that need nothing of it but that.
"""

from __future__ import annotations

import asyncio
import inspect
from itertools import count
from typing import TYPE_CHECKING

import pytest
import uvloop

from captures.brokers import (
    Mosquitto,
    NatsServer,
    Noida,
    RabbitMQServer,
    RedisServer,
)
from tests.servers.coroutines import run_coroutine

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = count()
_LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if inspect.iscoroutinefunction(metafunc.function):
        metafunc.fixturenames.append("event_loop_name")
        loops = getattr(metafunc.module, "LOOPS", list(_LOOPS))
        metafunc.parametrize("event_loop_name", loops)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.function):
        return None
    run_coroutine(
        pyfuncitem, _LOOPS[str(pyfuncitem.callspec.params["event_loop_name"])]
    )
    return True


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    with NatsServer({"max_payload": 16 << 20}) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def mosquitto() -> Iterator[Mosquitto]:
    with Mosquitto() as broker:
        yield broker


@pytest.fixture(scope="session")
def rabbit_server() -> Iterator[RabbitMQServer]:
    with RabbitMQServer() as server:
        yield server


@pytest.fixture(scope="session")
def noida() -> Iterator[Noida]:
    with Noida() as broker:
        yield broker


@pytest.fixture
def queue() -> str:
    """The name of a queue that nobody else has."""
    return f"q{next(_numbers)}"
