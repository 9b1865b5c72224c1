from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.calls import settling
from inspector.carriers.base import CarrierWarning, Transfer
from protocol import JsonText, Request
from tests.inspector.carriers.lines import Lines, LinesTalk
from tests.inspector.carriers.plugged import plugged
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    STEP,
    Line,
    Wire,
    event,
    failure,
    inspected,
    request,
    response,
)

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Talk, Unit

_DISTINCT = [5, "5", 0, "", "0", False, None, "null", True, [5], {"a": 5}, 5.5, -5]
"""Ids of which no two are the same to a Nest client."""


def _ends(lines: list[Line]) -> list[tuple[object, object]]:
    return [(line.get("pattern"), line["outcome"]) for line in lines]


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ([response("1", 6)], "completed"),
        ([response("1", None)], "completed"),
        ([response("1")], "completed"),
        ([response("1", 1, last=False), response("1", 2)], "completed"),
        ([response("1", 1, last=False), response("1")], "completed"),
        ([failure("1", {"message": "no"})], "error"),
        ([failure("1", "")], "completed"),
        ([failure("1", 0)], "completed"),
        ([response("1", 1, last=False), failure("1", "mid")], "error"),
        ([], "unanswered"),
        ([response("1", 1, last=False)], "incomplete"),
        ([response("2", 1)], "unanswered"),
    ],
)
def test_a_message_ends_as_its_replies_say(replies: list[object], outcome: str) -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    for reply in replies:
        call.send(SERVER, reply)  # type: ignore[arg-type]
    line = inspected(wire.records).lines[0]

    assert (line["kind"], line["outcome"]) == ("message", outcome)


def test_an_error_without_a_disposal_ends_a_call() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    call.send(SERVER, _frame(b'{"err":"no","id":"1"}'))
    call.answer("1", 2)
    result = inspected(wire.records)

    assert _ends(result.lines) == [("sum", "error")]
    assert result.codes == ["value-after-end", "thrown-error"]


@settings(max_examples=30, deadline=None)
@given(st.permutations(_DISTINCT), st.permutations(_DISTINCT))
def test_a_reply_belongs_to_exactly_its_id(
    asked: list[object], answered: list[object]
) -> None:
    wire = Wire()
    call = wire.connect()
    for identity in asked:
        call.ask("echo", identity, repr(identity))
    for identity in answered:
        call.answer(identity, repr(identity))
    lines = inspected(wire.records).lines

    assert len(lines) == len(_DISTINCT)
    for line in lines:
        assert [reply["response"] for reply in line["replies"]] == [line["data"]]


def test_ids_that_are_copies_shifted_by_a_character_are_told_apart() -> None:
    pool = "77334d4258340eded607d01e06d83f07c61db8658f"
    ids = [pool[start : start + 21] for start in range(10)]
    wire = Wire()
    call = wire.connect()
    for identity in ids:
        call.ask("echo", identity, identity)
    for identity in reversed(ids):
        call.answer(identity, identity)

    for line in inspected(wire.records).lines:
        assert line["replies"] == [{"response": line["id"], "isDisposed": True}]


def test_an_id_that_is_used_twice_is_answered_in_order() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").ask("b", "1").answer("1", "A").answer("1", "B")
    lines = inspected(wire.records).lines

    assert [(line["pattern"], line["replies"][0]["response"]) for line in lines] == [
        ("a", "A"),
        ("b", "B"),
    ]


def test_an_id_that_is_used_again_is_a_new_call() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", "A").ask("b", "1").answer("1", "B")
    result = inspected(wire.records)

    assert _ends(result.lines) == [("a", "completed"), ("b", "completed")]
    assert result.codes == []


def test_the_same_id_on_two_connections_is_two_calls() -> None:
    wire = Wire()
    first, second = (
        wire.connect(client=f"10.0.0.1:{port}") for port in (40_000, 40_001)
    )
    first.ask("a", "1")
    second.ask("b", "1").answer("1", "B")
    lines = inspected(wire.records).lines

    assert _ends(lines) == [("a", "unanswered"), ("b", "completed")]


