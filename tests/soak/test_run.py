"""The soak in short form: every fault has its rounds, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.running import run
from tests.soak.run import soaking

if TYPE_CHECKING:
    from pathlib import Path

_TURNS = 2
_CALLS = 120  # of one round


async def _soak(folder: Path) -> dict[str, int]:
    async with soaking(folder, calls=_CALLS) as soak:
        for _ in range(_TURNS):
            await soak.turn()
        return dict(soak.ledger.endings)


def test_nothing_is_lost_confused_or_left_behind(tmp_path: Path) -> None:
    endings = run(_soak(tmp_path))

    assert endings.keys() == {"answered", "timeout", "lost", "unreachable"}
    assert endings["answered"] > _CALLS
