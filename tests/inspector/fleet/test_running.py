"""A run over fleets of which the truth is known."""

from __future__ import annotations

import os
import signal
import struct
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.generate_fleet import BEGIN_NS, Truth, generate
from inspector.fleet import tasks
from inspector.fleet.crews import Crew, processes
from inspector.fleet.gathering import Gathered
from inspector.fleet.placing import safe_name
from inspector.fleet.resuming import ResumablePipeline
from inspector.fleet.saving import encoded
from inspector.library.inspection import inspect
from inspector.pipeline import Options
from inspector.sources.files import read_capture
from inspector.sources.writing import PcapngWriter
from inspector.tls.keylog import KeyLog
from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.fleets import (
    LARGE,
    SMALL,
    calls,
    calls_in,
    interrupting,
    moved,
    packets,
    ran,
    rows_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from inspector.fleet.running import Outcome
    from inspector.sources.records import PacketRecord

_NATS = ROOT / "captures" / "nats" / "nats-queue-nest12.pcap"
_BROKER = 44_729
_TLS = ROOT / "captures" / "tls" / "tls13-nest12.pcap"
_KEYS = _TLS.with_suffix(".keys")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth, Outcome]:
    folder = tmp_path_factory.mktemp("large")
    truth = generate(folder, LARGE)
    sources, rows = [folder / "sources.toml"], folder / "rows"
    return folder, truth, ran(folder / "work", sources, rows=rows)


def test_exchanges_and_packets_are_those_that_passed_each_once(
    large: tuple[Path, Truth, Outcome],
) -> None:
    _, truth, outcome = large
    report = outcome.report

    assert calls(report) == Counter(truth.calls)
    assert packets(report) == truth.packets
    rows = [row for view in report.views for row in view.rows]
    assert not any(row.unanswered or row.errors for row in rows)
    assert (outcome.damaged, outcome.interrupted) == (False, False)
    assert [each.files_read for each in report.sources] == [LARGE.files] * LARGE.hosts


def test_rows_are_the_exchanges_of_the_report_each_once_by_one_clock(
    large: tuple[Path, Truth, Outcome],
) -> None:
    folder, truth, outcome = large
    rows = rows_in(folder / "rows")
    without = ran(folder / "other", [folder / "sources.toml"])

    assert encoded(without.report) == encoded(outcome.report)
    assert outcome.rows == Gathered(len(rows), 1)
    assert calls_in(rows) == calls(outcome.report) == Counter(truth.calls)
    names = {row["client"].split(":")[0]: row["client_name"] for row in rows}
    assert names["10.1.0.3"] == "host-3"
    assert None in names.values()  # who asks from outside
    together = {row["source"] for row in rows}
    assert {"host-1", "host-1, host-2"} <= together
    assert not list((folder / "work").glob("group-*"))
    # Clocks are up to 2 s away from each other, and calls follow each other evenly.
    ahead, _ = truth.clocks["host-1"]
    times = [row["time"] - BEGIN_NS - ahead for row in rows]
    assert min(times) > -100_000_000
    assert max(times) < LARGE.seconds * 1_000_000_000 + 100_000_000


def test_clocks_and_the_time_of_the_network_are_found(
    large: tuple[Path, Truth, Outcome],
) -> None:
    _, truth, outcome = large
    shared = outcome.report.shared

    assert len(shared) > 20  # of 28 pairs of hosts, some of which say too little
    for each in shared:
        (ahead, _), (leading, _) = truth.clocks[each.source], truth.clocks[each.leading]
        assert abs(each.offset_ns - (ahead - leading)) < 5_000_000  # with the drift
        assert abs(each.transit_ns - 150_000) < 20_000


