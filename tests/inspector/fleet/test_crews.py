from __future__ import annotations

import os
import signal
import socket
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.generate_fleet import Shape, generate
from inspector.errors import InspectorError
from inspector.fleet import crews
from inspector.fleet.crews import Crew, Here, cluster, processes
from inspector.fleet.following import STOP
from inspector.fleet.saving import encoded
from inspector.fleet.sources import Source
from tests.inspector.fleets import (
    SMALL,
    Cluster,
    calls,
    calls_in,
    ran,
    rows_in,
    served,
)
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from inspector.fleet.running import Outcome


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
    with Cluster(tmp_path) as dask:
        address = dask.address
        rows = tmp_path / "rows"
        crew = Crew(lambda: cluster(address))
        one = ran(tmp_path / "one", sources, crew, keep=True, rows=rows)
        some = _interrupted(tmp_path, address)
        dask.add_worker()
        killed = [dask.workers[0]]

        def kill() -> None:
            if killed:
                killed.pop().kill()

        crew = Crew(lambda: cluster(address), kill)
        two = ran(tmp_path / "two", sources, crew, keep=True)

    assert calls_in(rows_in(rows)) == calls(one.report)
    assert some.interrupted
    far, near = some.report.sources
    assert (far.stopped, near.stopped, near.files_read) == (True, False, 3)
    assert far.addresses  # its task was not given up, and says what it has read
    assert calls(some.report).total() > 0
    assert not killed
    assert encoded(one.report) == alone
    assert encoded(two.report) == alone


def _interrupted(folder: Path, address: str) -> Outcome:
    """Run where a source is not sent before somebody presses Ctrl-C."""
    asked, released, work = Event(), Event(), folder / "interrupted"

    def hold() -> None:
        asked.set()
        released.wait(PATIENCE)

    with served(folder / "fleet", hold) as url:
        far = Source("far", (f"{url}/host-2/eth0.pcap0",), ("10.9.0.1",))
        near = Source("near", tuple(map(str, (folder / "fleet/host-1").iterdir())))

        def press() -> None:
            if asked.is_set() and not released.is_set() and list(work.glob("near*e")):
                raise KeyboardInterrupt

        def stop() -> None:
            (work / STOP).touch()
            released.set()

        crew = Crew(lambda: cluster(address), press, stop)
        return ran(work, [near, far], crew, keep=True)


def test_a_killed_scheduler_is_one_line_and_another_goes_on(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    generate(tmp_path / "fleet", Shape(hosts=2, files=2, exchanges=60))
    asked, released, state = Event(), Event(), tmp_path / "state"

    def hold() -> None:
        asked.set()
        released.wait(PATIENCE)

    with served(tmp_path / "fleet", hold) as url, Cluster(tmp_path) as dask:
        toml, address = tmp_path / "sources.toml", dask.address
        toml.write_text(
            f'[[source]]\nname = "near"\nfiles = "{tmp_path}/fleet/host-1/*"\n'
            f'[[source]]\nname = "far"\nfiles = "{url}/host-2/eth0.pcap0"\n'
        )

        def kill() -> None:
            if asked.is_set() and list(state.glob("near*.state")):
                dask.scheduler.kill()
                monkeypatch.setattr(crews, "CONNECT_S", 1)  # and not 20

        crew = Crew(lambda: cluster(address), kill)
        with pytest.raises(InspectorError, match=f"no scheduler answers at {address}"):
            ran(state, [toml], crew, keep=True)
        monkeypatch.undo()
        released.set()
        said = capfd.readouterr()
        with Cluster(tmp_path) as other:
            address = other.address
            resumed = ran(state, [toml], Crew(lambda: cluster(address)), keep=True)
        whole = ran(tmp_path / "whole", [toml])

    assert said == ("", "")
    assert [each.files_read for each in resumed.report.sources] == [1, 2]
    assert encoded(resumed.report) == encoded(whole.report)
