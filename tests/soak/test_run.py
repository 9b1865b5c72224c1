"""The soak in short form: every fault has its rounds, and nothing is lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.soak.run import soaking
from tests.soak.service import LOOPS

if TYPE_CHECKING:
    from pathlib import Path

_TURNS = 2  # after the first, memory must not grow
_CALLS = 80  # of one round


async def _soak(folder: Path) -> dict[str, int]:
    async with soaking(folder, calls=_CALLS) as soak:
        for _ in range(_TURNS):
            await soak.turn()
        return dict(soak.ledger.endings)


@pytest.mark.parametrize("loop", LOOPS)
def test_nothing_is_lost_confused_or_left_behind(loop: str, tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        endings = runner.run(_soak(tmp_path))

    assert endings.keys() == {"answered", "timeout", "lost", "unreachable"}
    assert endings["answered"] > _CALLS
