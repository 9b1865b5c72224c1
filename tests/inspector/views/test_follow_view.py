"""Frames of a connection: who says them, when, in which packets, how large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tests.inspector.captures import CAPTURES, name_of, pcap_bytes
from tests.inspector.carriers.pigeons import flight, pigeons
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, request, response

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_every_frame_has_a_heading_and_every_line_fits(
    capture: Path, width: int
) -> None:
    shown = run("follow", capture, width=width).out.splitlines()
    summary = run(capture, "--json").lines[-1]
    headings = [line for line in shown if line.lstrip().startswith(("►", "◄"))]

    assert len(headings) == summary["frames"]
    assert max(map(cell_len, shown)) <= width


def shown_of(wire: Wire, tmp_path: Path, *options: str) -> list[str]:
    capture = tmp_path / "talk.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    return run("follow", capture, *options).out.splitlines()


def test_a_call_and_its_reply(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().ask("sum", "1", "求😀").answer("1", 3)

    _, _, asked, question, _, answered, answer = shown_of(wire, tmp_path)

    data, reply = wire.records[3], wire.records[4]
    assert asked.startswith("► request sum #1   ")
    assert asked.endswith(f"packet 4   {len(data.data) - 54} B, 39 units")
    assert question == '│ {"pattern": "sum", "data": "求😀", "id": "1"}'
    assert answered.startswith("      ◄ reply sum #1   ")
    size = len(reply.data) - 54
    assert answered.endswith(f"+100 µs   packet 5   {size} B, {size - 3} units")
    assert answer == '      │ {"response": 3, "isDisposed": true, "id": "1"}'


def test_gaps_and_broken_bytes_are_shown(tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect().ask("a", "1").answer("1", 1)
    talk.send(CLIENT, request("lost", "2"), captured=False)
    talk.send(SERVER, response("2", 2)).ask("b", "3").send(CLIENT, b"x#\xff")
    shown = "\n".join(shown_of(wire, tmp_path))

    assert "bytes missing ┄" in shown
    assert "✗ corrupted length 'x'   packet 8" in shown
    assert "│ x#\\xff" in shown


def test_several_packets_of_a_frame_are_named(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().split(CLIENT, request("a", "1", "x" * 60), 30, 60)

    assert any("packets 4 5 6" in line for line in shown_of(wire, tmp_path))


def test_what_a_carrier_does_besides_has_a_line_and_frames_its_own_measure(
    tmp_path: Path,
) -> None:
    with pigeons():
        shown = shown_of(flight(), tmp_path)
    said = [line for line in shown if line.strip()]

    assert said[1:3] == ["· pigeon   packet 4", "      · perch   packet 5"]
    assert said[3].endswith("packet 6   16 B")
    assert said[7] == "· heard 7 #1   packet 8"
    assert said[-1] == "      · ping   packet 12"
