"""Two processes say what one says, and leave nothing behind."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.generate_capture import generate
from inspector.capture.files import STDIN, read_capture
from inspector.capture.limits import Limits
from inspector.commands.interruption import INTERRUPTED
from inspector.commands.run import Run
from inspector.errors import DamagedCaptureError
from inspector.sharing import pace, part, processes
from inspector.sharing.part import UnshareableError
from inspector.sharing.processes import SharedInspection, Task, worth_sharing
from inspector.views.progress import ProgressBar
from protocol import NEWEST
from tests.inspector.captures import SEED
from tests.inspector.command import PROGRAM
from tests.inspector.sharing.reports import inspected_at_once, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.capture.records import PacketRecord

_EXCHANGES = 29_000
_ONE_PROCESSOR = ["taskset", "--cpu-list", f"{min(os.sched_getaffinity(0))}"]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture that is worth two processes."""
    path = tmp_path_factory.mktemp("captures") / "many.pcap"
    generate(path, _EXCHANGES)
    return path


@pytest.fixture(scope="module")
def records(capture: Path) -> list[PacketRecord]:
    return list(read_capture(str(capture)))


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()


def _run(*command: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=True, timeout=120)


def _shared(
    capture: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> SharedInspection:
    task = Task([str(capture)], frozenset(), NEWEST, Limits())
    return SharedInspection(task, progress)


def test_two_processes_say_what_one_says(
    capture: Path, records: list[PacketRecord]
) -> None:
    report = _shared(capture).report()

    assert report.packet_records == len(records)
    assert told(report) == told(inspected_at_once(records))


def test_stopped_anywhere_they_say_what_one_says_of_what_was_read(
    capture: Path, records: list[PacketRecord]
) -> None:
    def stop(done: int) -> None:
        if done > 5_000_000:
            shared.reading.stop()

    shared = _shared(capture, stop)
    report = shared.report()

    assert shared.reading.stopped
    assert 5_000_000 // 250 < report.packet_records < len(records)
    read = records[: report.packet_records]
    assert told(report) == told(inspected_at_once(read))


def test_of_a_capture_that_is_cut_off_one_process_tells(
    capture: Path, records: list[PacketRecord], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(capture.read_bytes()[:-7])
    shared = _shared(cut)
    report = shared.report()

    assert [type(problem) for problem in shared.problems] == [DamagedCaptureError]
    assert told(report) == told(inspected_at_once(records[:-1]))


def _dies(*_: object) -> None:
    os._exit(1)


def _goes_wrong(*_: object) -> None:
    raise ZeroDivisionError


def _cannot_be_shared(*_: object) -> None:
    raise UnshareableError


def _dies_while_it_sends(*arguments: object) -> None:
    sender = arguments[-1]
    assert isinstance(sender, Connection)
    os.write(sender.fileno(), b"\x00\x01\x00\x00only some of 65,536 bytes")
    os._exit(1)


def _has_no_more(*_: object) -> None:
    raise OSError(errno.EAGAIN, "Resource temporarily unavailable")


@pytest.mark.parametrize(
    "way", ["dies", "dies later", "goes wrong", "cannot share", "fork", "lock"]
)
def test_when_the_other_fails_nothing_is_told(
    way: str, capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "dies":
        monkeypatch.setattr(processes, "_help", _dies)
    elif way == "dies later":
        monkeypatch.setattr(processes, "_help", _dies_while_it_sends)
        monkeypatch.setattr(pace, "AHEAD", 1 << 40)
    elif way == "fork":
        monkeypatch.setattr(os, "fork", _has_no_more)
    elif way == "lock":
        monkeypatch.setattr(processes, "Pace", _has_no_more)
    elif way == "goes wrong":
        monkeypatch.setattr(processes, "pack", _goes_wrong)
    else:
        monkeypatch.setattr(part, "MAX_NOTES", 3)

    with pytest.raises(UnshareableError):
        _shared(capture).report()


def test_small_captures_pipes_and_one_processor_are_not_worth_it(
    capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worth_sharing([str(capture)]) == (len(os.sched_getaffinity(0)) > 1)
    assert not worth_sharing([str(SEED)])
    assert not worth_sharing([str(capture), STDIN])
    monkeypatch.setattr(processes, "_processors", lambda: 1)
    assert not worth_sharing([str(capture)])


def test_the_command_says_the_same_on_one_processor(capture: Path) -> None:
    alone = _run(*_ONE_PROCESSOR, PROGRAM, capture)
    together = _run(PROGRAM, capture)

    assert alone.stdout
    assert together.stdout == alone.stdout
    assert together.stderr == alone.stderr == b""


def test_what_cannot_be_shared_is_done_alone(
    capture: Path, records: list[PacketRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "MAX_NOTES", 3)
    with pytest.raises(UnshareableError):
        _shared(capture).report()
    run = Run([str(capture)], [])
    run.inspect()
    run.finish()

    assert told(run.report()) == told(inspected_at_once(records))


def test_what_was_read_till_an_interrupt_is_told_if_it_cannot_be_shared(
    capture: Path, records: list[PacketRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, stopped = Run([str(capture)], []), list[int]()

    def stop_once(_: ProgressBar, done: int) -> None:
        if done > 5_000_000 and not stopped:
            stopped.append(done)
            run._reading.stop()  # noqa: SLF001

    monkeypatch.setattr(processes, "merged", _cannot_be_shared)
    monkeypatch.setattr(ProgressBar, "update", stop_once)
    run.inspect()
    report = run.report()

    assert 5_000_000 // 250 < report.packet_records < len(records)
    assert told(report) == told(inspected_at_once(records[: report.packet_records]))
    with pytest.raises(SystemExit, match=str(INTERRUPTED)):
        run.finish()


def test_an_interrupt_stops_both(capture: Path) -> None:
    # The capture several times, so that it is still read when the signal comes.
    process = subprocess.Popen(
        [PROGRAM, *[str(capture)] * 4],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        helper = _helpers(process)
        os.killpg(process.pid, signal.SIGINT)
        out, error = process.communicate(timeout=60)

    assert process.returncode == INTERRUPTED
    assert error.startswith(b"protocol-inspect: interrupted; the report covers packet ")
    assert error.count(b"\n") == 1
    assert b"Packets on the wire" in out or b"packet 0" in error
    assert helper
    assert all(_is_gone(pid) for pid in helper)


def test_when_the_command_is_killed_the_other_ends(capture: Path) -> None:
    captures = [str(capture)] * 4
    with subprocess.Popen([PROGRAM, *captures], stdout=subprocess.PIPE) as process:
        (helper,) = _helpers(process)
        process.kill()
        process.wait(timeout=60)
    _wait_until_gone(helper)


def _wait_until_gone(process: str) -> None:
    assert process
    end = time.monotonic() + 30
    while not (gone := _is_gone(process)) and time.monotonic() < end:
        time.sleep(0.01)
    assert gone


def _is_gone(process: str) -> bool:
    """Whether a process runs no more, though nobody may have asked how it ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def _helpers(process: subprocess.Popen[bytes]) -> list[str]:
    """Return the processes that a command has started, once there are any."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    end = time.monotonic() + 60
    while not children.read_text() and time.monotonic() < end:
        time.sleep(0.001)
    return children.read_text().split()


_STARTS_AND_DIES = """
import os, signal, sys
from inspector.capture.limits import Limits
from inspector.sharing import pace, processes
from protocol import NEWEST
pace.AHEAD = 1 << 40
processes.pack = lambda part: bytes(1 << 20)  # more than a pipe holds
task = processes.Task([sys.argv[1]], frozenset(), NEWEST, Limits())
with processes.SharedInspection(task, lambda done: None)._helper():
    print(open(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_who_has_more_to_tell_than_a_pipe_holds_ends_when_nobody_hears_it() -> None:
    command = [sys.executable, "-c", _STARTS_AND_DIES, str(SEED)]
    told = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=False)

    assert told.returncode == -signal.SIGKILL
    _wait_until_gone(told.stdout.decode().strip())
