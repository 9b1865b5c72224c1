from __future__ import annotations

import pytest

from inspector.findings import habits
from protocol import NO_MESSAGE_HANDLER, JsonText, Response, dumps
from tests.inspector.conversation import (
    SERVER,
    Conversation,
    Wire,
    inspected,
)

_NOBODY = JsonText(dumps(NO_MESSAGE_HANDLER))


def _refuse(call: Conversation, pattern: object, identity: str) -> None:
    call.ask(pattern, identity)
    call.send(SERVER, Response(identity, err=_NOBODY, status=JsonText(b'"error"')))


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


def test_a_pattern_nobody_handles_may_be_meant_for_a_close_one() -> None:
    wire = Wire()
    call = wire.connect().ask("users.find", "1").answer("1", 1)
    _refuse(call, "user.find", "2")
    _refuse(call, "something else", "3")
    findings = inspected(wire.records).findings

    assert [each.detail for each in findings] == ["users.find", ""]
    assert findings[0].hint == "did you mean users.find?"
    assert findings[1].hint.startswith("register @MessagePattern('something else')")


def test_a_pattern_nobody_handles_may_belong_to_another_service() -> None:
    wire = Wire()
    other = wire.connect(client="10.0.0.1:40001", server="10.0.0.3:3002")
    other.ask("find", "1").answer("1", 1)
    _refuse(wire.connect(), "find", "2")
    (finding,) = inspected(wire.records).findings

    assert finding.hint == "did you mean :3002, where find is known?"


def test_a_refused_pattern_is_no_suggestion() -> None:
    wire = Wire()
    call = wire.connect()
    _refuse(call, "user", "1")
    _refuse(call, "users", "2")

    assert {each.detail for each in inspected(wire.records).findings} == {""}


@pytest.mark.parametrize(
    ("patterns", "count"),
    [
        ([{"a": 1, "b": 2}, {"a": 1, "b": 2}], 0),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}], 1),
        ([{"a": 1}, '{"a":1}', {"a": 1}, ' {"a":1}'], 1),
        ([1, "1", "1.0"], 1),
        (["sum", "sum"], 0),
    ],
)
def test_a_pattern_written_in_several_ways_is_reported_once(
    patterns: list[object], count: int
) -> None:
    wire = Wire()
    call = wire.connect()
    for number, pattern in enumerate(patterns):
        call.ask(pattern, str(number)).answer(str(number), 1)
    result = inspected(wire.records)

    assert len({line["route"] for line in result.lines}) == 1
    assert result.codes == ["many-spellings"] * count


def test_what_nest_itself_writes_for_events_is_no_other_spelling() -> None:
    wire = Wire()
    call = wire.connect().ask({"cmd": "log"}, "1").answer("1", 1)
    call.emit('{"cmd":"log"}', 1)

    assert inspected(wire.records).codes == ["event-to-message-handler"]


@pytest.mark.parametrize("emitted_first", [True, False])
def test_a_pattern_of_both_kinds_is_reported_once_in_any_order(
    *, emitted_first: bool
) -> None:
    wire = Wire()
    call = wire.connect()
    if emitted_first:
        call.emit("log", 1)
    for number in "123":
        call.ask("log", number).answer(number, 1).emit("log", 2)
    (finding,) = inspected(wire.records).findings

    assert (finding.code, finding.route) == ("event-to-message-handler", "log")


def test_habits_of_one_service_are_not_those_of_another() -> None:
    wire = Wire()
    wire.connect().emit("log", 1)
    other = wire.connect(client="10.0.0.1:40001", server="10.0.0.3:3002")
    other.ask("log", "1").answer("1", 1)

    assert inspected(wire.records).findings == []


def test_what_is_remembered_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(habits, "MAX_ROUTES", 3)
    monkeypatch.setattr(habits, "MAX_SERVICES", 1)
    wire = Wire()
    call = wire.connect()
    for number in range(9):
        call.ask(f"p{number}", "1").answer("1", 1).emit(f"p{number}", 1)
    other = wire.connect(client="10.0.0.1:40001", server="10.0.0.3:3002")
    other.ask("p1", "1").answer("1", 1).emit("p1", 1)
    result = inspected(wire.records)

    assert [each.route for each in result.findings] == ["p0", "p1", "p2"]
