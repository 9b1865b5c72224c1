"""A RabbitMQ for all tests of this folder, and names of queues that nobody else has."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from captures.brokers import RabbitMQServer

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = count()


@pytest.fixture(scope="session")
def rabbit_server() -> Iterator[RabbitMQServer]:
    with RabbitMQServer() as server:
        yield server


@pytest.fixture
def queue() -> str:
    return f"q{next(_numbers)}"
