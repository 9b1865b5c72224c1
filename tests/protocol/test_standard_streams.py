"""Programs that begin without standard streams: one line at most, and no traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.inspector.captures import SEED
from tests.patience import PATIENCE

_PROGRAMS = {
    "inspector.cli": [str(SEED)],
    "servers.cli": ["replay", str(SEED), "127.0.0.1:1", "--dry-run"],
    "servers.launching.command": ["--help"],
}


def _run(program: str, closed: str) -> subprocess.CompletedProcess[bytes]:
    command = f'exec "$@" {closed}'
    words = [sys.executable, "-m", program, *_PROGRAMS[program]]
    return subprocess.run(
        ["/bin/sh", "-c", command, "sh", *words],
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("program", ["inspector.cli", "servers.cli"])
def test_without_stdout_nothing_can_be_written(program: str) -> None:
    done = _run(program, ">&-")

    assert done.returncode == 5
    assert done.stderr.endswith(b": cannot write: bad file descriptor\n")
    assert done.stderr.count(b"\n") == 1


def test_a_service_needs_no_stdout() -> None:
    done = _run("servers.launching.command", ">&-")

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("program", _PROGRAMS)
def test_without_the_others_it_works(program: str) -> None:
    done = _run(program, "<&- 2>&-")

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == _run(program, "").stdout != b""
