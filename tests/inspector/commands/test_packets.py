"""The command: what it prints where there is nothing, and where a reader leaves."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT, SEED, pcap_bytes
from tests.inspector.command import PROGRAM, run
from tests.inspector.conversation import CLIENT, Wire
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_VIEWS = ["packets", "ladder", "follow"]


@pytest.mark.parametrize("command", _VIEWS)
def test_a_capture_without_nest_traffic_is_a_line_on_stderr(
    command: str, tmp_path: Path
) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"GET / HTTP/1.1\r\n\r\n").close()
    capture = tmp_path / "http.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    outcome = run(command, capture)

    assert (outcome.code, outcome.out) == (0, "")
    assert "no Nest traffic" in outcome.err


@pytest.mark.parametrize("command", _VIEWS)
@pytest.mark.parametrize("option", [[], ["--json"]], ids=["table", "json"])
def test_what_can_be_read_of_a_damaged_capture_is_shown(
    command: str, option: list[str], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(SEED.read_bytes()[:4000])
    outcome = run(command, cut, *option)

    assert outcome.code == 3
    assert outcome.out
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("command", [*_VIEWS, "exchanges"])
def test_a_reader_that_has_seen_enough_is_no_error(command: str) -> None:
    capture = ROOT / "captures" / "showcase-nest12.pcap"
    piped = subprocess.run(
        ["sh", "-c", f"{PROGRAM} {command} {capture} --json | head -1"],  # noqa: S607
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )

    assert piped.stdout.count(b"\n") == 1
    assert piped.stderr == b""
