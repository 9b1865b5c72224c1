from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.browser.report_lists import (
    connection_list,
    finding_list,
    pattern_list,
    service_list,
)
from inspector.findings.finding import Severity
from tests.inspector.browser.piloted import ROOT, SLOW, session_of

if TYPE_CHECKING:
    from inspector.browser.listed import Figures


def _column(figures: Figures, header: str, width: int = 120) -> list[str]:
    columns, rows = figures.page(0, figures.count, width)
    place = [column.header for column in columns].index(header)
    return [row[place].text.strip() for row in rows]


def test_patterns_services_findings_and_connections_are_those_of_the_report() -> None:
    session = session_of(SLOW)
    report = session.report
    assert report is not None
    patterns = pattern_list(report)
    assert patterns.count == len(report.patterns) == 3
    assert sum(int(each) for each in _column(patterns, "count")) == 600
    for key in patterns.keys:
        patterns.sort(key)
    patterns.sort("max ms")
    assert _column(patterns, "max ms")[0] == "3217"
    patterns.sort("Patterns")
    assert _column(patterns, "Patterns") == sorted(_column(patterns, "Patterns"))

    services = service_list(report)
    assert sum(int(each) for each in _column(services, "count")) == 600
    assert _column(services, "→ server")[0] == "10.1.1.6:8889"
    for key in services.keys:
        services.sort(key)

    findings = finding_list(report)
    assert _column(findings, "code")[0] == "slow-call"
    for key in findings.keys:
        findings.sort(key)
    findings.sort("Findings", turned=True)
    severities = list(map(Severity, _column(findings, "Findings")))
    assert severities == sorted(severities, key=list(Severity).index, reverse=True)
    assert len(set(severities)) > 1

    connections = connection_list(session)
    assert connections.count == 12
    for key in connections.keys:
        connections.sort(key)
    for key in ("client", "→ server"):
        connections.sort(key)
        assert _column(connections, key) == sorted(_column(connections, key))
    connections.sort("max ms")
    assert _column(connections, "max ms")[0] == "3217"
    assert _column(connections, "client")[0] == "10.1.0.11:41001"
    assert _column(connections, "client", 71)[0] == "10.1….11:41001"
    connections.choose(["10.1.0.11:41001"])  # whole, however much of it is shown
    assert connections.count == 1
    session.stop()


def test_ports_stay_where_all_are_on_one_host() -> None:
    session = session_of(ROOT / "captures" / "showcase-nest12.pcap")
    connections = connection_list(session)
    assert _column(connections, "client", 60) == [":50770"]
    assert _column(connections, "→ server", 60) == [":8900"]
    connections.choose(["127.0.0.1"])
    assert connections.count == 1
    session.stop()


def test_a_broker_has_them_too() -> None:
    capture = ROOT / "captures" / "nats" / "nats-fan-out-nest12.pcap"
    session = session_of(capture)
    assert session.report is not None
    assert "broker ms" in [
        c.header for c in pattern_list(session.report).page(0, 9, 120)[0]
    ]
    assert service_list(session.report).count > 0
    assert connection_list(session).count > 0
    session.stop()