def test_replies_come_in_any_order() -> None:
    wire = Wire()
    wire.connect().ask("slow", "1").ask("fast", "2").answer("2", 2).answer("1", 1)
    lines = inspected(wire.records).lines

    assert [line["reply_packets"] for line in lines] == [[7], [6]]
    assert [line["number"] for line in lines] == [1, 2]


def test_replies_without_their_request_are_one_orphan_each_id() -> None:
    wire = Wire()
    call = wire.join()
    for value in (1, 2):
        call.send(SERVER, response("lost", value, last=False))
    call.answer("lost", 3).answer("other", 1)
    result = inspected(wire.records)

    assert [
        (line["kind"], line["id"], line["route"], len(line["replies"]))
        for line in result.lines
    ] == [("orphan", "lost", None, 3), ("orphan", "other", None, 1)]
    assert "pattern" not in result.lines[0]
    assert result.summary["orphans"] == 2
    assert result.summary["messages"] == 0


@pytest.mark.parametrize(
    ("how", "words"), [("end", "end of the"), ("close", "closed"), ("reset", "reset")]
)
def test_what_is_left_without_a_reply_says_why(how: str, words: str) -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    if how == "close":
        call.close()
    elif how == "reset":
        call.reset(SERVER)
    result = inspected(wire.linger().records)

    assert _ends(result.lines) == [("sum", "unanswered")]
    assert words in result.findings[0].message


def test_a_close_ends_only_its_own_connection() -> None:
    wire = Wire()
    first = wire.connect(client="10.0.0.1:40000").ask("a", "1")
    second = wire.connect(client="10.0.0.1:40001").ask("b", "1")
    first.close()
    second.answer("1", 1)

    assert _ends(inspected(wire.records).lines) == [
        ("a", "unanswered"),
        ("b", "completed"),
    ]


def test_a_reply_that_its_fin_overtook_is_a_reply() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    reply = _frame(b'{"response":6,"isDisposed":true,"id":"1"}')
    start = call.write(SERVER, reply)
    call.finish(CLIENT).finish(SERVER)
    call.part(SERVER, start, start + len(reply)).ack(CLIENT)

    assert _ends(inspected(wire.records).lines) == [("sum", "completed")]


def test_times_are_those_of_the_packets_that_completed_the_frames() -> None:
    wire = Wire()
    call = wire.connect().split(CLIENT, request("sum", "1", [1, 2]), 10)
    begun, asked = (wire.records[index].time_ns for index in (3, 4))
    wire.wait(5 * MILLISECOND)
    call.split(SERVER, response("1", 1, last=False), 10)
    first = wire.now_ns
    wire.wait(7 * MILLISECOND)
    call.answer("1", 2)
    last = wire.now_ns
    (line,) = inspected(wire.records).lines

    assert line["time_ns"] == begun
    assert line["latency_ns"] == first - asked
    assert line["duration_ns"] == last - asked


def test_events_have_no_latency_and_wait_for_nothing() -> None:
    wire = Wire()
    wire.connect().emit("log", 1)
    (line,) = inspected(wire.records).lines

    assert (line["kind"], line["outcome"], line["replies"]) == ("event", "sent", [])
    assert (line["latency_ns"], line["duration_ns"]) == (None, None)
    assert "id" not in line


@pytest.mark.parametrize(
    ("pattern", "route"),
    [
        ("sum", "sum"),
        (7, "7"),
        ({"cmd": "sum"}, '{"cmd":"sum"}'),
        ('{"cmd": "sum"}', '{"cmd":"sum"}'),
        ({"b": 1, "a": "x"}, '{"a":"x","b":1}'),
    ],
)
def test_the_pattern_stands_as_sent_and_the_route_as_looked_up(
    pattern: object, route: str
) -> None:
    wire = Wire()
    wire.connect().ask(pattern, "1").answer("1", 1)
    (line,) = inspected(wire.records).lines

    assert (line["pattern"], line["route"]) == (pattern, route)


