from __future__ import annotations

import pytest

from inspector.analysis.catalogue import RULES
from protocol import NO_MESSAGE_HANDLER, dumps, encode_frame
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    inspected,
    request,
    response,
)
from tests.inspector.traces import COMPANIONS, TRACES, Trace, small_limits

each_trace = pytest.mark.parametrize(("code", "trace"), TRACES.items(), ids=TRACES)


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


@each_trace
def test_the_trace_makes_the_finding_once(code: str, trace: Trace) -> None:
    findings = inspected(trace.triggers().records).findings
    (finding,) = (each for each in findings if each.code == code)

    assert finding.severity is RULES[code].severity
    assert finding.packet > 0
    assert finding.message
    assert finding.hint


@each_trace
def test_the_trace_beside_it_makes_none(code: str, trace: Trace) -> None:
    assert code not in inspected(trace.passes().records).codes


@each_trace
def test_a_trace_makes_nothing_but_its_finding(code: str, trace: Trace) -> None:
    others = set(inspected(trace.triggers().records).codes) - {code}

    assert others <= COMPANIONS.get(code, set())


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
    result = inspected(TRACES[code].triggers().records)
    (line,) = (each for each in result.finding_lines if each["code"] == code)

    assert (line["packet"], line["from"], line["connection"]) == (packet, sender, 1)


def test_a_handler_that_never_gives_a_value_is_a_command() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(3):
        call.ask("delete", str(number)).answer(str(number))

    assert "answer-without-value" not in inspected(wire.records).codes


@pytest.mark.parametrize("first", [True, False])
def test_a_value_that_fails_to_come_is_found_before_and_after_others(
    *, first: bool
) -> None:
    wire = Wire()
    call = wire.connect().ask("find", "1").ask("find", "2")
    call.answer("1") if first else call.answer("1", 5)
    call.answer("2", 5) if first else call.answer("2")
    result = inspected(wire.records)
    (finding,) = result.findings

    assert finding.code == "answer-without-value"
    assert finding.exchange == (1 if first else 2)


def test_a_late_event_is_only_a_note() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    wire.wait(41 * MILLISECOND)
    call.ack(SERVER).emit("log", 2)
    (finding,) = inspected(wire.records).findings

    assert (finding.code, finding.severity) == ("nagle-stall", "note")
    assert finding.duration_ns > 41 * MILLISECOND


def test_a_late_reply_is_the_servers() -> None:
    wire = Wire()
    call = wire.connect().ask("tick", "1").send(SERVER, response("1", 1, last=False))
    wire.wait(41 * MILLISECOND)
    call.ack(CLIENT).answer("1", 2)
    (finding,) = inspected(wire.records).findings

    assert (finding.code, finding.sender) == ("nagle-stall", "server")
    assert finding.severity == "warning"


def test_a_handler_that_is_slow_is_no_stall() -> None:
    wire = Wire()
    call = wire.connect().ask("slow", "1").ack(SERVER)
    wire.wait(500 * MILLISECOND)
    call.answer("1", 1).ack(CLIENT)

    assert inspected(wire.records).findings == []


@pytest.mark.parametrize(
    "name",
    ["password", "passwd", "secret", "token", "accessToken", "api_key", "PASSWORD"],
)
def test_what_should_not_travel_in_clear_text_is_named(name: str) -> None:
    wire = Wire()
    call = wire.connect().ask("login", "1", {"user": {name: "hunter2"}})
    call.answer("1", {"items": [{name: "hunter2"}]})
    findings = inspected(wire.records).findings

    assert [(each.subject, each.detail, each.packet) for each in findings] == [
        (name, "request", 4),
        (name, "reply", 5),
    ]
    assert not any("hunter2" in each.message for each in findings)


def test_the_packet_of_a_reply_with_a_password_is_that_reply() -> None:
    wire = Wire()
    call = wire.connect().ask("users", "1")
    call.send(SERVER, response("1", {"password": "x"}, last=False))
    call.send(SERVER, response("1", {"name": "ana"}))
    (finding,) = inspected(wire.records).findings

    assert finding.packet == 5


def test_what_is_not_nests_makes_no_finding() -> None:
    wire = Wire()
    web = wire.connect(server="10.0.0.2:80")
    web.send(CLIENT, b"GET /lost HTTP/1.1\r\n\r\n", captured=False)
    web.send(CLIENT, b"GET / HTTP/1.1\r\n\r\n").ack(SERVER)
    web.send(SERVER, b'HTTP/1.1 200 OK\r\n\r\n{"password":"x"}').ack(CLIENT)
    call = wire.connect(client="10.0.0.1:40001").ask("sum", "1").answer("1", 1)
    call.ack(CLIENT)

    assert inspected(wire.records).findings == []


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

    assert hints[0].startswith("@MessagePattern('nope') there")
    assert hints[1].startswith('@MessagePattern({"cmd":"nope"}) there')
