"""One line per packet; what stands under bytes is what the verdict counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from inspector.views.packets_view import flag_names
from tests.inspector.captures import CAPTURES, ROOT, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, request
from tests.inspector.over_nats import Broker, called

if TYPE_CHECKING:
    from pathlib import Path

_ROW = re.compile(r"^ *(\d+)  +\d+\.\d{6} ")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_every_packet_has_a_line_that_fits_and_the_sum_is_the_summary(
    capture: Path, width: int
) -> None:
    shown = run("packets", capture, width=width).out
    summary = run(capture, "--json").lines[-1]
    rows = [line for line in shown.splitlines() if _ROW.match(line)]
    packets = re.search(
        r"^([\d,]+) packets? = ([\d,]+) data \+ ([\d,]+) pure", shown, re.MULTILINE
    )

    assert packets is not None
    counted = [int(each.replace(",", "")) for each in packets.groups()]
    assert counted == [len(rows), summary["data_packets"], summary["pure_acks"]]
    assert max(map(len, rows)) <= width


def shown_of(wire: Wire, tmp_path: Path, *options: str, width: int = 80) -> str:
    capture = tmp_path / "talk.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    return run("packets", capture, *options, width=width).out


def test_a_late_ack_says_how_late(tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect().ask("a", "1").emit("b")
    wire.wait(41_000_000)
    talk.ack(SERVER)

    assert "ACK of 5, delayed 41.1 ms" in shown_of(wire, tmp_path)


def test_unusual_packets_are_named(tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect().ask("a", "1").answer("1")
    wire.wait(10**9)
    talk.resend(4).keep_alive(CLIENT)
    talk.send(CLIENT, request("lost", "2"), captured=False)
    talk.ack(SERVER).ask("c", "3").send(CLIENT, b"x#").reset(SERVER)
    shown = shown_of(wire, tmp_path)

    for words in ("retransmission", "keep-alive", "missing bytes", "corrupted", "RST"):
        assert words in shown


def test_the_sum_agrees_with_its_numbers(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().ask("a", "1").ack(SERVER)

    sentence = "5 packets = 1 data + 2 pure ACKs + 2 SYN, FIN   0 retransmitted"
    assert sentence in shown_of(wire, tmp_path)

    wire = Wire()
    wire.connect().ask("a", "1").keep_alive(CLIENT)
    sentence = "5 packets = 1 data + 1 pure ACK + 2 SYN, FIN + 1 keep-alive   0 retrans"
    assert sentence in shown_of(wire, tmp_path)


def test_connections_have_numbers_where_there_are_several() -> None:
    shown = run("packets", ROOT / "captures" / "two-services-nest12.pcap").out
    first, second = shown.splitlines()[:2]

    assert first.startswith("connection 2   client 127.0.0.1:60162 → server :9999")
    assert second.startswith("connection 3   client 127.0.0.1:52436 → server :8888")
    assert "   con " in shown


def test_where_a_connection_comes_late_each_row_says_from_then_on_which_it_is_of(
    tmp_path: Path,
) -> None:
    wire = Wire()
    talk = wire.connect()
    for number in range(1_000):
        talk.emit("log", number)
    wire.connect(client="10.0.0.1:5").emit("log", 1)
    talk.emit("log", 1_001)
    lines = shown_of(wire, tmp_path).splitlines()
    late = next(i for i, line in enumerate(lines) if line.startswith("connection 2"))

    assert "   con " in lines[late + 1]
    assert [line.split()[3] for line in lines[late + 2 : late + 7]] == [*"22221"]
    assert "   con " not in lines[2]


def test_packets_of_refused_connections_are_no_part_of_the_sum(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().emit("log", 1)
    attempt = wire.join(client="10.0.0.1:5", server="10.0.0.2:9")
    attempt.segment(CLIENT, flags="S", seq=1_000).segment(SERVER, flags="RA", seq=0)
    *_, total, apart = shown_of(wire, tmp_path).splitlines()

    assert total.startswith("4 packets = ")
    assert apart == "and 2 packets of connections that carried nothing of Nest"


def test_under_a_part_of_the_packets_stands_no_sum_of_all(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().emit("log", 1)

    assert "packets =" in shown_of(wire, tmp_path)
    assert "packets =" not in shown_of(wire, tmp_path, "--limit", "2")


def test_a_chosen_exchange_leaves_out_other_packets_and_the_sum(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1").emit("b")
    shown = shown_of(wire, tmp_path, "--where", 'route == "b"')

    assert next(line for line in shown.splitlines() if _ROW.match(line)).endswith(
        "event b #2"
    )
    assert "packets =" not in shown


@pytest.mark.parametrize(
    ("flags", "names"),
    [(0x02, "SYN"), (0x12, "SYN, ACK"), (0x11, "FIN"), (0x14, "RST"), (0x10, "ACK")],
)
def test_flags(flags: int, names: str) -> None:
    assert flag_names(flags) == names


def test_a_long_pause_does_not_shift_its_row() -> None:
    lines = run("packets", ROOT / "captures" / "seed-nest12.pcap").out.splitlines()
    arrows = {
        line.index(arrow) for line in lines[3:] for arrow in "→←" if arrow in line
    }

    assert any("204.813" in line for line in lines)
    assert len(arrows) == 1


def test_a_packet_that_stands_too_late_in_the_capture_has_no_negative_gap(
    tmp_path: Path,
) -> None:
    wire = Wire()
    wire.connect(client="10.0.0.1:4").emit("a")
    wire.connect(client="10.0.0.3:5").emit("b")
    records = wire.records[4:] + wire.records[:4]
    capture = tmp_path / "turned.pcap"
    capture.write_bytes(pcap_bytes(records))

    for command in ("packets", "ladder"):
        rows = run(command, capture).out.splitlines()
        (late,) = (row for row in rows if "-0.000400" in row)
        assert "–" in late.split()


def test_of_lines_the_beginning_shows_their_ends_but_not_the_last(
    tmp_path: Path,
) -> None:
    broker = Broker()
    worker = broker.worker("a", "b")
    called(broker.peer(), worker, pattern="a")
    shown = shown_of(broker.wire, tmp_path, width=150)
    begins = [line.split("  ")[-1].strip() for line in shown.splitlines()]

    assert "PING" in begins
    assert "SUB a 1⏎SUB b 2" in begins
    assert "\\u000d" not in shown
