"""Several processes that do the same: started, watched, replaced, and ended together.

::

    supervisor ── fork ─► worker 1 ── ready ─► supervisor ── fork ─► workers 2, 3, …

The first one proves that the work can be done: if it ends before it is ready, all ends.
After that a worker that ends is started again, at once, and later and later if it ends
soon again. SIGHUP replaces one after the other, each when its successor is ready.

No event loop runs in the supervisor, so that workers begin without one. They share
one end of a pipe whose other end the supervisor alone has: it closes when it is killed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from contextlib import ExitStack
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from servers.logs import logger_of

from .signal_pipe import SignalPipe, blocked
from .worker import PASSED_ON, RENEWING, Worker, become_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from multiprocessing.process import BaseProcess

logger = logger_of("server")

_FIRST = 0.5  # seconds until a worker is started again that has ended soon again …
_LONGEST = 30.0  # … twice as long each time, but no longer than this
# Exit codes of those that are told to end: by themselves, before they could heed it,
# and when their time was over.
_TOLD_TO_END = {0, -signal.SIGTERM, -signal.SIGKILL}
_SOON = 10.0  # seconds for which one that was ready must have worked not to count


class _Child:
    """One process.

    Attributes:
        replaces: The one that ends when this is ready.
        ready_at: When it became ready; None before.
        end_at: When it is killed, if it still runs; None for never.
    """

    def __init__(
        self, number: int, process: BaseProcess, replaces: _Child | None
    ) -> None:
        self.number = number
        self.process = process
        self.replaces = replaces
        self.ready_at: float | None = None
        self.end_at: float | None = None

    def __str__(self) -> str:
        return f"worker {self.number} (process {self.process.pid})"

    @property
    def end(self) -> str:
        """How it has ended, in words."""
        code = self.process.exitcode or 0
        return f"killed by {_name(-code)}" if code < 0 else f"exit code {code}"

    def tell(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.process.exitcode is None and self.process.pid is not None:
            os.kill(self.process.pid, number)


# decision 113: The first worker proves that the service can start
class Supervisor:
    """Run a function in several processes until a signal.

    Args:
        work: What each does; it calls ``ready`` of the worker, and returns or raises.
        count: How many processes.
        patience: Seconds that each may take to end before it is killed.
        started: Called when the first one is ready.
        stopping: Called at the signal that ends them.
        told: Exit codes of workers that have said themselves why they ended.
    """

    def __init__(  # noqa: PLR0913 — most have their defaults
        self,
        work: Callable[[Worker], None],
        count: int,
        *,
        patience: float,
        started: Callable[[], None] = lambda: None,
        stopping: Callable[[], None] = lambda: None,
        told: Container[int] = (),
    ) -> None:
        self._work = work
        self._count = count
        self._patience = patience
        self._started = started
        self._on_stop = stopping
        self._told = told
        self._children: list[_Child] = []
        self._due: dict[int, float] = {}  # worker → when it is started again
        self._failures: dict[int, int] = {}
        self._to_renew: list[_Child] = []
        self._proven = self._stopping = False
        self._code = self._failed = 0

    def run(self) -> int:
        """Work until SIGINT or SIGTERM has ended all; return the exit code.

        It is 0 if they were asked to end and did, that of the first that failed in
        doing so, as a lifespan may; that of the first worker if that ended before it
        was ready; and 128 + the signal if that came twice.
        """
        with ExitStack() as stack:
            numbers = [*PASSED_ON, signal.SIGCHLD, *([RENEWING] if RENEWING else [])]
            self._signals = stack.enter_context(SignalPipe(numbers))
            self._ready_end, self._ready_fd = _pipe(stack)
            self._life_fd, self._life_end = _pipe(stack)
            os.set_blocking(self._ready_end, False)
            self._start(1)
            while self._children or self._due:
                self._turn()
        return self._code or self._failed

    def _turn(self) -> None:
        """Wait until something happens, and see to it."""
        sentinels = [each.process.sentinel for each in self._children]
        fds = [self._signals.fd, self._ready_end]
        wait([*fds, *sentinels], self._timeout())
        for number in self._signals.taken():
            self._heed(number)
        self._note_ready()
        for child in [
            each for each in self._children if each.process.exitcode is not None
        ]:
            self._children.remove(child)
            self._ended(child)
        self._start_due()
        self._kill_late()

    def _timeout(self) -> float | None:
        """Return the seconds until something is due; None if nothing is."""
        ends = [each.end_at for each in self._children if each.end_at is not None]
        times = [*self._due.values(), *ends]
        return max(min(times) - time.monotonic(), 0.0) if times else None

    def _start(self, number: int, replaces: _Child | None = None) -> None:
        worker = Worker(number, self._ready_fd, self._life_fd)
        # A signal between fork and become_worker would be taken for the supervisor's.
        with blocked():
            process = multiprocessing.get_context("fork").Process(
                target=self._be, args=(worker,), name=f"worker {number}"
            )
            process.start()
        self._children.append(_Child(number, process, replaces))

    def _be(self, worker: Worker) -> None:
        """Work, in the new process."""
        os.close(self._life_end)
        os.close(self._ready_end)
        become_worker()
        self._signals.leave()
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        self._work(worker)

    def _heed(self, number: int) -> None:
        if number in PASSED_ON:
            self._stop(number)
        elif number == RENEWING and self._proven and not self._stopping:
            logger.info("replacing all workers, one after the other")
            replaced = {each.replaces for each in self._children} - {None}
            self._to_renew = [
                each
                for each in self._children
                if each.end_at is None and each not in replaced
            ]
            if not replaced:  # else the next one follows when that is done
                self._renew_next()

    def _stop(self, number: int) -> None:
        """Let all end; those that are told twice end at once."""
        if self._stopping:
            self._code = 128 + number
        else:
            logger.info("shutting down")
            self._on_stop()
        self._stopping = True
        self._due.clear()
        self._to_renew.clear()
        for child in self._children:
            if self._code:  # SIGTERM could reach it before it has seen the first one
                child.tell(signal.SIGKILL)
            elif child.end_at is None:  # else a second one would cut its calls
                self._retire(child)

    def _retire(self, child: _Child) -> None:
        child.tell(signal.SIGTERM)
        child.end_at = time.monotonic() + self._patience

    def _renew_next(self) -> None:
        if self._to_renew:
            child = self._to_renew.pop(0)
            self._start(child.number, replaces=child)

    def _note_ready(self) -> None:
        try:
            text = os.read(self._ready_end, 4096)
        except BlockingIOError:
            return
        pids = set(map(int, text.split()))
        for child in [each for each in self._children if each.process.pid in pids]:
            child.ready_at = time.monotonic()
            if child.replaces is not None:
                self._retire(child.replaces)
                child.replaces = None
                self._renew_next()
            if not self._proven:
                self._prove()

    def _prove(self) -> None:
        self._proven = True
        self._started()
        if not self._stopping:
            for number in range(2, self._count + 1):
                self._start(number)

    def _ended(self, child: _Child) -> None:
        """See to what has to follow the end of a worker."""
        child.process.join()
        if child in self._to_renew:
            self._to_renew.remove(child)
        code = child.process.exitcode or 0
        if self._stopping or child.end_at is not None:
            if code not in _TOLD_TO_END:
                logger.error("%s failed while it ended: %s", child, child.end)
                self._failed = self._failed or (_shown(code) if self._stopping else 0)
            return
        if not self._proven:
            if child.process.exitcode not in self._told:
                logger.error("%s ended before it was ready: %s", child, child.end)
            self._code = _shown(code or 1)
        elif child.replaces is not None:
            logger.error(
                "%s ended before it was ready: %s; the others stay", child, child.end
            )
            self._to_renew.clear()
            if child.replaces not in self._children:
                self._start_again(child)
        elif any(each.replaces is child for each in self._children):
            logger.warning("%s ended: %s; another starts already", child, child.end)
        else:
            self._start_again(child)

    def _start_again(self, child: _Child) -> None:
        now, failures = time.monotonic(), self._failures.get(child.number, 0)
        if child.ready_at is not None and now - child.ready_at >= _SOON:
            failures = 0
        delay = min(_FIRST * 2 ** (failures - 1), _LONGEST) if failures else 0.0
        self._failures[child.number] = failures + 1
        self._due[child.number] = now + delay
        when = f"in {delay:g} s" if delay else "now"
        logger.warning("%s ended: %s; starting another %s", child, child.end, when)

    def _start_due(self) -> None:
        now = time.monotonic()
        for number in [each for each, when in self._due.items() if when <= now]:
            del self._due[number]
            self._start(number)

    def _kill_late(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.end_at is not None and child.end_at <= now:
                logger.warning("%s did not end in time: killed", child)
                child.tell(signal.SIGKILL)
                child.end_at = now + self._patience


def _pipe(stack: ExitStack) -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        stack.callback(os.close, end)
    return ends


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _shown(code: int) -> int:
    """Return an exit code as a shell has it: 128 + the signal where one ended it."""
    return code if code >= 0 else 128 - code
