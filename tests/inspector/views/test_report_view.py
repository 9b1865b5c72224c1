from __future__ import annotations

import shlex
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from inspector.views.console import THEME
from inspector.views.report_view import (
    print_report,
    report_lines,
    shown_name,
)
from inspector.views.theme import PROSE_WIDTH
from protocol import NO_MESSAGE_HANDLER, JsonText, Response, dumps
from tests.inspector.captures import OWN, ROOT
from tests.inspector.command import run
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    failure,
    inspected,
    request,
)
from tests.inspector.figures.services import Call, captured

if TYPE_CHECKING:
    from inspector.figures.report import Report


def _lines(report: Report, width: int = 80, *captures: str) -> list[str]:
    shown = report_lines(report, captures or ("a.pcap",), width)
    return [line.plain.rstrip() for line in shown]


def _line(report: Report, beginning: str) -> str:
    (line,) = (line for line in _lines(report, 120) if line.startswith(beginning))
    return line


def _section(lines: list[str], title: str) -> list[str]:
    """Return a table without its header."""
    start = next(i for i, line in enumerate(lines) if line.startswith(title))
    return lines[start + 1 : lines.index("", start)]


def _calls(
    wire: Wire, *, server: str = "10.0.0.2:8888", client: str = "10.0.0.1:4"
) -> None:
    call = wire.connect(server=server, client=client)
    call.ask("sum", "1", [1]).ack(SERVER).answer("1", 1).ack(CLIENT)
    call.emit("log", 1).ack(SERVER).close()


def test_a_report_is_the_answer_its_proof_and_the_next_command() -> None:
    wire = Wire()
    _calls(wire)

    assert _lines(inspected(wire.records).report) == [
        "a.pcap   12 packets in 1.10 ms   2026-11-18 11:06:40 UTC",
        "1 Nest connection   10.0.0.1:4 → 10.0.0.2:8888",
        "",
        "✓ Nothing failed or waited; the call took 200 µs.",
        "✓ Every message call took 2 packets, every event 1.",
        "",
        "Packets on the wire  exchanges  each  data  ACKs  why",
        "message call                 1     2     2     2  request, reply",
        "event                        1     1     1     1  no reply, ever",
        "connection                                     2  and 4 SYN, FIN",
        "total                        2           3     5  and 4 = 12 packets",
        "",
        "Patterns  count  errors  no reply  p50 ms  p99 ms  max ms  bytes",
        "sum           1       0         0   0.200   0.200   0.200     84",
        "log           1       –         –   event                     29",
        "",
        "next     protocol-inspect exchanges a.pcap",
    ]


def test_several_services_are_named_once() -> None:
    wire = Wire()
    for port in range(8880, 8886):
        _calls(wire, server=f"10.0.0.1:{port}", client=f"10.0.0.1:{port - 4000}")
    line = _line(inspected(wire.records).report, "6 Nest connections")

    assert line.endswith("10.0.0.1 → :8880 :8881 :8882 :8883 and 2 more")


def test_clients_on_several_machines_are_counted() -> None:
    wire = Wire()
    for host in (1, 2, 3):
        _calls(wire, client=f"10.0.1.{host}:4000")
    line = _line(inspected(wire.records).report, "3 Nest connections")

    assert line.endswith("3 clients → 10.0.0.2:8888")


def test_other_connections_are_counted_and_named() -> None:
    wire = Wire()
    _calls(wire)
    wire.connect(server="10.0.0.2:3000").send(CLIENT, b"GET / HTTP/1.1\r\n\r\n")
    line = _line(inspected(wire.records).report, "1 Nest connection")

    assert line.endswith("and 1 other (HTTP on :3000)")


def test_many_patterns_are_cut_and_counted() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(33):
        call.emit(f"event-{number}", 1)
    call.emit("event-32", 1)
    lines = _section(_lines(inspected(wire.records).report), "Patterns")

    assert [line.split()[:2] for line in lines[:2]] == [
        ["event-32", "2"],
        ["event-0", "1"],
    ]
    assert lines[10].split() == ["and", "23", "more", "23", "–", "–", "event", "781"]
    assert len(lines) == 11


