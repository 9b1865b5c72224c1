"""Ctrl-C stops to read at once, and what was read is reported."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from inspector.commands.interruption import INTERRUPTED, stopped_by_interrupt
from inspector.sources.reading import Reading
from tests.inspector.captures import SEED
from tests.inspector.command import PROGRAM
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


def test_the_first_interrupt_stops_the_reading_and_the_second_the_program() -> None:
    reading, before = Reading(), signal.getsignal(signal.SIGINT)
    with stopped_by_interrupt(reading):
        signal.raise_signal(signal.SIGINT)
        assert reading.stopped
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_leaves_signals_alone() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []

    def look() -> None:
        with stopped_by_interrupt(Reading()):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(timeout=PATIENCE)

    assert seen == [before]


@pytest.mark.parametrize("way", [[], ["--json"], ["exchanges", "--json"]])
def test_what_was_read_of_a_pipe_is_reported(way: list[str], tmp_path: Path) -> None:
    said = tmp_path / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [PROGRAM, *way, "-"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.PIPE,
        )
    assert process.stdin is not None
    assert process.stderr is not None
    with process:
        # More than the pipe holds: when all is written, reading has begun.
        capture = SEED.read_bytes()
        process.stdin.write(capture + capture[24:] * 20)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        error = process.stderr.read()
        process.stdin.close()
        process.wait(timeout=PATIENCE)

    assert process.returncode == INTERRUPTED
    assert error.startswith(b"protocol-inspect: interrupted; the report covers packet ")
    assert error.count(b"\n") == 1
    if way == ["--json"]:
        *_, summary = map(json.loads, said.read_text("utf-8").splitlines())
        covered = int(error.split()[-1].replace(b",", b""))
        assert summary["packet_records"] == covered
