from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from inspector.calls.exchanges import Exchange
from inspector.findings import detective as module
from inspector.findings import registry
from inspector.findings.catalogue import rules
from inspector.findings.detective import Detective
from inspector.findings.evidence import Disturbance
from inspector.findings.finding import Finding, Severity
from inspector.findings.habits import Habits
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.findings.signs import FAILED, NEW
from inspector.findings.unread import Unread
from protocol import (
    NEST_VERSIONS,
    NEWEST,
    JsonText,
    NestVersion,
    Response,
    encode_packet,
)
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    SERVER,
    Wire,
    event,
    inspected,
    response,
)
from tests.inspector.scenes import NOBODY, small_limits
from tests.inspector.traces import TRACES

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.findings.groups import FindingGroup

each_version = pytest.mark.parametrize(
    "nest", NEST_VERSIONS, ids=[each.major for each in NEST_VERSIONS]
)


def _severities(code: str, nest: NestVersion) -> list[str]:
    result = inspected(TRACES[code].triggers().records, nest=nest)
    return [each.severity for each in result.findings if each.code == code]


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


def test_what_is_not_nests_makes_no_finding() -> None:
    wire = Wire()
    web = wire.connect(server="10.0.0.2:80")
    web.send(CLIENT, b"GET /lost HTTP/1.1\r\n\r\n", captured=False)
    web.send(CLIENT, b"GET / HTTP/1.1\r\n\r\n").ack(SERVER)
    web.send(SERVER, b'HTTP/1.1 200 OK\r\n\r\n{"password":"x"}').ack(CLIENT)
    call = wire.connect(client="10.0.0.1:40001").ask("sum", "1").answer("1", 1)
    call.ack(CLIENT)

    assert inspected(wire.records).findings == []


@each_version
def test_a_key_of_its_own_matters_where_clients_are_strict(nest: NestVersion) -> None:
    severity = "warning" if nest.strict_replies else "note"

    assert _severities("foreign-reply-key", nest) == [severity]


@each_version
def test_undefined_in_a_stream_matters_where_clients_are_not(nest: NestVersion) -> None:
    severity = "note" if nest.strict_replies else "warning"

    assert _severities("undefined-in-stream", nest) == [severity]