def test_a_killed_worker_and_any_number_of_them_give_the_same_bytes(
    large: tuple[Path, Truth, Outcome], tmp_path: Path
) -> None:
    folder, _, outcome = large
    made: list[ProcessPoolExecutor] = []

    def make() -> ProcessPoolExecutor:
        executor = processes(2)
        assert isinstance(executor, ProcessPoolExecutor)
        made.append(executor)
        return executor

    def kill() -> None:
        workers = list((made[0]._processes or {}).values())  # noqa: SLF001 — none is public
        if len(made) == 1 and workers and workers[0].pid is not None:
            with suppress(ProcessLookupError):  # killed before
                os.kill(workers[0].pid, signal.SIGKILL)

    sources, rows = [folder / "sources.toml"], tmp_path / "rows"
    again = ran(tmp_path / "w", sources, Crew(make, kill), keep=True, rows=rows)

    assert len(made) > 1
    assert encoded(again.report) == encoded(outcome.report)
    assert rows_in(rows) == rows_in(folder / "rows")


class _KilledError(Exception):
    pass


def test_a_run_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path / "fleet", SMALL)
    sources, work = [tmp_path / "fleet" / "sources.toml"], tmp_path / "work"
    rows, other = tmp_path / "rows", tmp_path / "other-rows"
    whole = ran(tmp_path / "other", sources, rows=other)
    left = [4]
    after = ResumablePipeline.read

    def read_some(*given: Any) -> None:  # noqa: ANN401
        left[0] -= 1
        if left[0] < 0:
            raise _KilledError
        after(*given)

    with monkeypatch.context() as patched:
        patched.setattr(ResumablePipeline, "read", read_some)
        with pytest.raises(_KilledError):
            ran(work, sources, keep=True, rows=rows)
    assert not rows.exists()
    opened: list[str] = []
    read_file = tasks._Inspection._read_file  # noqa: SLF001

    def note(self: Any, name: str, *given: Any) -> bool:  # noqa: ANN401
        opened.append(name)
        return read_file(self, name, *given)

    monkeypatch.setattr(tasks._Inspection, "_read_file", note)  # noqa: SLF001
    left_over = f"group-9.{safe_name('a')}.pcapng"
    (work / left_over).touch()  # of the killed run
    (work / "group-9.a.pcapng").touch()  # of somebody else
    resumed = ran(work, sources, keep=True, rows=rows)

    assert rows_in(rows) == rows_in(other)
    assert [each.name for each in work.glob("group-*")] == ["group-9.a.pcapng"]
    assert len(opened) == SMALL.hosts * SMALL.files - 4
    assert encoded(resumed.report) == encoded(whole.report)


def test_an_interrupted_run_reports_what_was_done(tmp_path: Path) -> None:
    generate(tmp_path / "fleet", SMALL)
    interrupted = interrupting(2)
    rows = tmp_path / "rows"
    outcome = ran(tmp_path / "work", [tmp_path / "fleet"], Crew(interrupted), rows=rows)

    assert outcome.interrupted
    stopped = [each.name for each in outcome.report.sources if each.stopped]
    assert len(stopped) == 1
    assert len(outcome.report.sources) == SMALL.hosts
    assert calls(outcome.report).total() > 0
    assert calls_in(rows_in(rows)) == calls(outcome.report)


def test_the_hops_of_a_broker_are_joined_across_hosts(tmp_path: Path) -> None:
    whole = inspect(_NATS)
    names = _parted(tmp_path)
    report = ran(tmp_path / "work", names, rows=tmp_path / "rows").report
    (view,) = report.views
    rows = Counter(row["route"] for row in rows_in(tmp_path / "rows"))

    assert view.sources == ("host-1", "host-2")
    assert [each.second for each in view.scopes] == [""]
    counted = Counter[str]()
    for row in view.rows:
        counted[row.route] += row.count
    assert rows == counted
    assert counted == {name: each.count for name, each in whole.report.patterns.items()}
    handlers = [row.handler for row in view.rows if row.latency is not None]
    assert handlers
    assert all(each is not None for each in handlers)


