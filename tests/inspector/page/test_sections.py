from __future__ import annotations

from typing import Any

from inspector.figures.health import limits_of
from inspector.page.page_limits import USUAL, PageLimits
from inspector.page.sections import (
    chains,
    findings,
    matrix,
    pairs,
    patterns,
    services_table,
    wire,
)
from tests.inspector.captures import ROOT
from tests.inspector.conversation import SERVER, Wire, failure
from tests.inspector.page.pages import calls, made, made_of


def _texts(table: Any) -> list[list[str]]:  # noqa: ANN401 — of the data
    return [[text for text, _, _ in row] for row in table["rows"]]


def _patterns(wire: Wire, limits: PageLimits = USUAL) -> Any:  # noqa: ANN401 — of the data
    report = made(wire.records).report
    return patterns("caption", report.patterns, limits_of(report), limits)


def test_findings_are_the_worst_first_and_the_rest_is_counted() -> None:
    report = made(calls(3, failing=[2]).records).report

    found = findings(report, "some.pcap", PageLimits(findings=1))

    (only,) = found["shown"]
    assert (only["code"], only["severity"]) == ("thrown-error", "warning")
    assert "#2" in only["cause"]
    assert only["see"].startswith("protocol-inspect exchanges some.pcap --where")
    assert found["left_out"] == len(report.findings) - 1


def test_patterns_that_fail_come_first_and_events_have_no_times() -> None:
    wire = calls(2, failing=[1])
    wire.connect(client="10.0.0.1:40001").ask("ok", "9").answer("9", 1).emit("log", "x")

    texts = _texts(_patterns(wire))

    assert [row[0] for row in texts] == ["sum", "ok", "log"]
    assert texts[0][1:4] == ["2", "1", "0"]
    assert texts[2][1:5] == ["1", "–", "–", "event"]
    assert len({len(row) for row in texts}) == 1


def test_patterns_beyond_the_limit_are_one_row() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(5):
        call.ask(f"p{number}", str(number)).answer(str(number), number)

    table = _patterns(wire, PageLimits(rows=2))

    assert _texts(table)[2][:2] == ["and 3 more", "3"]
    assert table["foot"] == 1


def test_services_are_by_port_where_all_are_on_one_host() -> None:
    found = made_of(ROOT / "captures" / "two-services-nest12.pcap")

    table = services_table(pairs(found.report, found.gathered.by_port), USUAL)

    assert [heading for heading, _ in table["columns"]][:3] == [
        "client",
        "server",
        "calls",
    ]
    assert all(row[0].startswith(":") for row in _texts(table))
    assert services_table([], USUAL) is None


def test_services_beyond_the_limit_are_one_row() -> None:
    wire = Wire()
    for place in range(5):
        call = wire.connect(server=f"10.0.1.{place}:1", client=f"10.0.0.1:4000{place}")
        call.ask("sum", "1").answer("1", 1).emit("log", "x")
    found = made(wire.records)
    known = pairs(found.report, found.gathered.by_port)

    table = services_table(known, PageLimits(rows=2))

    texts = _texts(table)
    assert len(texts) == 3
    assert (texts[2][:5], texts[2][-1]) == (["and 3 more", "", "3", "0", "0"], "3")
    assert table["foot"] == 1
    assert services_table(known, USUAL)["foot"] == 0


def test_few_clients_and_servers_are_a_matrix_of_their_longest_calls() -> None:
    wire = Wire()
    for place in range(4):
        client, server = f"10.0.0.{place % 2 + 1}:4000{place}", f"10.0.1.{place // 2}:1"
        call = wire.connect(client=client, server=server)
        call.ask("sum", "1").answer("1", 1)
        if not place:
            call.ask("sum", "2").send(SERVER, failure("2", "no"))
    found = made(wire.records)

    table = matrix(pairs(found.report, found.gathered.by_port))

    assert sorted(heading for heading, _ in table["columns"][1:]) == [
        "10.0.1.0:1",
        "10.0.1.1:1",
    ]
    cells = {
        (row[0][0], heading): cell
        for row in table["rows"]
        for cell, (heading, _) in zip(row, table["columns"], strict=True)
    }
    assert cells["10.0.0.1", "10.0.1.0:1"][:2] == ["100 µs\n1 failed", "error"]
    assert cells["10.0.0.2", "10.0.1.1:1"][:2] == ["100 µs\n1 call", ""]
    assert matrix([]) is None


def test_chains_are_a_table_where_there_are_some() -> None:
    found = chains(
        made_of(ROOT / "captures" / "chains" / "chain-nest12.pcap").report, USUAL
    )

    assert ["  → cmd:send", "RabbitMQ"] in [row[:2] for row in _texts(found["table"])]
    assert found["sentences"][0].startswith("A send took ")
    assert chains(made(calls(1).records).report, USUAL) is None


def test_routes_beyond_the_limit_are_counted_in_the_last_row() -> None:
    report = made_of(ROOT / "captures" / "chains" / "chain-nest12.pcap").report

    few = chains(report, PageLimits(rows=1))["table"]

    more = len(report.chains.rows) - 1
    assert _texts(few)[-1][0].strip().startswith(f"and {more} route")
    assert few["foot"] == 1
    assert chains(report, USUAL)["table"]["foot"] == 0


def test_each_packet_is_in_one_row() -> None:
    capture = calls(3)

    table = wire(made(capture.records).report)

    assert table["foot"] == 2
    assert _texts(table)[-1][-1].endswith(f"= {len(capture.records)} packets")