@each_version
def test_many_frames_matter_where_the_reader_calls_itself(
    nest: NestVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_limits(monkeypatch)
    severity = "error" if nest.reads_by_recursion else "note"

    assert _severities("many-frames", nest) == [severity]


@each_version
def test_a_large_frame_matters_where_there_is_a_limit(
    nest: NestVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_limits(monkeypatch)
    expected = [] if nest.max_units is None else ["warning"]

    assert _severities("large-frame", nest) == expected


@each_version
def test_a_stalled_frame_is_told_by_what_the_version_does(nest: NestVersion) -> None:
    result = inspected(TRACES["stalled-frame"].triggers().records, nest=nest)
    ((key, fold),) = result.report.findings.items()
    (finding,) = result.findings

    assert key[0] == finding.code == "stalled-frame"
    assert fold.first.nest is nest
    assert finding.duration_ns >= 31 * SECOND


@pytest.mark.parametrize("cause", ["end", "close", "reset"])
def test_no_reply_is_told_apart_by_what_ended_the_wait(cause: str) -> None:
    wire = Wire()
    call = wire.connect().ask("slow", "1").ack(SERVER)
    if cause == "close":
        call.close()
    elif cause == "reset":
        call.reset(SERVER)
    finding = next(
        each
        for each in inspected(wire.linger().records).findings
        if each.code == "unanswered"
    )

    assert finding.subject.endswith(cause)
    assert cause in finding.message


def test_no_replies_of_different_causes_are_not_folded() -> None:
    wire = Wire()
    for number in range(3):
        call = wire.connect(client=f"10.0.0.1:4000{number}").ask("slow", "1")
        call.ack(SERVER)
        if number:
            call.close()
    folds = inspected(wire.linger().records).report.findings.values()

    assert sorted((fold.first.subject, fold.count) for fold in folds) == [
        ("client close", 2),
        ("end", 1),
    ]


def test_a_gap_makes_only_what_was_under_way_doubtful() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").ask("sum", "2").ask("sum", "3")
    call.answer("1", 1)
    call.send(SERVER, response("2", 2), captured=False).ack(CLIENT)
    call.answer("3", 3).ack(CLIENT).ask("sum", "4").answer("4", 4)
    result = inspected(wire.records)

    assert result.codes == ["capture-gap", "in-doubt"]
    assert [each.exchange for each in result.findings] == [None, 2]
    assert [each.gapped for each in result.exchanges] == [False, True, True, False]
    assert result.summary["in_doubt"] == result.report.in_doubt == 2


def test_bytes_that_cannot_be_read_behind_a_gap_are_counted() -> None:
    wire = Wire()
    frame = encode_packet(event("log", "x" * 50))
    call = wire.connect().emit("log", 1)
    start = call.write(CLIENT, frame)
    call.part(CLIENT, start, start + 10)  # then 20 bytes that the capture lacks
    call.acked[SERVER] = call.next_seq[CLIENT]
    call.ack(SERVER).part(CLIENT, start + 30, start + len(frame)).emit("log", 2)
    summary = inspected(wire.records).summary

    assert summary["events"] == 2
    assert summary["gap_bytes"] == 20
    assert summary["unread_bytes"] == len(frame) - 20


def test_troubles_of_tcp_are_told_once_for_a_connection() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 1).ack(CLIENT)
    call.resend(4).resend(4).resend(5).reset(SERVER)
    findings = inspected(wire.records).findings

    assert [(each.code, each.size, each.packet) for each in findings] == [
        ("retransmissions", 3, 7),
        ("connection-reset", 1, 10),
    ]


def test_a_reply_with_keys_of_its_own_names_them() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    call.send(
        SERVER,
        Response(
            "1", JsonText(b"3"), is_disposed=True, extra={"traceId": JsonText(b"1")}
        ),
    )
    (finding,) = inspected(wire.records).findings

    assert finding.nest is NEWEST
    assert finding.message == "a reply to sum with the extra key traceId"


class _Toy(Rule[Exchange]):
    """Any exchange whose data is 7, which shows no sign of anything."""

    fix = "nothing"

    def applies(self, call: Exchange) -> bool:
        return call.data == JsonText(b"7")

    def message(self, _finding: Finding) -> str:
        return "seven"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.count} sevens"

    def cause(self, group: FindingGroup) -> str:
        return group.packets()


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that registers the toy for as long as the test takes."""
    monkeypatch.setattr(registry, "_registered", dict(rules()))

    def add(**options: Any) -> None:  # noqa: ANN401 — those of the decorator
        finding("toy", Severity.NOTE, about=Exchange, **options)(_Toy)

    return add


def _sevens() -> Wire:
    wire = Wire()
    call = wire.connect()
    for number in range(3):
        call.ask("sum", str(number), 7 * number).answer(str(number), 1)
    return wire


def test_a_new_finding_is_asked_for_every_exchange(
    register: Callable[..., None],
) -> None:
    register()
    result = inspected(_sevens().records)

    assert [(each.code, each.exchange) for each in result.findings] == [("toy", 2)]


def test_a_finding_that_needs_a_sign_is_asked_only_where_that_shows(
    register: Callable[..., None],
) -> None:
    register(needs=FAILED)

    assert inspected(_sevens().records).findings == []


@pytest.mark.parametrize(("carrier", "count"), [("tcp", 1), ("nats", 0), (None, 1)])
@pytest.mark.parametrize("needs", [0, NEW])
def test_a_finding_of_a_carrier_is_asked_on_its_connections_alone(
    register: Callable[..., None], carrier: str | None, count: int, needs: int
) -> None:
    register(carrier=carrier, needs=needs)
    wire = Wire()
    wire.connect().ask("sum", "1", 7).answer("1", 1)
    result = inspected(wire.records)

    assert result.codes == ["toy"] * count
    assert {each.carrier for each in result.findings} <= {"tcp"}


class _Opened(Rule[Disturbance]):
    """A connection that was disturbed."""

    message, headline, cause = _Toy.message, _Toy.headline, _Toy.cause


@pytest.mark.parametrize(("carrier", "count"), [("tcp", 1), ("nats", 0), (None, 1)])
def test_so_is_one_that_is_about_something_else(
    monkeypatch: pytest.MonkeyPatch, carrier: str | None, count: int
) -> None:
    monkeypatch.setattr(registry, "_registered", dict(rules()))
    finding("opened", Severity.NOTE, about=Disturbance, carrier=carrier)(_Opened)
    records = TRACES["connection-reset"].triggers().records

    assert inspected(records).codes.count("opened") == count


def test_what_shows_no_sign_is_not_looked_at_for_what_needs_one(
    register: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    looked: list[Exchange] = []
    monkeypatch.setattr(module, "held_packets", looked.append)
    result = inspected(_sevens().records)

    assert result.codes == ["toy"]
    assert looked == []


def test_a_plain_exchange_is_passed_over_at_a_glance() -> None:
    first, *usual = inspected(_sevens().records).exchanges
    needing = [
        rule for rule in rules().values() if rule.needs or rule.about is not Exchange
    ]

    def about(kind: type, _carriers: object, _signs: object = None) -> list[Rule[Any]]:
        return [rule for rule in needing if rule.about is kind]

    with patch("inspector.findings.detective.rules_about", about):
        detective = Detective()  # a finding that needs nothing is asked for each

    assert list(detective.examine(first)) == []
    with patch.object(Habits, "learn") as learnt:
        assert [detective.examine(each) for each in usual] == [(), ()]
    assert not learnt.called


def test_findings_are_judged_by_the_newest_version_by_default() -> None:
    (exchange,) = inspected(TRACES["no-handler"].triggers().records).exchanges
    (found,) = Detective().examine(exchange)

    assert (found.code, found.nest) == ("no-handler", NEWEST)


def test_a_payload_of_a_pattern_that_is_known_is_looked_at_too() -> None:
    wire = Wire()
    call = wire.connect().ask("login", "1", {"name": "ana"}).answer("1", 1)
    call.ask("login", "2", {"password": "x"}).answer("2", 1)

    assert [each.exchange for each in inspected(wire.records).findings] == [2]


def test_the_first_reply_of_a_stream_speaks_for_all_and_each_stall_for_itself() -> None:
    wire = Wire()
    call = wire.connect().ask("tick", "1", {"token": "x"})
    for _ in range(2):
        call.send(SERVER, response("1", {"token": "y"}, last=False))
        call.send(SERVER, response("1", last=False))
        wire.wait(41 * MILLISECOND)
        call.ack(CLIENT)
    call.send(SERVER, response("1", {"token": "y"}))
    codes = inspected(wire.records).codes

    assert codes.count("credentials") == 2  # of the request, and of the replies
    assert codes.count("undefined-in-stream") == 1
    assert codes.count("nagle-stall") == 2


def test_what_is_wrong_with_a_connection_is_kept_until_that_is_over() -> None:
    wire = Wire()
    call = wire.connect().ask("before", "1").send(CLIENT, b"3#{a}").ask("after", "2")
    call.close()
    with patch.object(Unread, "forget") as forget:
        found = inspected(wire.records)
    (after,) = (each for each in found.findings if "never read" in str(each.subject))

    assert after.route == "after"
    forget.assert_called_once_with(found.report.nest[0])


def test_the_servers_of_all_connections_are_known() -> None:
    wire = Wire()
    for host in ("127.0.0.1", "127.0.0.2"):
        call = wire.connect(server=f"{host}:8888", client="127.0.0.1:40000")
        call.ask("sum", "1").send(SERVER, NOBODY)
    called = [each.service for each in inspected(wire.records).findings]

    assert called == ["127.0.0.1:8888", "127.0.0.2:8888"]
