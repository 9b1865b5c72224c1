"""Threads for handlers that block, which no program waits for when it ends.

The threads of :class:`concurrent.futures.ThreadPoolExecutor` are joined when the
interpreter exits, and it has no option against that: a handler that hangs would keep
the process alive long after the grace of its server.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextvars import Context, copy_context
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

T = TypeVar("T")
P = ParamSpec("P")

_Work: TypeAlias = "Callable[[], None] | None"  # None ends the thread that takes it

_END = object()  # stands for the end of an iterator that runs in threads


# decision 101
class DaemonThreads(Executor):
    """Run functions in daemon threads, each started when no other is idle.

    Args:
        most: The most threads; above that, functions wait for one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._idle = threading.Semaphore(0)
        self._work: SimpleQueue[_Work] = SimpleQueue()
        self._lock = threading.Lock()
        self._end = weakref.finalize(self, _end, self._work)
        self._end.atexit = False

    def submit(
        self, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> Future[T]:
        """Run a function in a thread; return the future of what it returns.

        Raises:
            RuntimeError: The threads were shut down.
        """
        if not self._end.alive:
            raise RuntimeError("the threads are shut down")
        future: Future[T] = Future()
        call = partial(function, *arguments, **named)
        self._work.put(partial(_settle, future, call))
        if not self._idle.acquire(blocking=False):
            self._start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 — as in Executor
        """End the threads once they are idle; nothing waits for them."""
        del wait, cancel_futures
        self._end()

    def _start(self) -> None:
        with self._lock:
            if self._count == self._most:
                return
            name = f"handler_{self._count}"
            self._count += 1
        # The thread holds no reference to the executor, whose end is its end.
        arguments = self._work, self._idle
        threading.Thread(target=_run, args=arguments, name=name, daemon=True).start()


def _run(queue: SimpleQueue[_Work], idle: threading.Semaphore) -> None:
    while (work := queue.get()) is not None:
        work()
        del work  # and with it what the function refers to
        idle.release()
    queue.put(None)  # for the next thread


def _end(queue: SimpleQueue[_Work]) -> None:
    queue.put(None)


class OneThread(Executor):
    """Run functions in one thread of others, held from the first one to the end.

    So what a call opens, uses and closes may belong to its thread, as objects of
    :mod:`sqlite3` do. Nothing is held before the first function.

    Args:
        threads: The threads.
    """

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._work: SimpleQueue[_Work] = SimpleQueue()
        self._last: Future[Any] | None = None

    @property
    def held(self) -> bool:
        """Whether a function was passed to the thread."""
        return self._last is not None

    @property
    def busy(self) -> bool:
        """Whether a function still runs, of a call that was cancelled meanwhile."""
        return self._last is not None and not self._last.done()

    def submit(
        self, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> Future[T]:
        """Run a function after those before it; return the future of its result.

        Raises:
            RuntimeError: The threads were shut down.
        """
        future: Future[T] = Future()
        call = partial(function, *arguments, **named)
        self._work.put(partial(_settle, future, call))
        if self._last is None:
            self._threads.submit(_work_off, self._work)
        self._last = future
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 — as in Executor
        """Give the thread back after what it was passed; nothing waits for that."""
        del wait, cancel_futures
        self._work.put(None)


def _work_off(queue: SimpleQueue[_Work]) -> None:
    while (work := queue.get()) is not None:
        work()
        del work  # and with it what the function refers to


async def clean_up_in(
    thread: OneThread, function: Callable[[], T], context: Context | None = None
) -> T | None:
    """Return what a function that cleans up returns.

    After a function that outlives its call, nothing waits for it: that may hang.
    """
    if thread.busy:
        run = (copy_context() if context is None else context).run
        thread.submit(run, function)
        return None
    result: T = await call_in(thread, function, context)
    return result


async def result_in(executor: Executor, function: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Return what a function returns in a thread; iterators as asynchronous ones."""
    result = await call_in(executor, function)
    return _iterate(executor, result) if isinstance(result, Iterator) else result


async def _iterate(executor: Executor, values: Iterator[Any]) -> AsyncIterator[Any]:
    """Yield the values of an iterator that blocks, each from a thread."""
    try:
        while True:
            value = await call_in(executor, lambda: next(values, _END))
            if value is _END:
                return
            yield value
    finally:
        close = getattr(values, "close", None)
        if close is not None and isinstance(executor, OneThread):
            await clean_up_in(executor, close)


async def call_in(
    executor: Executor,
    function: Callable[[], Any],
    context: Context | None = None,
    undo: Callable[[], object] | None = None,
) -> Any:  # noqa: ANN401 — whatever the function returns
    """Return what a function returns, or raise what it raises, in a thread.

    Args:
        executor: The threads.
        function: The function.
        context: The context that it runs in; None is a copy of that of the task.
        undo: Called after it, in its thread, if it has returned and the task was
            cancelled meanwhile: no thread can be.
    """
    run = (copy_context() if context is None else context).run
    outcome = executor.submit(run, _outcome, function)
    try:
        value, error = await asyncio.wrap_future(outcome)
    except asyncio.CancelledError:
        if undo is not None:
            outcome.add_done_callback(partial(_undo, partial(run, undo)))
        raise
    if error is not None:
        raise error
    return value


def _outcome(function: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """Return what a function returns, and what it raises.

    A future of asyncio takes no StopIteration: it would never be done.
    """
    try:
        return function(), None
    except BaseException as error:  # noqa: BLE001 — raised again on the event loop
        return None, error


def _undo(
    undo: Callable[[], object], outcome: Future[tuple[Any, BaseException | None]]
) -> None:
    if not outcome.cancelled() and outcome.result()[1] is None:
        undo()


def _settle(future: Future[T], call: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 — whoever waits for it decides
        future.set_exception(error)
    else:
        future.set_result(result)
