"""What ``--parquet`` leaves on the disk, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inspector.columnar.folders import files_in
from protocol.native import PURE
from tests.inspector.captures import SEED, SHOWCASE, pcap_bytes
from tests.inspector.command import PROGRAM, run, spawn
from tests.inspector.conversation import CLIENT, SECOND, Wire
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inspector.conversation import Conversation


def _rows(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.ParquetFile(each).read() for each in files_in(folder)])


def test_exchanges_go_to_files_and_are_listed_if_it_is_said_how(tmp_path: Path) -> None:
    alone = run("exchanges", SEED, "--parquet", tmp_path / "a")
    both = run("exchanges", SEED, "--parquet", tmp_path / "b", "--json")
    run("exchanges", SEED, "--parquet", tmp_path / "c", "--limit", "3")

    assert alone.err == both.err == ""
    assert alone.out.startswith("10 exchanges in 1 file; to ask them:\n")
    assert "query" in alone.out.splitlines()[1]
    assert both.out == run("exchanges", SEED, "--json").out
    assert _rows(tmp_path / "b").equals(_rows(tmp_path / "a"))
    assert _rows(tmp_path / "c")["number"].to_pylist() == [1, 2, 3]
    assert set(_rows(tmp_path / "a")["source"].to_pylist()) == {"seed-nest12.pcap"}


def test_rows_are_the_same_without_what_is_in_c(tmp_path: Path) -> None:
    for folder, environment in (("c", {}), ("python", {PURE: "1"})):
        words = ("exchanges", SHOWCASE, "--parquet", tmp_path / folder, "--payloads")
        assert spawn(*words, environment=environment).returncode == 0

    assert _rows(tmp_path / "c").equals(_rows(tmp_path / "python"))


def test_payloads_hide_secrets_unless_somebody_wants_them(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().ask("login", "1", {"password": "s3cr3t-one"}).answer("1", "ok")
    capture = tmp_path / "secret.pcap"
    capture.write_bytes(pcap_bytes(wire.records))

    def data(*words: str) -> object:
        folder = tmp_path / "calls"
        outcome = run("exchanges", capture, "--parquet", folder, *words)
        assert outcome.code == 0
        return _rows(folder).to_pylist()[0].get("data")

    assert data() is None
    assert data("--payloads") == '{"password":"xxxxxxxxxx"}'
    assert data("--payloads", "--no-redact") == '{"password":"s3cr3t-one"}'


def test_what_cannot_be_written_is_one_line(tmp_path: Path, full_disk: Path) -> None:
    (tmp_path / "file").touch()
    (full_disk / "filler").write_bytes(bytes(255_000))
    live = ["live", "-", "--json", "--parquet", str(full_disk / "b")]
    for outcome in (
        run("exchanges", SEED, "--parquet", tmp_path / "file"),
        run("exchanges", SEED, "--parquet", full_disk / "a"),
    ):
        assert (outcome.code, outcome.out) == (5, "")
        assert "--parquet" in outcome.err
        assert ": cannot write: " in outcome.err
        assert outcome.err.count("\n") == 1
    watched = spawn(*live, stdin=SEED.read_bytes())

    assert watched.returncode == 5
    assert watched.stderr.count(b": cannot write: no space left on device\n") == 1
    assert watched.stdout.count(b'"type":"exchange"') == 10
    assert files_in(full_disk) == []


def _piece(wire: Wire, talk: Conversation, identity: str) -> bytes:
    """Return the packets of a call, as they follow in a capture."""
    before = len(wire.records)
    talk.ask("sum", identity, [1]).answer(identity, 1)
    wire.wait(61 * SECOND)
    talk.ack(CLIENT)
    return pcap_bytes(wire.records[before:])[len(pcap_bytes([])) :]


def test_a_watched_run_that_is_killed_leaves_what_was_complete(tmp_path: Path) -> None:
    folder, wire = tmp_path / "calls", Wire()
    talk = wire.connect()
    process = subprocess.Popen(
        [
            PROGRAM, "live", "-", "--json", "--parquet", str(folder),
            "--rotate-time", "1min",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(pcap_bytes(wire.records))
    for identity in ("1", "2", "3"):
        process.stdin.write(_piece(wire, talk, identity))
        process.stdin.flush()
        process.stdout.readline()
    while not files_in(folder):
        process.stdin.write(_piece(wire, talk, str(len(wire.records))))
        process.stdin.flush()
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)

    assert _rows(folder)["route"].to_pylist()[0] == "sum"


def test_a_watched_run_completes_its_files_at_its_end(tmp_path: Path) -> None:
    words = ["live", "-", "--json", "--parquet", str(tmp_path), "--payloads"]
    outcome = spawn(*words, stdin=SHOWCASE.read_bytes())

    assert outcome.returncode == 0
    assert outcome.stderr.endswith(b": 211 exchanges in 1 file\n")
    assert sorted(_rows(tmp_path)["number"].to_pylist()) == list(range(1, 212))
    assert set(_rows(tmp_path)["source"].to_pylist()) == {"stdin"}


def test_rotation_needs_something_to_rotate(tmp_path: Path) -> None:
    outcome = run("live", "-", "--parquet", tmp_path / "a", "--rotate-size", "1MB")

    assert outcome.code == 2
    assert "need --write" in outcome.err


@pytest.mark.parametrize("words", [["--parquet", "a"], ["--parquet", "a", "--json"]])
def test_without_exchanges_the_files_are_empty(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("exchanges", SEED, *words, "--where", "false")

    assert outcome.code == 0
    assert _rows(tmp_path / "a").num_rows == 0
    assert run("query", "a", "slowest").out == "No rows.\n"
