"""Writing a subset: what is refused, and that other tools read it."""

from __future__ import annotations

import gzip
import subprocess
from typing import TYPE_CHECKING

import pytest
from scapy.layers.inet import fragment
from scapy.layers.l2 import Ether
from scapy.utils import rdpcap, wrpcap

from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.command import run, spawn
from tests.inspector.nats_evidence import FOLDER
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

SLOW = FOLDER / "nats-slow-consumer-nest12.pcap.gz"
"""Deliveries of events, some when these are over."""


def test_tshark_reads_what_is_written(tmp_path: Path) -> None:
    written = tmp_path / "sub.pcapng"
    run("exchanges", SEED, "--where", "number == 2", "--write", written)
    (line,) = run("exchanges", SEED, "--json", "--where", "number == 2").lines
    command = ["tshark", "-n", "-r", str(written), "-Y", "tcp.len > 0"]
    printed = subprocess.run(
        [*command, "-T", "fields", "-e", "tcp.len"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )

    assert printed.stdout.split() == [
        str(line["request_bytes"]),
        str(line["reply_bytes"]),
    ]


@pytest.mark.parametrize("command", [[], ["packets"], ["follow"]])
def test_every_command_over_captures_can_write(
    command: list[str], tmp_path: Path
) -> None:
    written = tmp_path / "all.pcapng"

    assert run(*command, SEED, "--write", written).code == 0
    assert run("exchanges", written).out.count("\n") == run(
        "exchanges", SEED
    ).out.count("\n")


def test_a_pipe_cannot_be_read_twice(tmp_path: Path) -> None:
    outcome = spawn("-", "--write", tmp_path / "x", stdin=SEED.read_bytes())

    assert outcome.returncode == 2
    assert b"--write: reads twice, which a pipe cannot; name a file" in outcome.stderr


def test_the_capture_itself_is_not_overwritten(tmp_path: Path) -> None:
    capture = tmp_path / "seed.pcap"
    capture.write_bytes(SEED.read_bytes())
    outcome = run(capture, "--write", capture)

    assert outcome.code == 2
    assert "is the capture itself" in outcome.err
    assert capture.read_bytes() == SEED.read_bytes()


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    outcome = run(SEED, "--write", tmp_path / "none" / "x.pcapng")

    assert outcome.code == 5
    assert "cannot write: no such file or directory" in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("redaction", [[], ["--redact", "data"]])
def test_packets_that_came_in_fragments_are_counted_and_left_out(
    redaction: list[str], tmp_path: Path
) -> None:
    capture, written = tmp_path / "fragments.pcap", tmp_path / "sub.pcapng"
    packets = rdpcap(str(SEED))
    ether = Ether(bytes(packets[0])[:14])
    wrpcap(
        str(capture),
        [ether / piece for packet in packets for piece in fragment(packet.payload, 48)],  # type: ignore[no-untyped-call]
    )
    outcome = run(capture, "--write", written, *redaction)

    assert outcome.code == 0
    assert outcome.err.endswith(" packets that came in IP fragments\n")
    assert outcome.err.startswith("protocol-inspect: --write: left out ")
    left_out = int(outcome.err.split()[4])
    kept = run(written, "--json").lines[-1]["packet_records"]
    assert left_out >= run(capture, "--json").lines[-1]["data_packets"] > 0
    run(SEED, "--write", written)
    assert kept + left_out == run(written, "--json").lines[-1]["packet_records"]


_LEFT_OUT = "Other packets were left out"


def _report(written: Path) -> str:
    """Return the report on a file, and make sure that it takes nothing for lost."""
    outcome = run(written, width=100)
    codes = {line["code"] for line in run(written, "--json").lines if "code" in line}

    assert outcome.code == 0
    assert not codes & {"capture-gap", "in-doubt", "orphan-reply"}
    return outcome.out


def test_a_part_says_that_the_rest_was_left_out_and_why(tmp_path: Path) -> None:
    written = tmp_path / "part.pcapng"
    run(SHOWCASE, "--where", 'route == "tick"', "--to", "1s", "--write", written)
    shown = _report(written)

    assert f"{_LEFT_OUT} by --where 'route == \"tick\"' --to 1s\n" in shown
    zipped = tmp_path / "part.pcapng.gz"
    zipped.write_bytes(gzip.compress(written.read_bytes()))
    assert _LEFT_OUT in _report(zipped)
    command = ["capinfos", str(written)]
    printed = subprocess.run(
        command,
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout
    assert "other packets were left out by --where" in printed


def test_a_part_is_not_judged_as_a_whole(tmp_path: Path) -> None:
    written = tmp_path / "failed.pcapng"
    run(SHOWCASE, "--where", "number in [5, 6, 7]", "--write", written)

    assert "✗ 3 of the 3 calls chosen failed" in _report(written)


@pytest.mark.parametrize(
    ("command", "options", "left_out"),
    [
        ("exchanges", ["--limit", "2"], True),
        ("exchanges", ["--sort", "latency"], False),
        ("show", ["2"], True),
        ("packets", [], False),
    ],
)
def test_what_a_command_leaves_out_besides(
    command: str, options: list[str], *, left_out: bool, tmp_path: Path
) -> None:
    written = tmp_path / "part.pcapng"
    run(command, SHOWCASE, *options, "--write", written)

    assert (_LEFT_OUT in run(written).out) is left_out


def test_a_filter_may_name_what_is_hidden(tmp_path: Path) -> None:
    written = tmp_path / "hidden.pcapng"
    options = ["--where", "number < 4", "--redact", "auto"]
    run(SHOWCASE, *options, "--write", written)

    assert f"{_LEFT_OUT}\n" in _report(written)
    assert b"number < 4" not in written.read_bytes()


def test_what_came_when_its_exchange_was_over_leaves_no_gap_in_what_is_written(
    tmp_path: Path,
) -> None:
    written, part = tmp_path / "all.pcapng", tmp_path / "part.pcapng"
    before = run("exchanges", SLOW, "--json", "--write", written).lines
    run("exchanges", SLOW, "--where", "number <= 3", "--write", part)
    after = run("exchanges", written, "--json").lines

    keys = ("number", "kind", "outcome", "route", "time_ns")
    told, again = (
        [[*map(line.get, keys), len(line["hops"])] for line in lines]
        for lines in (before, after)
    )
    assert told == again
    assert len(again) == 152
    assert "capture-gap" not in run(written).out
    assert part.stat().st_size < 300_000
