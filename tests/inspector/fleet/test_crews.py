from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any, Self

import pytest

from benchmarks.generate_fleet import generate
from inspector.errors import InspectorError
from inspector.fleet import crews
from inspector.fleet.crews import Crew, Here, cluster, processes
from inspector.fleet.saving import encoded
from tests.inspector.fleets import SMALL, ran
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path


def _twice(number: int) -> int:
    if number < 0:
        raise ValueError("below zero")
    return 2 * number


def test_each_task_is_done_once() -> None:
    crew = Crew(Here)
    given = {number: (number,) for number in range(5)}

    assert dict(crew.results(_twice, given)) == {n: 2 * n for n in range(5)}
    with pytest.raises(ValueError, match="below zero"):
        dict(crew.results(_twice, {"a": (-1,)}))


def test_one_process_is_this_one_and_several_are_others() -> None:
    assert isinstance(processes(1), Here)
    with processes(2) as several:
        assert isinstance(several, ProcessPoolExecutor)


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_that_end_again_and_again_are_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crews, "_ATTEMPTS", 1)
    crew = Crew(lambda: processes(2))

    with pytest.raises(InspectorError, match="its workers were killed, again"):
        dict(crew.results(_end, {"a": ()}))
    crew.close()


class _Interrupted(Here):
    """An executor where somebody presses Ctrl-C with each task from the second on."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 1

    def submit(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 — of whatever task
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        future = super().submit(*given, **named)
        future.result(PATIENCE)
        return future


def test_ctrl_c_gives_what_is_done_and_stops_the_rest() -> None:
    stopped: list[bool] = []
    crew = Crew(_Interrupted, stop=lambda: stopped.append(True))
    found = dict(crew.results(_twice, {1: (1,), 2: (2,)}))

    assert (found, stopped, crew.interrupted) == ({1: 2}, [True], True)
    assert dict(crew.results(_twice, {3: (3,)})) == {}


@pytest.mark.parametrize("make", [Here, lambda: ThreadPoolExecutor(2)])
def test_ctrl_c_ends_the_task_under_way_whose_result_counts(
    make: Callable[[], Executor],
) -> None:
    stop, begun = Event(), Event()

    def work() -> bool:
        begun.set()
        return stop.wait(PATIENCE)

    def press() -> None:
        if begun.is_set() and not stop.is_set():
            raise KeyboardInterrupt

    crew = Crew(make, press, stop.set)

    assert dict(crew.results(work, {"a": ()})) == {"a": True}
    assert crew.interrupted
    crew.close()


def test_a_task_that_fails_ends_the_others() -> None:
    stop = Event()
    crew = Crew(lambda: ThreadPoolExecutor(2), stop=stop.set)

    def work(number: int) -> int:
        if number:
            stop.wait(PATIENCE)
        return _twice(number or -1)

    with pytest.raises(ValueError, match="below zero"):
        dict(crew.results(work, {0: (0,), 1: (1,)}))
    assert stop.is_set()
    crew.close()


def test_a_dead_address_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "CONNECT_S", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(InspectorError, match=f"no scheduler answers at {address}"):
            cluster(address)


def test_without_the_extra_a_line_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(
        InspectorError, match=r"distributed is not installed; .* install"
    ):
        cluster("tcp://127.0.0.1:1")


def test_a_cluster_gives_the_bytes_of_one_process(tmp_path: Path) -> None:
    generate(tmp_path / "fleet", SMALL)
    sources = [tmp_path / "fleet"]
    alone = encoded(ran(tmp_path / "alone", sources).report)
    with _Cluster(tmp_path) as dask:
        address = dask.address
        one = ran(tmp_path / "one", sources, Crew(lambda: cluster(address)), keep=True)
        dask.add_worker()
        killed = [dask.workers[0]]

        def kill() -> None:
            if killed:
                killed.pop().kill()

        crew = Crew(lambda: cluster(address), kill)
        two = ran(tmp_path / "two", sources, crew, keep=True)

    assert not killed
    assert encoded(one.report) == alone
    assert encoded(two.report) == alone


class _Cluster:
    """A scheduler with a worker, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", f"{port}", "--no-dashboard"
        )

    def _start(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *words],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def add_worker(self) -> None:
        words = ["--no-nanny", "--no-dashboard", "--nthreads", "1"]
        folder = ["--local-directory", str(self._folder)]
        self.workers.append(self._start("worker", self.address, *words, *folder))

    def __enter__(self) -> Self:
        self.add_worker()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (*self.workers, self._scheduler):
            each.kill()
            each.wait(PATIENCE)
