from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from servers import Client, DuplicateHandlerError, HandlerError, PatternError, Service
from servers.testing import connected
from tests.servers.peers import until

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """
import asyncio, logging
from servers import Service
logging.basicConfig(level="INFO", format="%(message)s")
service = Service()

@service.message("wait")
async def wait(seconds: float) -> float:
    print("begun", flush=True)
    await asyncio.sleep(seconds)
    print("done", flush=True)
    return seconds

service.run("127.0.0.1", 0)
"""


async def test_a_list_is_several_patterns() -> None:
    service = Service()

    @service.message(["a", {"b": 1}, 3])
    def answer() -> str:
        return "here"

    assert service.routes == ["a", '{"b":1}', "3"]
    async with connected(service) as nest:
        for pattern in ("a", {"b": 1}, 3, "3"):
            assert await nest.send(pattern, 0) == "here"


def test_a_function_can_be_registered_and_still_be_called() -> None:
    service = Service()

    @service.message("double")
    @service.event("double happened")
    def double(number: int) -> int:
        return 2 * number

    assert double(4) == 8


def test_bad_use_is_told_at_once() -> None:
    service = Service()
    service.message("a")(lambda: 1)

    with pytest.raises(DuplicateHandlerError):
        service.message("a")(lambda: 2)
    with pytest.raises(PatternError):
        service.event(None)
    with pytest.raises(HandlerError):
        service.message("b")(lambda _one, _two: 1)
    assert service.routes == ["a"]


async def test_replace_replaces() -> None:
    service = Service()
    service.message("a")(lambda: 1)
    service.message("a", replace=True)(lambda: 2)

    async with connected(service) as nest:
        assert await nest.send("a", 0) == 2


async def test_several_handlers_hear_an_event() -> None:
    service, heard = Service(), list[str]()
    service.event("e")(lambda data: heard.append(f"one {data}"))

    @service.event("e")
    async def two(data: int) -> None:
        heard.append(f"two {data}")

    async with connected(service) as nest:
        await nest.emit("e", 1)

    assert sorted(heard) == ["one 1", "two 1"]


async def test_handlers_that_block_run_beside_each_other() -> None:
    service, together = Service(), threading.Barrier(3, timeout=60)

    @service.message("meet", thread=True)
    def meet() -> int:
        return together.wait()

    async with connected(service) as nest:
        places = await asyncio.gather(*(nest.send("meet", 0) for _ in range(3)))

    assert sorted(places) == [0, 1, 2]


async def test_serving_ends_when_it_is_cancelled(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    service = Service()
    serving = asyncio.ensure_future(
        service.serve("127.0.0.1", 0, signals=False, grace=1)
    )
    await until(lambda: "listening on 127.0.0.1:" in caplog.text)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(_PROGRAM, encoding="utf-8")
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_calls_finish_and_ends_the_program(
    number: signal.Signals, program: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        found = re.search(r"listening on 127.0.0.1:(\d+)", process.stderr.readline())
        assert found is not None

        async def call() -> float:
            async with Client("127.0.0.1", int(found[1])) as nest:
                waiting = asyncio.ensure_future(nest.send("wait", 0.3))
                await asyncio.to_thread(process.stdout.readline)  # type: ignore[union-attr]
                process.send_signal(number)
                value: float = await waiting
                return value

        assert asyncio.run(call()) == 0.3
        out, err = process.communicate(timeout=60)

    assert process.returncode == 0
    assert out == "done\n"
    assert err == "shutting down\nstopped: 1 call finished\n"


def test_a_second_signal_ends_it_at_once(program: Path) -> None:
    with subprocess.Popen(
        [sys.executable, program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stderr is not None
        found = re.search(r":(\d+)", process.stderr.readline())
        assert found is not None

        async def call() -> None:
            async with Client("127.0.0.1", int(found[1])) as nest:
                waiting = asyncio.ensure_future(nest.send("wait", 30))
                await asyncio.to_thread(process.stdout.readline)  # type: ignore[union-attr]
                process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(process.stderr.readline)  # type: ignore[union-attr]
                process.send_signal(signal.SIGTERM)
                await asyncio.wait([waiting])
                assert waiting.exception() is not None

        asyncio.run(call())
        process.communicate(timeout=60)

    assert process.returncode == -signal.SIGTERM
