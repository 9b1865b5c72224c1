"""What a row counts is what Enter lists, over every carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.browser.asking import asked_by
from inspector.browser.row_filters import (
    finding_filter,
    pattern_filter,
    service_filter,
)
from inspector.browser.searching import results
from inspector.calls.exchanges import Kind
from inspector.figures.services import services
from tests.inspector.browser.piloted import CASES, ROOT, SLOW, session_of

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.browser.store import Store

_CAPTURES = ROOT / "captures"
_READ = [
    CASES / "ipv6.pcap",
    CASES / "raw-v12.pcap",
    _CAPTURES / "showcase-nest12.pcap",
    _CAPTURES / "ws" / "ws-nest12.pcap",
    _CAPTURES / "socketio" / "socketio-nest12.pcap",
    _CAPTURES / "chains" / "chain-two-gateways-nest12.pcap",
    _CAPTURES / "nats" / "nats-nest12.pcap",
    _CAPTURES / "redis" / "redis-two-clients-nest12.pcap.gz",
]


def _listed(store: Store, text: str) -> int:
    found = list(results(store, asked_by(text), "time", lambda: False))
    return len(found[-1].numbers)


@pytest.mark.parametrize("capture", _READ, ids=lambda each: each.name)
def test_what_is_counted_in_a_row_is_listed(capture: Path) -> None:
    session = session_of(capture)
    try:
        report = session.report
        assert report is not None
        for service in services(report):
            text = service_filter(service)
            assert _listed(session.store, text) == service.routes.total(), text
        for pattern, row in report.patterns.items():
            text = pattern_filter(pattern, report.patterns)
            assert _listed(session.store, text) == row.count, text
    finally:
        session.stop()


def test_a_filter_says_no_more_than_is_needed() -> None:
    kind, event = Kind.MESSAGE, Kind.EVENT
    known = [
        ("tcp", "alone", kind),
        ("tcp", "sum", kind),
        ("tcp", '{"cmd":"sum"}', kind),
        ("nats", "log", event),
        ("tcp", "log", kind),
    ]
    texts = [pattern_filter(each, known) for each in known]
    assert texts == [
        'route == "alone"',
        'route == "sum" and route ~ "^sum$"',
        'route == "cmd:sum"',
        'route == "log" and carrier == "nats" and kind == "event"',
        'route == "log" and carrier == "tcp" and kind == "message"',
    ]


def test_a_finding_is_about_exchanges_or_about_none() -> None:
    session = session_of(SLOW)
    try:
        report = session.report
        assert report is not None
        texts = {
            each.first.code: finding_filter(each) for each in report.findings.values()
        }
        assert texts["slow-call"] == "number in [422]"
        nothing = session_of(CASES / "nasty.pcap")
        assert nothing.report is not None
        groups = nothing.report.findings.values()
        assert None in [finding_filter(each) for each in groups]
        nothing.stop()
    finally:
        session.stop()
