"""Who does the tasks of a run: processes of this machine, or the workers of a cluster.

Everything else knows :class:`concurrent.futures.Executor` alone. An executor that broke
since a worker was killed is replaced, and what was not done is done again.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from multiprocessing import connection
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast

from inspector.errors import InspectorError
from inspector.installing import pip_command

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

Result = TypeVar("Result")
Key = TypeVar("Key", bound="Hashable")

_ATTEMPTS = 5
"""Executors that may break in a row before a task is given up."""
_LOOK_S = 0.25
_PATIENCE_S = 30
"""Seconds that tasks have to end when somebody interrupts."""
CONNECT_S = 20
"""Seconds that a scheduler has to answer."""


class Here(ThreadPoolExecutor):
    """Does one task after the other, in a thread of this process.

    So who waits for them sees progress and Ctrl-C meanwhile, as with other processes.
    """

    def __init__(self) -> None:
        super().__init__(1)


def processes(workers: int) -> Executor:
    """Return processes of this machine; one is this one itself.

    Ctrl-C is for who waits for them: it ends them by the file that they look for.
    """
    if workers == 1:
        return Here()
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C to who waits for this process, and end when that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def cluster(address: str) -> Executor:
    """Return the workers of a Dask scheduler.

    Raises:
        InspectorError: distributed is not installed, or nothing answers there.
    """
    try:
        from distributed import Client  # noqa: PLC0415 — an extra
    except ImportError:
        command = pip_command("install", "distributed")
        raise InspectorError(
            "--cluster", f"distributed is not installed; {command}"
        ) from None
    _silence("distributed", "tornado")
    try:
        client = cast("Any", Client)(address, timeout=CONNECT_S, set_as_default=False)
    except Exception as error:  # of whatever transport
        words = f"no scheduler answers at {address} within {CONNECT_S} s"
        raise InspectorError("--cluster", words) from error
    return _Cluster(client)


def _silence(*packages: str) -> None:
    """Keep packages from logging: what matters of it, an error says in one line."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in packages:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class _Cluster(Executor):
    """The executor of a Dask client, which ends with it.

    Attributes:
        cancels: Whether tasks that run go on when they are cancelled, as those of a
            process do: here what they give would be lost.
    """

    cancels = False

    def __init__(self, client: Any) -> None:  # noqa: ANN401 — of an extra
        self._client = client
        self._executor = client.get_executor(pure=False, retries=_ATTEMPTS)

    def submit(
        self,
        task: Callable[..., Any],
        /,
        *given: Any,  # noqa: ANN401 — of whatever task
        **named: Any,  # noqa: ANN401
    ) -> Future[Any]:
        future: Future[Any] = self._executor.submit(task, *given, **named)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002
        self._client.close(timeout=CONNECT_S)


def _is_of_cluster(error: Exception) -> bool:
    """Whether a cluster failed, and not the task: a worker, or the way to it."""
    return type(error).__module__.partition(".")[0] in {"distributed", "tornado"}


def _cancel(futures: Iterable[Future[Result]]) -> None:
    for future in futures:
        future.cancel()


class Crew:
    """Does tasks, each once, whatever becomes of a worker.

    Args:
        make: Makes an executor.
        look: Called while tasks are waited for, a few times a second.
        stop: Called when somebody interrupts: the tasks end soon after it.

    Attributes:
        interrupted: Whether somebody did.
    """

    def __init__(
        self,
        make: Callable[[], Executor],
        look: Callable[[], None] = lambda: None,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        self._make, self._look, self._stop = make, look, stop
        self._executor: Executor | None = None
        self.interrupted = False
        self._patient_until = float("inf")

    def results(
        self,
        task: Callable[..., Result],
        given: Mapping[Key, tuple[Any, ...]],
    ) -> Iterator[tuple[Key, Result]]:
        """Yield what a task gives, for each of some arguments, as they are done.

        Raises:
            InspectorError: Workers ended again and again, or a task failed.
        """
        left, attempts = dict(given), 0
        while left and not self.interrupted:
            before = len(left)
            try:
                for key, result in self._round(task, left):
                    del left[key]
                    yield key, result
            except BrokenExecutor:
                pass  # what is left is done by new workers
            if left and not self.interrupted:
                self.close()
                attempts = 0 if len(left) < before else attempts + 1
                if attempts == _ATTEMPTS:
                    problem = "its workers were killed, again and again"
                    raise InspectorError("fleet", problem)

    def _round(
        self, task: Callable[..., Result], given: Mapping[Key, tuple[Any, ...]]
    ) -> Iterator[tuple[Key, Result]]:
        executor = self._executor = self._executor or self._make()
        running: dict[Future[Result], Key] = {}
        try:
            for key, each in list(given.items()):
                running[executor.submit(task, *each)] = key
        except KeyboardInterrupt:
            self._interrupt(running)
        while running:
            try:
                done, _ = wait(running, _LOOK_S, return_when=FIRST_COMPLETED)
                self._look()
            except KeyboardInterrupt:
                self._interrupt(running)
                continue
            if monotonic() > self._patient_until:
                _cancel(running)  # such as what no worker takes
            for future in done:
                key = running.pop(future)
                try:
                    result = future.result()
                except CancelledError:
                    continue
                except Exception as error:
                    if _is_of_cluster(error):
                        raise BrokenExecutor from error
                    self._stop()  # what the others do is of no use
                    raise
                yield key, result

    def _interrupt(self, running: Mapping[Future[Result], Key]) -> None:
        """Let what runs end soon; a second time nothing is waited for.

        Raises:
            KeyboardInterrupt: It is the second time.
        """
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True
        self._stop()
        self._patient_until = monotonic() + _PATIENCE_S
        if getattr(self._executor, "cancels", True):
            _cancel(running)

    def close(self) -> None:
        """End all workers."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)
