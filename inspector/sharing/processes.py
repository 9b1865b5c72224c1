"""Two processes for one capture: this one, and one that it starts."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

from inspector.capture.files import read_captures, size_of
from inspector.capture.shares import Share

from .merging import merged
from .pace import BrokenPaceError, Pace, PacedReading
from .packing import pack, unpack
from .part import Part, PartialInspection, UnshareableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext

    from inspector.analysis.report import Report
    from inspector.capture.limits import Limits
    from inspector.errors import InspectorError
    from protocol import NestVersion

_PARTS = 2
_WORTH_IT = 16 << 20
"""Bytes of a capture that takes half a second; a process is started in a tenth."""


class Task(NamedTuple):
    """What is to be inspected, and how.

    Attributes:
        captures: Names of files.
        ports: TCP ports whose connections are taken for Nest whatever they carry.
        nest: The version of Nest by which findings are judged.
        limits: What may be kept of connections.
    """

    captures: Sequence[str]
    ports: frozenset[int]
    nest: NestVersion
    limits: Limits


def worth_sharing(captures: Sequence[str]) -> bool:
    """Whether two processes are sooner done with some captures than one."""
    size = size_of(captures)
    return size is not None and size >= _WORTH_IT and _processors() >= _PARTS


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class SharedInspection:
    """One inspection by two processes.

    Args:
        task: What is to be inspected.
        progress: Is told the bytes that were read so far, block by block.

    Attributes:
        reading: That of this process, by which both are stopped.
        problems: What cannot be read.

    Raises:
        UnshareableError: The system has nothing by which two processes keep pace.
    """

    def __init__(self, task: Task, progress: Callable[[int], None]) -> None:
        # On other systems it is no good idea to copy a process that runs.
        self._context: ForkContext | SpawnContext = (
            get_context("fork") if sys.platform == "linux" else get_context("spawn")
        )
        try:
            self._pace = Pace(self._context, _PARTS)
        except OSError:  # the system has no semaphores, or none left
            raise UnshareableError from None
        self._task = task
        self.reading = PacedReading(self._pace, 0, progress)
        self.problems: list[InspectorError] = []

    def report(self) -> Report:
        """Inspect, and return the report.

        Raises:
            UnshareableError: One process has to do it all.
        """
        with self._helper() as helper:
            own = _inspect(self._task, Share(0, _PARTS), self.reading, self.problems)
            self._pace.finish(0)
            try:
                other: Part = unpack(helper.recv_bytes())
            except (EOFError, OSError):  # it is gone
                raise UnshareableError from None
        return merged([own, other], self._task.nest)

    @contextmanager
    def _helper(self) -> Iterator[Connection]:
        """Start the other process; it is gone when this ends, however it does."""
        receiver, sender = self._context.Pipe(duplex=False)
        task, share = self._task, Share(1, _PARTS)
        process = self._context.Process(
            target=_help, args=(task, share, self._pace, receiver, sender), daemon=True
        )
        try:
            with _without_interrupts():
                process.start()
        except OSError:  # there are too many
            raise UnshareableError from None
        sender.close()
        self._pace.alive = process.is_alive
        try:
            yield receiver
        except BrokenPaceError:
            raise UnshareableError from None
        finally:
            receiver.close()
            process.kill()
            process.join()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back; a process that is started does not hear of it at all."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _help(
    task: Task, share: Share, pace: Pace, receiver: Connection, sender: Connection
) -> None:
    """Do the part of the other process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it stops it
    try:
        receiver.close()  # or nobody would tell that who started it is gone
        part = _inspect(task, share, PacedReading(pace, share.part), [])
        pace.finish(share.part)
        sender.send_bytes(pack(part))
    except Exception:  # noqa: BLE001 — the whole is inspected again, and shows it
        pace.give_up()


def _inspect(
    task: Task, share: Share, reading: PacedReading, problems: list[InspectorError]
) -> Part:
    records = read_captures(task.captures, problems, reading)
    return PartialInspection(share, task.ports, task.nest, task.limits).part(records)
