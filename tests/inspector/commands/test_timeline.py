from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import OWN, SEED, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, Wire

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("capture", OWN, ids=lambda path: path.stem)
def test_the_lines_of_a_timeline_agree_with_the_exchanges(capture: Path) -> None:
    lines = run("timeline", capture, "--json").lines
    exchanges = run("exchanges", capture, "--json").lines

    for line in lines:
        own = [
            each
            for each in exchanges
            if (each["route"], each["kind"]) == (line["route"], line["kind"])
        ]
        latencies = [
            each["latency_ns"] for each in own if each["latency_ns"] is not None
        ]
        assert line["count"] == len(own) == sum(line["columns"])
        if not latencies:
            assert line["latencies"] is None
            continue
        assert line["latencies"]["max_ns"] == max(latencies)
        for each in line["latencies"]["ranges"]:
            inside = [x for x in latencies if each["from_ns"] <= x < each["to_ns"]]
            assert each["count"] == len(inside)
    assert sum(line["count"] for line in lines) == len(exchanges)


def test_a_timeline_is_drawn_for_people() -> None:
    outcome = run("timeline", SEED)

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Exchanges over time   ")


def test_without_exchanges_nothing_is_drawn(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"SSH-2.0-x\r\n")
    capture = tmp_path / "ssh.pcap"
    capture.write_bytes(pcap_bytes(wire.records))

    assert run("timeline", capture)[:2] == (0, "")
    assert run("timeline", capture, "--json")[:2] == (0, "")
