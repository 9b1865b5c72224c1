"""Work of a few lines in several processes, for the tests of the supervisor.

python -m tests.servers.serving.supervised KIND PATIENCE FOLDER
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from servers.serving.supervisor import Supervisor

if TYPE_CHECKING:
    from servers.serving.worker import Worker


def _failing(worker: Worker, _: Path) -> None:
    """Fail when told to end, as a lifespan may."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    _ready(worker)
    signal.sigwait({signal.SIGTERM})
    raise SystemExit(7)


def _stubborn(worker: Worker, folder: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _idle(worker, folder)


def _idle(worker: Worker, _: Path) -> None:
    _ready(worker)
    os.read(worker.life_fd, 1)  # until there is no supervisor


def _once(worker: Worker, folder: Path) -> None:
    """Be ready once; after that, end before it."""
    first = folder / f"first of {worker.number}"
    if first.exists():
        raise SystemExit(9)
    first.touch()
    _idle(worker, folder)


def _told(worker: Worker, folder: Path) -> None:
    """Be ready at once the first time; after that, on SIGUSR1."""
    first = folder / f"first of {worker.number}"
    if first.exists():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        sys.stdout.write(f"{worker.number} {os.getpid()}\n")
        sys.stdout.flush()
        supervisor = os.getppid()
        while signal.sigtimedwait({signal.SIGUSR1}, 1) is None:
            if os.getppid() != supervisor:
                return
    first.touch()
    _idle(worker, folder)


def _told_stubborn(worker: Worker, folder: Path) -> None:
    """Be ready as told, and do not end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _told(worker, folder)


def _crashing(worker: Worker, folder: Path) -> None:
    """End soon after every start, but for one."""
    if worker.number != 1:
        _idle(worker, folder)
    _ready(worker)
    os.kill(os.getpid(), signal.SIGKILL)


def _killed(_: Worker, __: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _done(_: Worker, __: Path) -> None:
    """Return at once."""


def _ready(worker: Worker) -> None:
    sys.stdout.write(f"{worker.number} {os.getpid()}\n")
    sys.stdout.flush()
    worker.ready()


_KINDS = {
    "stubborn": _stubborn,
    "idle": _idle,
    "once": _once,
    "told": _told,
    "told stubborn": _told_stubborn,
    "crashing": _crashing,
    "killed": _killed,
    "done": _done,
    "failing": _failing,
}


if __name__ == "__main__":
    kind, patience, folder = sys.argv[1:]
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    supervisor = Supervisor(
        lambda worker: _KINDS[kind](worker, Path(folder)), 2, patience=float(patience)
    )
    sys.exit(supervisor.run())
