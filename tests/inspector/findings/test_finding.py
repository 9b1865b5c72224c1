from __future__ import annotations

import pytest

from inspector.findings.catalogue import rules
from inspector.library.advice import Finding
from inspector.views.jsonlines import finding_line
from protocol import NO_MESSAGE_HANDLER, dumps, encode_frame, loads
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Wire,
    inspected,
    request,
)
from tests.inspector.scenes import SMALL_LIMITS, Trace, small_limits
from tests.inspector.traces import TRACES

each_trace = pytest.mark.parametrize(("code", "trace"), TRACES.items(), ids=TRACES)


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


@each_trace
def test_the_trace_makes_the_finding_once(code: str, trace: Trace) -> None:
    findings = inspected(trace.triggers().records, limits=SMALL_LIMITS).findings
    (finding,) = (each for each in findings if each.code == code)

    assert finding.severity is rules()[code].severity
    assert finding.packet > 0
    assert finding.message
    assert finding.hint


@each_trace
def test_the_trace_beside_it_makes_none(code: str, trace: Trace) -> None:
    assert code not in inspected(trace.passes().records, limits=SMALL_LIMITS).codes


@each_trace
def test_a_trace_makes_nothing_but_its_finding(code: str, trace: Trace) -> None:
    others = set(inspected(trace.triggers().records, limits=SMALL_LIMITS).codes) - {
        code
    }

    assert others <= trace.companions


@pytest.mark.parametrize(
    ("code", "packet", "sender"),
    [
        ("no-handler", 5, "server"),
        ("corrupted-length", 6, "client"),
        ("invalid-json", 6, "client"),
        ("buffer-limit", 6, "client"),
        ("unanswered", 4, "server"),
        ("unfinished-stream", 5, "server"),
        ("value-after-end", 6, "server"),
        ("masked-error", 5, "server"),
        ("nagle-stall", 6, "client"),
        ("credentials", 4, "client"),
        ("capture-gap", 6, "client"),
        ("orphan-reply", 1, "server"),
        ("unknown-packet", 6, "client"),
        ("undefined-in-stream", 6, "server"),
        ("answer-without-value", 7, "server"),
    ],
)
def test_a_finding_names_the_packet_in_which_it_shows_and_who_sent_it(
    code: str, packet: int, sender: str
) -> None:
    result = inspected(TRACES[code].triggers().records, limits=SMALL_LIMITS)
    (line,) = (each for each in result.finding_lines if each["code"] == code)

    assert (line["packet"], line["from"], line["connection"]) == (packet, sender, 1)


def test_the_hint_names_the_pattern_as_a_decorator_has_it() -> None:
    wire = Wire()
    call = wire.connect()
    for number, pattern in enumerate(["nope", {"cmd": "nope"}]):
        call.send(CLIENT, request(pattern, str(number)))
        reply = {
            "id": str(number),
            "status": "error",
            "err": NO_MESSAGE_HANDLER,
        }
        call.send(SERVER, encode_frame(dumps(reply)))
    hints = [finding.hint for finding in inspected(wire.records).findings]

    assert hints[0].startswith("register @MessagePattern('nope') there")
    assert hints[1].startswith('register @MessagePattern({"cmd":"nope"}) there')


def test_nobody_guesses_what_a_connection_carries() -> None:
    finding = inspected(TRACES["no-handler"].triggers().records).findings[0]
    connection = finding.connection

    known = []
    for connection.carrier, connection.service in (("a", ""), ("", "b"), ("", "")):
        known.append(finding.carrier)

    assert known == ["a", "b", None]
    assert loads(finding_line(finding))["carrier"] is None
    assert Finding.of(finding).carrier is None