def test_findings_come_worst_first_with_a_cause_and_a_fix() -> None:
    wire = Wire()
    call = wire.connect()
    for number in ("1", "2"):
        call.ask("pay", number).send(SERVER, failure(number, _masked()))
    unhandled = Response(
        "3", err=JsonText(dumps(NO_MESSAGE_HANDLER)), status=JsonText(b'"error"')
    )
    call.ask("nope", "3").send(SERVER, unhandled)
    report = inspected(wire.records).report
    lines = _lines(report)

    start = lines.index("Findings   1 error, 1 warning")
    heads = [line for line in lines[start + 1 :] if line and not line.startswith(" ")]
    assert heads[0].startswith("error    1 message without a handler")
    assert heads[0].endswith("no-handler")
    assert heads[1].startswith("warning  2 errors masked as “Internal server error”")
    assert sum(line.startswith("         fix  ") for line in lines) == 2


def _masked() -> dict[str, str]:
    return {"status": "error", "message": "Internal server error"}


@pytest.mark.parametrize("width", [30, 40, 80, 110, 200])
def test_sentences_are_wrapped_at_blanks_and_prose_has_its_own_width(
    width: int,
) -> None:
    wire = Wire()
    call = wire.connect().emit("login", {"password": "x"})
    for number in range(3):
        call.emit("a", 1)
        wire.wait(41 * MILLISECOND)
        call.ack(SERVER).emit("b", number)
    report = inspected(wire.records).report
    lines = _lines(report, width)
    prose = lines[lines.index(next(x for x in lines if x.startswith("Findings"))) :]

    assert max(map(cell_len, prose[1:-2])) <= max(min(width, PROSE_WIDTH), 40)
    words = " ".join(" ".join(prose[:-1]).split())
    wide = _lines(report, PROSE_WIDTH)
    start = wide.index(next(x for x in wide if x.startswith("Findings")))
    assert sorted(words.split()) == sorted(" ".join(wide[start:-1]).split())


def test_a_capture_is_named_as_in_its_folder_and_cannot_move_the_cursor() -> None:
    assert shown_name("/some/where/a.pcap") == "a.pcap"
    assert shown_name("a\x1b[2J.pcap") == "a\\u001b[2J.pcap"
    wire = Wire()
    _calls(wire)
    lines = _lines(inspected(wire.records).report, 80, "x/a.pcap", "x/b.pcap", "c")

    assert lines[0].startswith("a.pcap and 2 more   12 packets")
    assert lines[-1] == "next     protocol-inspect exchanges x/a.pcap x/b.pcap c"


def test_without_messages_and_events_there_is_nothing_to_judge() -> None:
    wire = Wire()
    wire.join().answer("1", 1)

    assert "No message and no event was seen." in _lines(inspected(wire.records).report)


def test_without_patterns_there_is_no_table_of_them() -> None:
    wire = Wire()
    wire.join().answer("1", 1)

    assert not any(
        line.startswith("Patterns") for line in _lines(inspected(wire.records).report)
    )


def test_both_sides_may_speak_otherwise() -> None:
    shown = run(ROOT / "tests" / "data" / "cases" / "s03_gz.pcap").out

    assert "\nBoth sides speak, but not Nest: 11 frames.\n" in shown


def test_the_first_sentence_comes_again_where_it_has_left_the_screen() -> None:
    wire = Wire()
    _calls(wire)
    report = inspected(wire.records).report
    whole = _lines(report)

    def at(height: int, *, terminal: bool = True) -> list[str]:
        file = StringIO()
        console = Console(
            file=file, theme=THEME, force_terminal=terminal, width=80, height=height
        )
        print_report(console, report, ["a.pcap"])
        return Text.from_ansi(file.getvalue()).plain.splitlines()

    assert at(len(whole) + 1) == whole  # with the prompt below it
    assert at(len(whole)) == [*whole[:-1], whole[3], whole[-1]]
    assert at(len(whole), terminal=False) == whole
    assert whole[3].startswith("✓ Nothing failed")


def test_a_report_is_printed_line_by_line() -> None:
    wire = Wire()
    _calls(wire)
    report = inspected(wire.records).report
    file = StringIO()
    print_report(Console(file=file, theme=THEME, width=80), report, ["a.pcap"])

    assert file.getvalue().splitlines() == _lines(report)


def test_the_next_command_shows_more_of_what_is_unusual() -> None:
    calm, split, broken = Wire(), Wire(), Wire()
    _calls(calm)
    split.connect().split(CLIENT, request("big", "1", "x" * 40), 30).answer("1", 1)
    unhandled = Response(
        "1", err=JsonText(dumps(NO_MESSAGE_HANDLER)), status=JsonText(b'"error"')
    )
    broken.connect().ask("nope", "1").send(SERVER, unhandled)
    nexts = [
        _lines(inspected(wire.records).report, 110)[-1]
        for wire in (calm, split, broken)
    ]

    assert nexts == [
        "next     protocol-inspect exchanges a.pcap   each call on a line",
        (
            "next     protocol-inspect ladder a.pcap   "
            "each frame as an arrow, and what it waited for"
        ),
        "next     protocol-inspect show a.pcap 1   all of it",
    ]


