"""Traffic with faults, for as long as wanted: nothing lost, nothing confused.

::

    python -m tests.soak.run --minutes 10        what ``make soak`` runs
    tests/soak/test_run.py                       the short form

Round after round, clients of all kinds call servers of all kinds while something goes
wrong. After each round a ledger is settled: every call was answered once, with what is
its own, or failed in a documented way for which there was a cause; every call whose
handler finished within the grace was answered; nobody found anything of another call
in its context. In the end nothing is left behind. The modules:

- ``ledger``: what was asked, noted and answered, and whether that agrees
- ``service``: a server, which notes what it handles
- ``processes``: servers in processes of their own, started and ended
- ``proxy``: latency, and connections that are cut
- ``callers``: clients of ours and of Nest
- ``hostile``: floods, slow readers, peers that vanish
- ``stage``: all of these, set up
- ``faults``: what goes wrong
- ``held``: what a process holds
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from servers.running import run
from tests.servers.peers import until
from tests.soak.callers import traffic
from tests.soak.faults import FAULTS
from tests.soak.held import held_by
from tests.soak.ledger import Ledger
from tests.soak.stage import Stage, held_at, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.soak.faults import Fault

_CALLS = 400  # of one round
_WARM = 1  # turns after which all caches and queues have their size
_GROWTH = 32 << 20  # bytes that a process may grow after that


class Soak:
    """Rounds of traffic, each with a fault.

    Attributes:
        ledger: The calls.
        turns: How often every fault has had its round.
        held: Bytes that the processes held after the last turn.
    """

    def __init__(self, stage: Stage, seed: int, calls: int = _CALLS) -> None:
        self.ledger = Ledger()
        self.turns = 0
        self.held: dict[str, int] = {}
        self._stage = stage
        self._rng = random.Random(seed)  # noqa: S311 — the same traffic every time
        self._calls = calls
        self._warm: dict[str, int] = {}

    async def turn(self) -> None:
        """Let every fault have its round, in any order, and check what is held.

        Raises:
            AssertionError: Something was lost, confused or left behind.
        """
        for name in self._rng.sample([*FAULTS], len(FAULTS)):
            await self._round(FAULTS[name])
            problems = self.ledger.problems
            assert not problems, "\n".join([f"{name}:", *problems[:20]])
        self.turns += 1
        self.held = await self._memory()
        if self.turns <= _WARM:
            self._warm = self.held
        for name, memory in self.held.items():
            assert memory - self._warm[name] < _GROWTH, (name, self._warm, self.held)
        assert self._stage.waiting() == 0

    async def _round(self, fault: Fault) -> None:
        ledger, stage = self.ledger, self._stage
        calls = asyncio.create_task(
            traffic(stage.callers, ledger, self._rng, self._calls)
        )
        goal = ledger.ended + self._calls // 4
        await until(lambda: ledger.ended >= goal or calls.done())
        harmed = await fault(stage, ledger)
        await calls
        await stage.quiet()
        runs = [*stage.steady.runs(), *stage.mortal.runs()]
        ledger.settle(runs, frozenset(harmed))

    async def _memory(self) -> dict[str, int]:
        """Return the bytes that this process and the steady server hold."""
        steady = await held_at(self._stage.steady)
        return {"clients": held_by(os.getpid()).memory, "steady": steady["memory"]}

    def __str__(self) -> str:
        """How it goes."""
        ended = ", ".join(f"{n:,} {how}" for how, n in self.ledger.endings.items())
        held = ", ".join(f"{name} {n >> 20} MiB" for name, n in self.held.items())
        return f"{self.turns} turns: {ended}; {held}"


@asynccontextmanager
async def soaking(
    folder: Path, seed: int = 1, calls: int = _CALLS
) -> AsyncIterator[Soak]:
    """Give a soak, and check in the end that nothing is left behind.

    Args:
        folder: Where servers keep their notes.
        seed: Of all that is random.
        calls: How many make a round.

    Raises:
        AssertionError: Something is left behind.
    """
    before = held_by(os.getpid()).descriptors
    async with staged(folder) as stage:
        yield Soak(stage, seed, calls)
        stage.check_unclaimed()
    # libuv opens one for itself with the first socket of a loop.
    assert held_by(os.getpid()).descriptors <= before + 1


async def _soak(minutes: float, seed: int) -> None:
    end = time.monotonic() + minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        async with soaking(Path(folder), seed) as soak:
            while time.monotonic() < end:
                await soak.turn()
                print(soak, flush=True)  # noqa: T201


def main() -> None:
    """Soak for some minutes, and tell from time to time how it goes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    run(_soak(options.minutes, options.seed))


if __name__ == "__main__":
    main()