def test_tls_that_two_hosts_saw_is_decrypted_by_a_key_log_or_what_captures_hold(
    tmp_path: Path,
) -> None:
    records = _moved_to_two_hosts(read_capture(str(_TLS)))
    _write_ring(tmp_path / "logged" / "host-1", records)
    _write_ring(tmp_path / "logged" / "host-2", records)
    secrets = _KEYS.read_bytes()
    _write_ring(tmp_path / "held" / "host-1", records, secrets)
    _write_ring(tmp_path / "held" / "host-2", records, secrets)
    _write_ring(tmp_path / "held" / "host-3", records)
    logged, options = [tmp_path / "logged"], Options(keylog=KeyLog([str(_KEYS)]))
    one = ran(tmp_path / "1", logged, options=options)
    two = Crew(lambda: processes(2))
    other = ran(tmp_path / "2", logged, two, options=options, keep=True)
    again = ran(tmp_path / "2", logged, options=options, keep=True)
    held = ran(tmp_path / "3", [tmp_path / "held"], keep=True)
    resumed = ran(tmp_path / "3", [tmp_path / "held"], keep=True)

    assert encoded(other.report) == encoded(again.report) == encoded(one.report)
    assert calls(one.report).total() == 11
    (view,) = one.report.views
    assert view.sources == ("host-1", "host-2")
    assert [each.decrypted for each in one.report.sources] == [1, 1]
    # What a capture holds is for its own source alone.
    assert encoded(held.report) == encoded(resumed.report)
    assert held.report.views == one.report.views
    assert [each.decrypted for each in held.report.sources] == [1, 1, 0]
    assert not calls(ran(tmp_path / "4", logged).report)


def _moved_to_two_hosts(records: Iterable[PacketRecord]) -> list[PacketRecord]:
    found = list(records)
    ports = {int.from_bytes(found[0].data[n : n + 2], "big") for n in (34, 36)}
    hosts = {port: bytes([10, 9, 0, n]) for n, port in enumerate(sorted(ports), 1)}
    for record in found:
        record.data = moved(record, hosts)
    return found


def _write_ring(
    folder: Path, records: Sequence[PacketRecord], secrets: bytes = b""
) -> None:
    """Write two files of packets, the first with a key log, if there is one."""
    folder.mkdir(parents=True)
    middle = len(records) // 2
    for number, part in enumerate((records[:middle], records[middle:])):
        path = folder / f"eth0.pcapng{number}"
        with path.open("wb", buffering=0) as file:
            writer = PcapngWriter(file)
            for each in part:
                writer.write(each)
            writer.close()
        if secrets and not number:
            data = path.read_bytes()
            place = int.from_bytes(data[4:8], sys.byteorder)
            path.write_bytes(data[:place] + _secrets_block(secrets) + data[place:])


def _secrets_block(log: bytes) -> bytes:
    """Return a decryption secrets block (draft-ietf-opsawg-pcapng, section 4.7)."""
    body = struct.pack("=II", 0x544C534B, len(log)) + log + bytes(-len(log) % 4)
    size = struct.pack("=I", len(body) + 12)
    return struct.pack("=I", 10) + size + body + size


def _parted(folder: Path) -> list[Path]:
    """Write what two hosts saw of calls over a broker that is on neither of them."""
    records = list(read_capture(str(_NATS)))
    ports = {
        int.from_bytes(each.data[place : place + 2], "big")
        for each in records
        for place in (34, 36)
    }
    clients = sorted(ports - {_BROKER})
    hosts = {port: bytes([10, 9, 0, 1 + n % 2]) for n, port in enumerate(clients)}
    hosts[_BROKER] = bytes([10, 9, 0, 9])
    seen: dict[int, list[Any]] = {1: [], 2: []}
    for record in records:
        record.data = moved(record, hosts)
        host = min(record.data[29], record.data[33])
        seen[host].append(record)
    names = []
    for host, own in seen.items():
        assert own
        (folder / f"host-{host}").mkdir()
        names.append(folder / f"host-{host}" / "eth0.pcap")
        names[-1].write_bytes(pcap_bytes(own))
    return names
