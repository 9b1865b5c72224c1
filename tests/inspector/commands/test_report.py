from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tests.inspector.captures import SEED, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, Wire

if TYPE_CHECKING:
    from pathlib import Path


def test_a_report_is_for_people_or_for_programs() -> None:
    shown, lines = run("report", SEED), run("report", SEED, "--json").lines

    assert shown.out.startswith("seed-nest12.pcap   86 packets in ")
    assert [line["type"] for line in lines].count("exchange") == 10
    assert [line["type"] for line in lines].count("finding") == 4
    assert lines[-1]["packet_records"] == 86


def test_findings_stand_behind_the_exchanges_that_they_are_of() -> None:
    seen: set[int] = set()
    for line in run("report", SEED, "--json").lines:
        if line["type"] == "exchange":
            seen.add(line["number"])
        elif line["type"] == "finding" and line["exchange"] is not None:
            assert line["exchange"] - 1 in seen | {0}


def test_without_nest_there_is_no_report_but_a_summary(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"SSH-2.0-x\r\n")
    capture = tmp_path / "ssh.pcap"
    capture.write_bytes(pcap_bytes(wire.records))

    assert run("report", capture).out == ""
    assert [line["type"] for line in run("report", capture, "--json").lines] == [
        "summary"
    ]


def test_the_next_command_has_the_ports_without_which_it_would_find_less() -> None:
    said = run(SEED, "--port", "8888", "--port", "3000").out.splitlines()[-1]

    command = said.split(maxsplit=1)[1]
    assert command.endswith(" --port 3000 --port 8888")
    assert run(*shlex.split(command)[1:]).code == 0
