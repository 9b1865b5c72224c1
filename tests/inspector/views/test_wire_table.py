"""The table of packets on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.views.theme import UNCUT
from inspector.views.wire_table import wire_lines
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected, request

if TYPE_CHECKING:
    from inspector.figures.report import Report


def _lines(report: Report, width: int = 80) -> list[str]:
    return [line.plain.rstrip() for line in wire_lines(report, width)]


def _line(report: Report, beginning: str) -> str:
    (line,) = (line for line in _lines(report, 120) if line.startswith(beginning))
    return line


def test_the_rows_add_up_to_the_packets_of_the_connections() -> None:
    wire = Wire()
    call = wire.connect(client="10.0.0.1:4")
    call.ask("sum", "1", [1]).ack(SERVER).answer("1", 1).ack(CLIENT)
    call.emit("log", 1).ack(SERVER).close()
    call = wire.connect(client="10.0.0.1:5").ask("sum", "2")
    call.resend(call.records[-1]).answer("2", 1).keep_alive(CLIENT).reset(SERVER)
    report = inspected(wire.records).report

    assert _line(report, "connection").endswith(
        "and 7 SYN, FIN, RST, 1 retransmitted, 1 keep-alive"
    )
    assert _line(report, "total").endswith(f"and 9 = {len(wire.records)} packets")


def test_more_than_five_numbers_of_packets_become_a_range() -> None:
    wire = Wire()
    call = wire.connect()
    for parts in range(1, 9):
        cuts = [40 * part for part in range(1, parts)]
        call.split(CLIENT, request("big", str(parts), "x" * 400), *cuts)
        call.answer(str(parts), 1)
    rows = _lines(inspected(wire.records).report)[1:]

    calls = [row[:38].split() for row in rows[:6]]

    assert [call[-1] for call in calls[:5]] == ["2", "3", "4", "5", "6"]
    assert " ".join(calls[5]).endswith("3 7 to 9")
    assert rows[6].startswith("connection")


def test_reasons_are_whole_where_nobody_sees_an_edge() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(0, 40, 2):  # every second request is cut in two
        call.split(CLIENT, request("big", str(number), "x" * 40), 30)
        call.answer(str(number), 1).ask("big", str(number + 1)).answer("1", 1)
    report = inspected(wire.records).report

    assert any(line.endswith("…") for line in _lines(report, 60))
    assert not any("…" in line for line in _lines(report, UNCUT))


def test_a_pipe_cuts_no_reason() -> None:
    capture = ROOT / "tests" / "data" / "cases" / "s14_dst.pcap"
    (cut,) = (
        line
        for line in run(capture).out.splitlines()
        if line.startswith("message call")
    )
    assert cut.endswith("…")

    table = run(capture, width=None).out.partition("Packets on the wire")[2]
    assert "…" not in table.partition("\n\n")[0]
    assert cut.removesuffix("…") in table
