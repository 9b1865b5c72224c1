"""Record captures of real Nest applications, and of ours, on the loopback interface.

::

    python -m captures.record              every capture
    python -m captures.record NAME…        the named ones

Each capture is two files beside this script, or in a folder of its carrier:
``NAME.pcap``, what tcpdump saw, and ``NAME.json``, the manifest: what the applications
themselves counted (``applications/tally.ts``, ``tally.py``). The manifest holds nothing
derived from the capture, so that the one can be checked against the other.

tcpdump is up before the first service starts and down after the last has gone,
and every service starts before its clients and stops after them, so that no
packet is missed and every connection is closed by its client.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
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
from typing import TYPE_CHECKING, Any

from . import (
    chain_scenarios,
    gateway_scenarios,
    grpc_scenarios,
    kafka_scenarios,
    mqtt_scenarios,
    nats_scenarios,
    rabbitmq_scenarios,
    redis_scenarios,
)
from .broker_stage import Scenario, record_scenario
from .brokers import BrokerError
from .processes import (
    HERE,
    NEST,
    PATIENCE,
    RecordingError,
    await_end,
    await_truth,
    capturing,
    check_tcpdump,
    compile_applications,
    find_node,
    listening_ports,
    nest_version,
    output_of,
    say,
    write_manifest,
)
from .scenarios import HTTP_PORT, RECORDINGS
from .web_client import over_one_connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .scenarios import Call, Recording, Service

OVER_BROKERS: dict[str, Scenario[Any]] = {
    **nats_scenarios.SCENARIOS,
    **mqtt_scenarios.SCENARIOS,
    **kafka_scenarios.SCENARIOS,
    **rabbitmq_scenarios.SCENARIOS,
    **redis_scenarios.SCENARIOS,
    **grpc_scenarios.SCENARIOS,
    **gateway_scenarios.WS,
    **gateway_scenarios.SOCKETIO,
    **chain_scenarios.CHAINS,
}
PAUSE = 0.2  # seconds between two HTTP requests


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
    known = [*RECORDINGS, *OVER_BROKERS]
    if unknown := set(names) - set(known):
        raise RecordingError(f"no capture is called {', '.join(sorted(unknown))}")
    node = find_node()
    chosen = {
        name: RECORDINGS.get(name) or OVER_BROKERS[name] for name in names or known
    }
    compile_applications(node, {recording.nest for recording in chosen.values()})
    for name, recording in chosen.items():
        say(f"recording {name}")
        if isinstance(recording, Scenario):
            record_scenario(recording, node)
        else:
            write_manifest(HERE / f"{name}.json", record(recording, node))


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


def perform(recording: Recording, runner: Runner) -> list[dict[str, object]]:
    """Run the application from start to end and return its HTTP answers."""
    answers = []
    with ExitStack() as services:
        for service in recording.services:
            services.enter_context(running(runner, recording.application, service))
        if recording.kept_alive:
            answers = over_one_connection(recording.calls, HTTP_PORT)
        for call in () if recording.kept_alive else recording.calls:
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
        found["node"] = output_of(node, "--version")
    if recording.has_python:
        found["python"] = platform.python_version()
    return found


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (BrokerError, RecordingError) as error:
        sys.exit(f"record: {error}")
