"""A service in several processes, each of them real."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from servers import (
    CallError,
    Client,
    ConnectionLostError,
    ListenError,
    Service,
    UsageError,
)
from tests.patience import PATIENCE
from tests.servers.serving.probes import ask, free_port
from tests.servers.serving.programs import serving

if TYPE_CHECKING:
    from pathlib import Path


async def _pids(port: int, clients: int) -> Counter[int]:
    """Return how many of so many connections each process has."""
    nests = [Client("127.0.0.1", port) for _ in range(clients)]
    pids = [int(await nest.send("pid", 0)) for nest in nests]
    for nest in nests:
        await nest.aclose()
    return Counter(pids)


async def _until_another(port: int, than: set[int]) -> int:
    """Return a process that serves and is none of these."""
    async with asyncio.timeout(PATIENCE):
        while not (others := set(await _pids(port, 1)) - than):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return others.pop()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _terminated(process: object) -> None:
    """See that no process of that number is left, not even a zombie."""
    assert isinstance(process, int)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_several_processes_serve_at_ports_of_their_own_and_end_at_sigterm() -> None:
    with serving(workers=2, reuse_port=True, grace=1) as service:
        port = service.port()
        pids: set[int] = set()
        while len(pids) < 2:
            pids |= set(asyncio.run(_pids(port, 16)))
        assert service.process.pid not in pids
        service.process.send_signal(signal.SIGTERM)
        assert service.rest() == "INFO shutting down\nINFO stopped\n"
        assert service.process.wait(PATIENCE) == 0
    for pid in pids:
        _terminated(pid)


def test_a_worker_that_dies_is_started_again() -> None:
    async def die() -> int:
        async with Client("127.0.0.1", port) as nest:
            dead = int(await nest.send("pid", 0))
            await nest.emit("die", 0)
        assert await _until_another(port, {dead})
        return dead

    with serving(workers=2, grace=0) as service:
        port = service.port()
        dead = asyncio.run(die())
        told = service.told(r"worker \d \(process (\d+)\) ended: exit code 7; starting")
        assert int(told[1]) == dead
        _terminated(dead)


def test_sighup_replaces_all_without_a_pause(tmp_path: Path) -> None:
    async def serve_on() -> None:
        before: set[int] = set()
        while len(before) < 2:
            before |= set(await _pids(port, 16))
        service.process.send_signal(signal.SIGHUP)
        while before:
            with suppress(ConnectionLostError):  # one that ends answers nothing new
                await _pids(port, 1)  # … but no connection is ever refused
            before = set(filter(_runs, before))

    with serving(tmp_path / "file", workers=2, grace=0) as service:
        port = service.port()
        asyncio.run(serve_on())
        service.told("replacing all workers")
        service.process.send_signal(signal.SIGINT)
        assert service.rest() == "INFO shutting down\nINFO stopped\n"


def test_the_first_worker_that_cannot_start_ends_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAILS", "1")
    with serving(workers=3) as service:
        lines = service.rest().splitlines()
        assert service.process.wait(PATIENCE) == 1
    assert lines.count("ConnectionError: no database") == 1
    assert lines[-1].startswith("ERROR worker 1 (process ")
    assert lines[-1].endswith(") ended before it was ready: exit code 1")


def test_workers_end_when_their_supervisor_is_killed() -> None:
    with serving(workers=2, grace=0) as service:
        port = service.port()
        pids = asyncio.run(_pids(port, 4))
        service.process.kill()
        # The pipe closes with the last process that has it.
        assert "Traceback" not in service.rest()
        assert service.out.read() == ""
        assert pids


async def _until_refused(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                return
            except ConnectionResetError:  # it was waiting when the last one left
                continue
            writer.close()


def test_a_second_signal_ends_workers_at_once() -> None:
    async def hang() -> None:
        async with Client("127.0.0.1", port) as nest:
            hanging = asyncio.ensure_future(nest.send("hang", 0))
            await asyncio.to_thread(service.out.readline)
            service.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(service.told, "shutting down")
            await _until_refused(port)  # rather than left to wait for nobody
            service.process.send_signal(signal.SIGTERM)
            with pytest.raises(CallError):
                await hanging

    with serving(workers=2, grace=PATIENCE) as service:
        port = service.port()
        asyncio.run(hang())
        assert service.process.wait(PATIENCE) == 128 + signal.SIGTERM


async def _flood(client: Client, calls: int) -> list[int]:
    """Call so many times or until calls fail; return what is answered."""
    answered, numbers = list[int](), iter(range(calls))

    async def go_on() -> None:
        for number in numbers:
            try:
                await client.send("work", number, timeout=PATIENCE)
            except CallError:
                return
            answered.append(number)

    await asyncio.gather(*(go_on() for _ in range(8)))
    return answered


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_that_end_under_load_lose_no_reply(
    workers: int, tmp_path: Path
) -> None:
    file, path = tmp_path / "finished", tmp_path / "s"

    async def load() -> list[int]:
        async def stop() -> None:
            while len(file.read_text().split()) < 100:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            service.process.send_signal(signal.SIGTERM)

        clients = [Client(uds=path) for _ in range(4)]
        floods = [_flood(each, 10_000) for each in clients]
        stopping = asyncio.ensure_future(stop())
        answered = await asyncio.gather(*floods)
        await stopping
        for each in clients:
            await each.aclose()
        return [number for numbers in answered for number in numbers]

    with serving(file, workers=workers, uds=str(path), grace=60) as service:
        service.told("listening on unix:")
        answered = Counter(asyncio.run(load()))
        assert service.process.wait(PATIENCE) == 0
    finished = Counter(map(int, file.read_text().split()))
    assert finished.total() >= 100
    assert not finished - answered
    assert not path.exists()


def test_probes_are_answered_by_one_of_the_workers() -> None:
    port = free_port()
    with serving(workers=2, health_port=port, drain=PATIENCE) as service:
        service.told(rf"probes at http://127\.0\.0\.1:{port}/readyz$")
        service.port()
        assert asyncio.run(ask(port, "/readyz"))[0] == 200
        service.process.send_signal(signal.SIGTERM)

        async def until_not_ready() -> None:
            while (await ask(port, "/readyz"))[0] != 503:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

        service.told("shutting down")
        asyncio.run(until_not_ready())
        service.process.send_signal(signal.SIGTERM)  # or it would drain on
        assert service.process.wait(PATIENCE) == 128 + signal.SIGTERM


def test_a_port_in_use_is_told_before_anything_is_forked() -> None:
    with serving() as other:
        port = other.port()
        with pytest.raises(ListenError, match="Address already in use"):
            Service().run("127.0.0.1", port, workers=2)


@pytest.mark.parametrize("workers", [0, -1])
def test_somebody_has_to_work(workers: int) -> None:
    with pytest.raises(UsageError, match=f"{workers} workers serve nobody"):
        Service().run("127.0.0.1", 0, workers=workers)


async def test_nothing_is_forked_beside_a_loop_that_runs() -> None:
    with pytest.raises(UsageError, match="where no event loop runs"):
        Service().run("127.0.0.1", 0, workers=2)


def test_nothing_is_forked_outside_the_main_thread() -> None:
    errors: list[Exception] = []

    def work() -> None:
        try:
            Service().run("127.0.0.1", 0, workers=2)
        except UsageError as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(PATIENCE)
    assert len(errors) == 1


def test_a_system_that_cannot_fork_has_one_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(UsageError, match="cannot fork"):
        Service().run("127.0.0.1", 0, workers=2)