def test_pure_acks_belong_to_the_exchange_whose_bytes_they_acknowledge() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1).ack(SERVER).ask("sum", "1").ack(SERVER)
    call.answer("1", 6).ack(CLIENT).ack(CLIENT)
    report = inspected(wire.records).report

    rows = {key: (row.data, row.acks) for key, row in report.packet_rows.items()}
    assert rows == {("tcp", "event", 1): (1, 1), ("tcp", "message", 2): (2, 2)}
    assert report.counts.pure_acks == 5


def test_a_shared_packet_is_owned_once() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, event("log", 1), request("sum", "1"))
    call.ack(SERVER).answer("1", 6).ack(CLIENT)
    report = inspected(wire.records).report

    rows = {key: (row.data, row.acks) for key, row in report.packet_rows.items()}
    assert rows == {("tcp", "event", 1): (1, 1), ("tcp", "message", 2): (1, 1)}


def test_calls_during_a_gap_are_marked() -> None:
    wire = Wire()
    call = wire.connect().ask("before", "1").answer("1", 1).ask("during", "2")
    call.send(CLIENT, event("lost", 1), captured=False).ack(SERVER)
    call.emit("log", 2).ask("after", "3").answer("2", 1).answer("3", 1)
    exchanges = inspected(wire.records).exchanges

    assert {each.route: each.gapped for each in exchanges} == {
        "before": False,
        "during": True,
        "log": False,
        "after": False,
    }


def _frame(body: bytes) -> bytes:
    return b"%d#%b" % (len(body), body)


def test_an_endless_stream_is_counted_and_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settling, "MAX_REPLIES", 5)
    wire = Wire()
    call = wire.connect().ask("ticks", "1")
    for number in range(20):
        call.send(SERVER, response("1", number, last=number == 19))
        call.ack(CLIENT)
    result = inspected(wire.records)
    ((exchange,), (line,)) = result.exchanges, result.lines

    values = [reply.response for reply in exchange.replies]
    assert values == [JsonText(b"%d" % value) for value in (0, 1, 2, 3, 19)]
    assert (exchange.values, exchange.packets, line["packets"]) == (20, 21, 21)
    assert len(exchange.reply_packets) == 5
    assert line["outcome"] == "completed"
    assert line["duration_ns"] == 39 * STEP
    assert result.summary["packets_per_message"] == {"21": 1}
    assert result.summary["replies"] == 20


class _Asking(LinesTalk):
    """Reads a request from each line, and cannot read ``!crash``."""

    def unit(self, side: int, begin: int, end: int, line: bytes) -> Unit:
        if line == b"!crash":
            raise ValueError(line)
        packet = Request(line.decode(), line.decode())
        return Transfer(side=side, begin=begin, end=end, packet=packet, body=b"{}")


class _AskingLines(Lines):
    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        return _Asking()


def test_what_waits_when_a_carrier_fails_is_in_doubt_and_the_rest_goes_on() -> None:
    wire = Wire()
    call = wire.connect(server="10.0.0.2:7000").send(CLIENT, b"!first\n")
    call.send(CLIENT, b"!crash\n").send(CLIENT, b"!lost\n").ack(SERVER)
    wire.connect(client="10.0.0.3:1", server="10.0.0.2:7000").send(CLIENT, b"!other\n")
    wire.connect(client="10.0.0.3:2").ask("sum", "1").answer("1", 1)
    with (
        plugged(_AskingLines()),
        pytest.warns(CarrierWarning, match=r"lines fails to read: ValueError: b'!cr"),
    ):
        result = inspected(wire.records)
    gapped = {each.route: each.gapped for each in result.exchanges}

    assert gapped == {"!first": True, "!other": False, "sum": False}
    assert _ends(result.lines)[2] == ("sum", "completed")
    assert result.codes.count("in-doubt") == 1
    assert result.summary["unread_bytes"] == len(b"!lost\n")


def test_ids_beyond_all_doubles_are_one() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", 10**400).ask("sum", 10**401)
    call.answer(10**4_000, 3)
    lines = inspected(wire.records).lines

    assert [line["outcome"] for line in lines] == ["completed", "unanswered"]
