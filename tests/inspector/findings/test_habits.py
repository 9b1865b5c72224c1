from __future__ import annotations

import pytest

from inspector.findings import habits
from inspector.findings.habits import Habits, shown, shown_beside
from protocol import NO_MESSAGE_HANDLER, JsonText, Response, dumps
from tests.inspector.conversation import (
    SERVER,
    Conversation,
    Wire,
    failure,
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

    assert findings[0].hint == "did you mean users.find?"
    assert findings[1].hint.startswith("register @MessagePattern('something else')")


def test_a_pattern_nobody_handles_may_belong_to_another_service() -> None:
    wire = Wire()
    other = wire.connect(client="10.0.0.1:40001", server="10.0.0.3:3002")
    other.ask("find", "1").answer("1", 1)
    _refuse(wire.connect(), "find", "2")
    (finding,) = inspected(wire.records).findings

    assert finding.hint == "did you mean 10.0.0.3:3002, where find is known?"


def test_a_refused_pattern_is_no_suggestion() -> None:
    wire = Wire()
    call = wire.connect()
    _refuse(call, "user", "1")
    _refuse(call, "users", "2")

    hints = [each.hint for each in inspected(wire.records).findings]
    assert [each.partition("(")[0] for each in hints] == [
        "register @MessagePattern"
    ] * 2


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


def test_what_is_remembered_has_a_limit() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(9):
        call.ask(f"p{number}", "1").answer("1", 1).emit(f"p{number}", 1)
    other = wire.connect(client="10.0.0.1:40001", server="10.0.0.3:3002")
    other.ask("p1", "1").answer("1", 1).emit("p1", 1)
    known = Habits(most_routes=3, most_services=1)
    uses = [
        use for each in inspected(wire.records).exchanges for use in known.learn(each)
    ]

    assert [use.call.route for use in uses] == ["p0", "p0", "p1", "p1", "p2", "p2"]
    assert [getattr(use, "mixed", None) for use in uses] == [False, True] * 3


def test_what_fails_is_remembered_within_the_limits_too() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").answer("1", 1)
    call.ask("users.find", "2").send(SERVER, failure("2", "no"))
    _refuse(call, "users.fnd", "3")
    _refuse(call, "b", "4")
    *known, near, far = inspected(wire.records).exchanges
    few, usual = Habits(most_routes=1), Habits()
    for each in known:
        assert list(usual.learn(each))
        list(few.learn(each))

    server = near.connection.server_text
    assert [few.closest(server, each.route) for each in (near, far)] == ["", ""]
    assert usual.closest(server, near.route) == "users.find"
    assert usual.closest(server, None) == ""


def test_replies_without_a_value_to_what_is_emitted_are_reported_once() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    for number in "123":
        call.ask("log", number).answer(number)

    assert inspected(wire.records).codes == ["request-to-event-handler"]


def test_there_is_nothing_to_learn_from_what_is_known() -> None:
    wire = Wire()
    call = wire.connect()
    for number in "12":
        call.ask("find", number).answer(number, 1).emit({"a": 1}, 1).emit("log", 1)
    exchanges = inspected(wire.records).exchanges
    known = Habits()

    assert not any(known.usual(each) for each in exchanges)
    for exchange in exchanges[:3]:
        list(known.learn(exchange))
    assert all(known.usual(each) for each in exchanges)


@pytest.mark.parametrize("most", [1, 4096])
def test_what_is_known_at_a_glance_is_one_spelling_on_one_connection(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(habits, "_LEARNT", most)
    wire = Wire()
    call = wire.connect()
    other = wire.connect(client="10.0.0.1:40001", server="10.0.0.3:3002")
    for number in "12":
        call.ask("5", number).answer(number, 1).emit("log", 1)
    call.ask(5, "3").answer("3", 1)  # the same route
    other.ask("5", "4").answer("4", 1)
    exchanges = inspected(wire.records).exchanges
    known = Habits()
    for exchange in exchanges[:2]:
        list(known.learn(exchange))

    assert [known.usual(each) for each in exchanges] == [True] * 4 + [False] * 2


def test_a_handler_that_gave_no_value_yet_may_give_one() -> None:
    wire = Wire()
    wire.connect().ask("find", "1").answer("1").ask("find", "2").answer("2")
    first, second = inspected(wire.records).exchanges
    known = Habits()
    list(known.learn(first))

    assert not known.usual(second)


@pytest.mark.parametrize("limit", ["most_routes", "most_services"])
def test_beyond_the_limits_there_is_nothing_to_learn(limit: str) -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1).ask("b", "2").answer("2", 1)
    other = wire.connect(client="10.0.0.1:40001", server="10.0.0.3:3002")
    other.ask("a", "1").answer("1", 1)
    first, second, third = inspected(wire.records).exchanges
    known = Habits(**{limit: 1})
    uses = [len(list(known.learn(each))) for each in (first, second, third)]

    assert uses == ([1, 0, 1] if limit == "most_routes" else [1, 1, 0])
    assert known.usual(third) is True
    assert known.usual(second) is True


@pytest.mark.parametrize(("size", "text"), [(40, "x" * 40), (41, "x" * 40 + "…")])
def test_a_long_pattern_is_shown_in_part(size: int, text: str) -> None:
    assert shown("x" * size) == text


def test_many_patterns_of_many_services_are_remembered() -> None:
    assert (habits.MAX_ROUTES, habits.MAX_SERVICES) == (4096, 1024)


@pytest.mark.parametrize(
    ("text", "other", "said"),
    [
        ("short", "other", "short"),
        (
            "a" * 60 + "x" + "b" * 60,
            "a" * 60 + "y",
            "…" + "a" * 10 + "x" + "b" * 29 + "…",
        ),
        ("a" * 100 + "x", "a" * 100 + "y", "…" + "a" * 39 + "x"),
        ("x" + "a" * 60, "y", "x" + "a" * 39 + "…"),
    ],
)
def test_a_long_spelling_is_cut_where_it_differs(
    text: str, other: str, said: str
) -> None:
    assert shown_beside(text, other) == said
