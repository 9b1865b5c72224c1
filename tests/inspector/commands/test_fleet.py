from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

import pytest

from benchmarks.generate_fleet import Shape, generate
from inspector.fleet.following import STOP
from tests.inspector.captures import ROOT
from tests.inspector.command import PROGRAM, run
from tests.inspector.fleets import SMALL, served
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_TWO = Shape(hosts=2, files=2, exchanges=60)


def test_a_fleet_is_one_report_whatever_it_is_asked_for(tmp_path: Path) -> None:
    truth = generate(tmp_path / "fleet", SMALL)
    shown = run("fleet", tmp_path / "fleet" / "sources.toml", "--workers", "1")
    words = ["--workers", "1", "--json", "--slow", "1ns"]
    words += ["--html", str(tmp_path / "a.html"), "--chains"]
    lines = run("fleet", tmp_path / "fleet", *words, "--save", tmp_path / "a").lines

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("3 sources ")
    assert f"{sum(truth.calls.values())} calls and 0 events" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert lines[-1]["messages"] == lines[-1]["slow"] == sum(truth.calls.values())
    assert (tmp_path / "a.html").stat().st_size > 1_000
    assert lines[-1]["in_doubt"] == 0
    merged = run("merge", tmp_path / "a").out
    assert merged.startswith("3 sources ")
    assert "No request is known to have caused another on any host." in merged
    assert "No request is known" not in shown.out


def test_what_cannot_be_read_ends_with_its_exit_code(tmp_path: Path) -> None:
    generate(tmp_path / "fleet", SMALL)
    (tmp_path / "fleet" / "host-2" / "eth0.pcap0").write_bytes(b"none")
    outcome = run("fleet", tmp_path / "fleet", "--workers", "1")

    assert outcome.code == 3
    assert "✗ host-2:" in outcome.out
    assert "not a capture" in outcome.out
    nothing = run("fleet", tmp_path / "fleet" / "*.none")
    assert nothing.code == 3
    assert nothing.err == f"protocol-inspect: {tmp_path}/fleet/*.none: no captures\n"


def test_a_state_of_other_options_is_refused_before_anything_is_read(
    tmp_path: Path,
) -> None:
    generate(tmp_path / "fleet", SMALL)
    (tmp_path / "states").mkdir()
    with served(tmp_path / "states") as url:
        words = [str(tmp_path / "fleet"), "--workers", "2", "--checkpoint", url]
        first, again = run("fleet", *words), run("fleet", *words)
        other = run("fleet", *words, "--port", "9")
        (tmp_path / "fleet" / "host-1" / "eth0.pcap0").touch()
        stale = run("fleet", *words)

    assert (first.code, first.err) == (0, "")
    assert first == again
    assert len(list((tmp_path / "states").glob("*.state"))) == SMALL.hosts
    assert not list((tmp_path / "states").glob("group-*"))  # they are on this machine
    for refused, why in (
        (other, "is of other options, or of another version"),
        (stale, "eth0.pcap0 has changed since; remove it"),
    ):
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.count("\n") == 1
        assert refused.err.startswith(f"protocol-inspect: --checkpoint {url}: the stat")
        assert why in refused.err


def test_a_key_log_decrypts_and_belongs_to_a_state(tmp_path: Path) -> None:
    tls = ROOT / "captures" / "tls"
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "eth0.pcap").write_bytes(
        (tls / "tls13-nest12.pcap").read_bytes()
    )
    log = tmp_path / "keys.log"
    log.write_bytes((tls / "tls13-nest12.keys").read_bytes() + b"nothing\n")
    words: list[str | Path] = [tmp_path / "api", "--workers", "1"]
    words += ["--checkpoint", tmp_path / "state"]
    read = run("fleet", *words, "--keylog", log)

    assert read.code == 0
    assert "10 calls and 1 event on 1 connection" in read.out
    assert read.err.count("\n") == 1
    assert "keys.log:6: not a line of a key log; 1 line passed over" in read.err
    assert run("fleet", *words, "--keylog", log) == read
    other_keys: list[str | Path] = ["--keylog", tls / "tls12-nest12.keys"]
    for others in ([], other_keys):
        refused = run("fleet", *words, *others)
        assert (refused.code, refused.out) == (2, "")
        assert "is of other options, or of another version" in refused.err
    words = [tmp_path / "api", "--workers", "1"]
    other = run("fleet", *words, "--keylog", tls / "tls12-nest12.keys")
    why = "TLS of 1 connection is not decrypted: the key log lacks its session"
    assert f"! eth0: {why}" in other.out
    kept = run("fleet", *words, "--keylog", log, "--save", log)
    assert (kept.code, "is the key log itself" in kept.err) == (2, True)
    kept = run("fleet", *words, "--html", tmp_path / "api" / "eth0.pcap")
    assert (kept.code, "is the capture itself" in kept.err) == (2, True)


