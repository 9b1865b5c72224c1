from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest

from servers.server.threads import DaemonThreads
from tests.patience import PATIENCE

_ROOT = Path(__file__).parents[3]

# A service with a handler that waits for what never comes.
_HANGING = """
import asyncio, sys, threading
from servers import Client, Service

service, begun = Service(), threading.Event()

@service.message("hang", thread=True)
def hang():
    begun.set()
    threading.Event().wait()

async def main():
    async with service.listen("127.0.0.1", 0, grace=0.05) as server:
        nest = Client("127.0.0.1", server.port)
        call = asyncio.ensure_future(nest.send("hang", {}))
        await asyncio.to_thread(begun.wait)
    await asyncio.gather(call, return_exceptions=True)
    await nest.aclose()

asyncio.run(main())
sys.stdout.write("over")
"""


def test_a_handler_that_hangs_keeps_no_process_alive() -> None:
    run = subprocess.run(
        [sys.executable, "-c", _HANGING],
        cwd=_ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=True,
    )
    assert run.stdout == "over"


def test_functions_run_in_no_more_threads_than_allowed() -> None:
    threads, together = DaemonThreads(2), threading.Barrier(2)

    def name() -> str:
        together.wait(PATIENCE)
        return threading.current_thread().name

    futures = [threads.submit(name) for _ in range(6)]
    names = {each.result(PATIENCE) for each in futures}
    assert names == {"handler_0", "handler_1"}


def test_an_idle_thread_is_used_again() -> None:
    threads = DaemonThreads(2)
    for _ in range(20):
        first = threads.submit(threading.get_ident)
        assert first.result(PATIENCE)
        done = threads.submit(lambda: threading.current_thread().name)
        assert done.result(PATIENCE) in {"handler_0", "handler_1"}


@pytest.mark.parametrize("error", [ValueError(), SystemExit(), GeneratorExit()])
def test_what_a_function_raises_ends_no_thread(error: BaseException) -> None:
    threads = DaemonThreads(1)

    def fail() -> None:
        raise error

    assert threads.submit(fail).exception(PATIENCE) is error
    assert threads.submit(int, "7").result(PATIENCE) == 7


def test_what_is_cancelled_while_it_waits_does_not_run() -> None:
    threads, let_go, ran = DaemonThreads(1), threading.Event(), threading.Event()
    first = threads.submit(let_go.wait, PATIENCE)
    second = threads.submit(ran.set)
    assert second.cancel()
    let_go.set()
    assert first.result(PATIENCE)
    assert threads.submit(ran.is_set).result(PATIENCE) is False


def test_the_threads_end_with_what_made_them() -> None:
    threads, found = DaemonThreads(2), []
    together = threading.Barrier(2)

    def note() -> None:
        found.append(threading.current_thread())
        together.wait(PATIENCE)

    for future in [threads.submit(note), threads.submit(note)]:
        future.result(PATIENCE)
    gone = weakref.ref(threads)
    del threads, future
    gc.collect()
    assert gone() is None
    for thread in found:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_after_the_end_nothing_is_run() -> None:
    threads = DaemonThreads(1)
    threads.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        threads.submit(int)
