"""A server of Redis for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from captures.brokers import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server