def test_where_chooses_exchanges_in_all_workers(tmp_path: Path) -> None:
    truth = generate(tmp_path / "fleet", SMALL)
    words: list[str | Path] = [tmp_path / "fleet", "--where", "route == 'orders.3'"]
    one = run("fleet", *words, "--workers", "1", "--save", tmp_path / "one")
    work: list[str | Path] = ["--workers", "2", "--checkpoint", tmp_path / "state"]
    two = run("fleet", *words, *work)
    count = sum(n for key, n in truth.calls.items() if key[2] == "orders.3")

    assert (one.code, one.err) == (0, "")
    assert two == one
    assert f"\n{count} calls and 0 events of those on " in one.out
    chosen = "Only exchanges where route == 'orders.3'"
    assert chosen in one.out
    assert chosen in run("merge", tmp_path / "one").out
    assert run("fleet", *words, "--workers", "1", *work[2:]) == one
    other = run("fleet", tmp_path / "fleet", *work)
    assert "is of other options, or of another version" in other.err
    words += ["--where", "latency > 1h", "--workers", "1"]
    words += ["--html", tmp_path / "a.html"]
    assert "There is none." in run("fleet", *words).out
    both = "(route == &#x27;orders.3&#x27;) and (latency &gt; 1h)"
    assert both in (tmp_path / "a.html").read_text()
    wrong = run("fleet", tmp_path / "fleet", "--where", "nope ==")
    assert (wrong.code, wrong.out) == (2, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cluster", "tcp://127.0.0.1:1"], "--cluster needs --checkpoint"),
        (["--cluster", "x", "--workers", "2"], "--cluster excludes --workers"),
        (["--workers", "0"], "0 is not in the range"),
        (["--save", "/none/a"], "--save: /none/a: cannot write"),
        (["--checkpoint", "s3://a/b"], "--checkpoint s3://a/b: Install s3fs to acc"),
        (["--checkpoint", "memory://a", "--workers", "2"], "it takes --workers 1"),
        (["--checkpoint", "http://127.0.0.1:1/a"], "--checkpoint http://127.0.0.1:1/a"),
        (["--payloads"], "--payloads is for --parquet"),
        (["--parquet", "s3://a/b"], "--parquet: s3://a/b: a URL is refused"),
        (["--parquet", "/dev/null/a"], "--parquet: /dev/null/a: cannot write"),
        (["--checkpoint", "/dev/null/a"], "--checkpoint /dev/null/a: cannot write"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "a.pcap").touch()
    outcome = run("fleet", tmp_path, *words)

    assert outcome.code in {2, 5}
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


class _Held:
    """A run with two sources, of which one is not sent until somebody says so.

    Args:
        folder: Where its files are made.
        url: Where one source is.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.state = folder / "state"
        self.toml = folder / "sources.toml"
        near, far = f"{folder}/fleet/host-1/*", f"{url}/host-2/eth0.pcap0"
        self.toml.write_text(
            f'[[source]]\nname = "near"\nfiles = "{near}"\n'
            f'[[source]]\nname = "far"\nfiles = "{far}"\n'
        )
        self.words = ["fleet", str(self.toml), "--checkpoint", str(self.state)]
        self.process = subprocess.Popen(
            [PROGRAM, *self.words, "--workers", "2"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def wait_for(self, pattern: str) -> None:
        """Wait for a file in the folder of the run."""
        until = time.monotonic() + PATIENCE
        while not list(self.state.glob(pattern)):
            assert time.monotonic() < until
            time.sleep(0.05)

    def wait_for_all(self) -> None:
        """Wait until no process of the run is left."""
        until = time.monotonic() + PATIENCE
        with suppress(ProcessLookupError):
            while True:
                os.killpg(self.process.pid, 0)
                assert time.monotonic() < until
                time.sleep(0.05)


def test_ctrl_c_ends_all_workers_and_reports(tmp_path: Path) -> None:
    generate(tmp_path / "fleet", _TWO)
    asked, released = Event(), Event()

    def hold() -> None:
        asked.set()
        released.wait(PATIENCE)

    with served(tmp_path / "fleet", hold) as url:
        held = _Held(tmp_path, url)
        assert asked.wait(PATIENCE)
        os.killpg(held.process.pid, signal.SIGINT)  # as a terminal does
        held.wait_for(STOP)
        released.set()
        out, err = held.process.communicate(timeout=PATIENCE)
        held.wait_for_all()

    assert (held.process.returncode, err) == (130, b"")
    assert b"2 sources " in out
    assert b"far was stopped" in out


def test_a_killed_run_leaves_no_process_and_goes_on(tmp_path: Path) -> None:
    generate(tmp_path / "fleet", _TWO)
    asked, released = Event(), Event()

    def hold() -> None:
        asked.set()
        released.wait(PATIENCE)

    with served(tmp_path / "fleet", hold) as url:
        held = _Held(tmp_path, url)
        assert asked.wait(PATIENCE)
        held.wait_for("near*.state")
        held.process.kill()
        held.process.communicate(timeout=PATIENCE)
        held.wait_for_all()
        released.set()
        resumed = run(*held.words, "--workers", "1", "--json")
        whole = run("fleet", held.toml, "--workers", "1", "--json")

    assert resumed == whole
    assert whole.lines[-1]["sources"] == 2
