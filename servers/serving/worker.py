"""What a worker tells its supervisor, and how it learns that there is none any more."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import NamedTuple

PASSED_ON = (signal.SIGINT, signal.SIGTERM)
"""What ends a supervisor, which tells its workers by SIGTERM."""
RENEWING: signal.Signals | None = getattr(signal, "SIGHUP", None)
"""What replaces all workers of a supervisor, one after the other."""


class Worker(NamedTuple):
    """One process of several, as it knows itself.

    Attributes:
        number: Its number, from 1.
        ready_fd: The end of a pipe that it writes its process id to.
        life_fd: The end of a pipe that closes with the supervisor.
        alone: Whether it is the only one, and logs what a service logs.
    """

    number: int
    ready_fd: int
    life_fd: int
    alone: bool = False

    def ready(self) -> None:
        """Tell the supervisor that this one listens; if there is none, it ends soon."""
        with suppress(BrokenPipeError):
            os.write(self.ready_fd, b"%d\n" % os.getpid())


def become_worker() -> None:
    """Let the signals of a supervisor do here what they do to a worker.

    A terminal sends SIGINT to all processes; the supervisor passes it on as SIGTERM.
    """
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if RENEWING is not None:
        signal.signal(RENEWING, signal.SIG_IGN)