@pytest.mark.parametrize("capture", OWN, ids=lambda path: path.stem)
def test_the_next_command_is_one_that_there_is(
    capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(capture.parent.parent)
    given = Path(capture.parent.name) / capture.name
    typed = run(given).out.splitlines()[-1].removeprefix("next     ")
    outcome = run(*shlex.split(typed)[1:])

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out


def _carried_by(report: Report, carrier: str) -> Report:
    """Return a report as if another carrier had carried all of it."""
    report.forgotten.connections, report.forgotten.ends[carrier] = (
        len(report.nest),
        report.ends["tcp"],
    )
    report.nest = []
    report.packet_rows = {
        (carrier, kind, packets): row
        for (_, kind, packets), row in report.packet_rows.items()
    }
    report.traffic.tables = {
        pair._replace(carrier=carrier): table
        for pair, table in report.traffic.tables.items()
    }
    return report


def test_several_carriers_have_a_heading_a_verdict_and_rows_each() -> None:
    wire, other = Wire(), Wire()
    _calls(wire)
    _calls(other, server="10.0.0.2:4222")
    _calls(other, server="10.0.0.2:4222", client="10.0.0.3:5")
    report = inspected(wire.records).report
    over_nats = _carried_by(inspected(other.records).report, "nats")
    over_nats.forgotten.ends["nats"].first = 2
    report.merge(over_nats)
    report.other_connections = 1
    lines = _lines(report)

    assert lines[1:7] == [
        "1 TCP connection   10.0.0.1:4 → 10.0.0.2:8888   and 1 other",
        "2 NATS connections   2 clients → 10.0.0.2:4222",
        "",
        "✓ Nothing failed or waited; the slowest of 3 calls took 200 µs.",
        "✓ Over TCP every message call took 2 packets, every event 1.",
        "✓ Over NATS every message call took 2 packets, every event 1.",
    ]
    assert [line.split()[:-1] for line in _section(lines, "Packets on")[:2]] == [
        ["TCP", "message", "call", "1", "2", "2", "2", "request,"],
        ["TCP", "event", "1", "1", "1", "1", "no", "reply,"],
    ]
    assert [line.split()[:4] for line in _section(lines, "Packets on")[2:4]] == [
        ["NATS", "message", "call", "2"],
        ["NATS", "event", "2", "1"],
    ]
    start = next(i for i, line in enumerate(lines) if line.startswith("Patterns"))
    assert [line.split()[:4] for line in lines[start : start + 5]] == [
        ["Patterns", "carrier", "count", "errors"],
        ["sum", "NATS", "2", "0"],
        ["sum", "TCP", "1", "0"],
        ["log", "NATS", "2", "–"],
        ["log", "TCP", "1", "–"],
    ]


def test_one_carrier_is_named_unless_it_is_tcp_and_has_no_column() -> None:
    wire = Wire()
    _calls(wire)
    lines = _lines(_carried_by(inspected(wire.records).report, "nats"))

    assert lines[1].startswith("1 NATS connection   10.0.0.1:4 → ")
    assert lines[4].startswith("✓ Over NATS every message call took 2 packets")
    assert any(line.startswith("NATS message call ") for line in lines)
    assert any(line.startswith("Patterns  count ") for line in lines)


def test_of_many_findings_of_a_kind_some_are_shown_and_the_rest_is_counted() -> None:
    names = "abcdefghi"
    calls = [
        [Call(0, name, "well", 1)] * 20 + [Call(0, name, "well", 500 + 100 * number)]
        for number, name in enumerate(names)
    ]
    report = inspected(
        captured([each for some in calls for each in some]).records
    ).report
    lines = _lines(report)
    heads = [line for line in lines if line.startswith("warning")]

    assert "Findings   9 warnings" in lines
    assert [head.split()[4] for head in heads[:-1]] == (
        ["1.30", "1.20", "1.10", "1.00", "900"]
    )
    assert heads[-1] == "warning  and 4 more slow-call; --json has them all"


def test_headings_verdicts_and_headlines_are_folded_and_nothing_is_lost() -> None:
    case = ROOT / "tests" / "data" / "cases" / "s05_foreign.pcap"
    shown = {width: run(case, width=width).out for width in (50, 200)}
    narrow, wide = (each.split("Packets on")[0].split() for each in shown.values())

    assert narrow == wide
    assert max(map(len, shown[50].split("\n\n")[0].splitlines())) <= 50
