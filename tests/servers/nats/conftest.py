"""A server of NATS for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from captures.brokers import NatsServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    with NatsServer() as server:
        yield server
