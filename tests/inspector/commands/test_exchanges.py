from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.captures import SEED, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SECOND, STEP, Wire

if TYPE_CHECKING:
    from pathlib import Path


def test_every_exchange_has_a_line_in_order() -> None:
    shown = run("exchanges", SEED).out.splitlines()
    lines = run("exchanges", SEED, "--json").lines

    assert [line["number"] for line in lines] == list(range(1, 11))
    assert len(shown) == 1 + len(lines)
    for text, line in zip(shown[1:], lines, strict=True):
        assert text.split()[0] == f"#{line['number']}"
        assert f" {line['route']} " in text
        numbers = [*line["request_packets"], *line["reply_packets"]]
        assert text.endswith("  " + " ".join(map(str, numbers)))


def test_times_count_from_the_first_packet_of_the_capture(tmp_path: Path) -> None:
    wire = Wire()
    call = wire.connect()
    wire.wait(SECOND)
    call.emit("log", 1)
    capture = tmp_path / "a.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    first, last = wire.records[0].time_ns, wire.records[-1].time_ns

    assert last - first == SECOND + 3 * STEP
    assert run("exchanges", capture).out.splitlines()[1].split()[1] == "1.000300"
    assert run("exchanges", capture, "--json").lines[0]["time_ns"] == last


def test_without_exchanges_nothing_is_printed(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"SSH-2.0-x\r\n")
    capture = tmp_path / "ssh.pcap"
    capture.write_bytes(pcap_bytes(wire.records))

    assert run("exchanges", capture)[:2] == (0, "")
    assert run("exchanges", capture, "--json")[:2] == (0, "")


def test_a_condition_is_judged_by_all_figures() -> None:
    said = run("exchanges", SEED, "--json", "--fail-on", "messages == 5")

    assert said.code == 1
    assert "messages is 5" in said.err
    assert len(said.lines) == 10
