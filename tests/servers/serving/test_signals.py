from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

import pytest

from servers.serving.signals import ending, interrupted_by
from tests.patience import PATIENCE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_sets_the_event(number: signal.Signals) -> None:
    with ending() as ended:
        os.kill(os.getpid(), number)
        await asyncio.wait_for(ended.wait(), PATIENCE)
    # The next one ends the program.
    assert signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}


async def test_no_signal_is_handled_unless_that_is_wanted() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with ending(signals=False) as ended:
        assert signal.getsignal(signal.SIGTERM) == before
        assert not ended.is_set()


def test_a_thread_that_may_not_handle_signals_can_serve() -> None:
    seen = list[bool]()

    async def serve() -> None:
        with ending() as ended:
            seen.append(ended.is_set())

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    thread.join(PATIENCE)
    assert seen == [False]


async def test_a_signal_ends_all_services_of_a_loop() -> None:
    with ending() as first:
        with ending() as other, ending() as second:
            with ending():
                pass  # one that ends by itself takes nothing from the others
            os.kill(os.getpid(), signal.SIGTERM)
            for each in (first, second, other):
                await asyncio.wait_for(each.wait(), PATIENCE)
        assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


_SLOW_TO_START = """
import asyncio, sys
from contextlib import asynccontextmanager
from servers import Service

@asynccontextmanager
async def lifespan(service):
    print("starting", flush=True)
    try:
        await asyncio.sleep(3600)
        yield
    finally:
        print("cleaning up", flush=True)
        await asyncio.sleep(float(sys.argv[1]))

Service(lifespan=lifespan).run("127.0.0.1", 0)
"""


@pytest.mark.parametrize(
    ("cleaning", "code"), [("0", 0), ("3600", -signal.SIGTERM)], ids=["once", "twice"]
)
async def test_a_service_that_is_starting_is_ended_in_order(
    cleaning: str, code: int
) -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SLOW_TO_START, cleaning, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        assert await program.stdout.readline() == b"starting\n"
        program.terminate()
        assert await program.stdout.readline() == b"cleaning up\n"
        if code:
            program.terminate()
        assert await asyncio.wait_for(program.wait(), PATIENCE) == code
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def test_what_is_done_before_an_event_is_not_interrupted() -> None:
    told = asyncio.Event()
    async with interrupted_by(told):
        await asyncio.sleep(0)
    told.set()
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        async with interrupted_by(told):
            await asyncio.sleep(3600)
