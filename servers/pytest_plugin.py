"""Fixtures for pytest: a service that runs while a test does, and its clients.

==================  ==============================================================
fixture             what it gives
==================  ==============================================================
``nest_service``    the service; define it in your conftest.py
``nest_server``     the service, listening on a free port of the loopback interface
``nest_client``     a client of that, for tests without asyncio
``nest_connected``  clients without sockets, for tests with asyncio
``nest_fixture``    services that answer as recorded, in place of others
==================  ==============================================================

pytest finds this plugin by its entry point, so nothing is to be imported or listed.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from .client import BlockingClient, Client
    from .server import Server, Service
    from .testing import RunningFake


@pytest.fixture
def nest_service() -> Service:
    """The service under test.

    Raises:
        pytest.UsageError: No conftest.py or test module says which that is.
    """
    raise pytest.UsageError(
        "define a fixture nest_service, in conftest.py or here, that returns your "
        "servers.Service"
    )


@pytest.fixture
def nest_server(nest_service: Service) -> Iterator[Server]:
    """Run the service on a free port, in a thread of its own."""
    from .testing import serving  # noqa: PLC0415 — for tests that use it alone

    with serving(nest_service) as server:
        yield server


@pytest.fixture
def nest_client(nest_server: Server) -> Iterator[BlockingClient]:
    """Give a client of the running service."""
    from .client import BlockingClient  # noqa: PLC0415

    with BlockingClient("127.0.0.1", nest_server.port) as client:
        yield client


@pytest.fixture
def nest_connected(
    nest_service: Service,
) -> Callable[..., AbstractAsyncContextManager[Client]]:
    """Give what connects clients to the service without sockets.

    ``async with nest_connected(timeout=5) as nest:``, with the options of a client.
    """
    from .testing import connected  # noqa: PLC0415

    def connect(**options: Any) -> AbstractAsyncContextManager[Client]:  # noqa: ANN401
        return connected(nest_service, **options)

    return connect


@pytest.fixture
def nest_fixture() -> Iterator[Callable[..., RunningFake]]:
    """Give what runs services that answer as recorded.

    ``users = nest_fixture("answers.jsonl")``, with the options of
    :func:`servers.testing.faking`; it runs on ``users.port`` until the test has ended.
    """
    from .testing import faking  # noqa: PLC0415

    with ExitStack() as stack:
        yield lambda file, **options: stack.enter_context(faking(file, **options))
