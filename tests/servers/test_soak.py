"""Mixed traffic in short form: nothing lost, nothing wrong, nothing left behind."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from tests.servers.soak import soaking

if TYPE_CHECKING:
    from collections.abc import Iterator

_WARM = 2  # batches after which every cache and queue has its size
_BATCHES = 4
_SLACK = 40_000  # bytes: a tenth of a kilobyte for each operation of one batch


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
async def test_mixed_traffic_leaves_nothing_behind() -> None:
    async with soaking() as batch:
        for _ in range(_WARM):
            before = await batch()
        for _ in range(_BATCHES):
            after = await batch()

    assert after.tasks == before.tasks
    assert after.descriptors == before.descriptors
    assert after.memory - before.memory < _SLACK
