"""A service that is started again when a Python file changes, for development.

The service runs in a process of its own, with the arguments of this one, so that it
imports everything anew. The two share a pipe: the service ends with this process.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from servers.errors import UsageError
from servers.logs import logger_of
from servers.serving.signal_pipe import SignalPipe

from .speech import LIFE_FD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

logger = logger_of("server")

_Watch: TypeAlias = Callable[..., Iterator[set[tuple[Any, str]]]]
"""Yields what has changed, or nothing time after time."""
logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it counts what we name
_TURN_MS = 200  # between two looks for signals; changes are seen within 50 ms


def reload(
    arguments: Sequence[str],
    folders: Sequence[Path],
    *,
    patience: float,
    fds: Sequence[int] = (),
) -> int:
    """Run the service until SIGINT or SIGTERM; return the exit code.

    Args:
        arguments: What this command was called with.
        folders: Where changes are looked for.
        patience: Seconds that the service may take to end before it is killed.
        fds: Sockets that it inherits.

    Raises:
        UsageError: There is no watchfiles.
    """
    watch, python_files = _watchfiles()
    with SignalPipe([signal.SIGINT, signal.SIGTERM]) as signals, _pipe() as life_fd:
        service = _Process([*arguments, LIFE_FD, str(life_fd)], [life_fd, *fds])
        told = False
        try:
            for changes in watch(
                *folders,
                watch_filter=python_files,
                rust_timeout=_TURN_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
            ):
                if not told:  # from now on no change is missed
                    told = True
                    logger.info("watching %s for changes", _list(folders))
                if signals.taken():
                    break
                service.note_end()
                if changes:
                    logger.info("%s changed; starting again", _names(changes))
                    service.stop(patience)
                    service.start()
        finally:
            service.stop(patience)
    return 0


class _Process:
    """The process of the service."""

    def __init__(self, arguments: Sequence[str], fds: Sequence[int]) -> None:
        self._arguments = arguments
        self._fds = fds
        self.start()

    def start(self) -> None:
        """Run the command once more, in a new process."""
        self._process = subprocess.Popen(  # noqa: S603 — it is this program
            [sys.executable, "-m", "servers.launching.command", *self._arguments],
            pass_fds=self._fds,
        )
        self._ended = False

    def stop(self, patience: float) -> None:
        """End it, as SIGTERM does; kill it when its time is over."""
        self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def note_end(self) -> None:
        """Say once that it has ended by itself."""
        code = self._process.poll()
        if code is not None and not self._ended:
            self._ended = True
            logger.warning("the service ended (%d); waiting for a change", code)


def _watchfiles() -> tuple[_Watch, Any]:
    try:
        from watchfiles import PythonFilter, watch  # noqa: PLC0415 — an extra
    except ImportError:
        raise UsageError(
            "--reload needs watchfiles: pip install 'protocol-inspect[reload]'"
        ) from None
    return watch, PythonFilter()


@contextmanager
def _pipe() -> Iterator[int]:
    """Provide the end of a pipe that closes with this process."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


def _list(folders: Sequence[Path]) -> str:
    return ", ".join(map(str, folders))


def _names(changes: Iterable[tuple[Any, str]]) -> str:
    """Return the names of the files that changed, of many the first ones."""
    here = Path.cwd()
    paths = sorted({Path(path) for _, path in changes})
    names = [
        str(each.relative_to(here) if each.is_relative_to(here) else each)
        for each in paths
    ]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004
    return ", ".join(names[:3]) + more
