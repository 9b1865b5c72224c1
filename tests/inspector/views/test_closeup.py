"""What is gathered of an exchange, and that it does not grow with the capture."""

from __future__ import annotations

import pytest

from inspector.journal import CapturedPacket, Journal
from inspector.pipeline import Pipeline
from inspector.views import closeup as gathering
from inspector.views.closeup import Others, close_up, last_packet
from tests.inspector.captures import OWN, name_of
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, request, response
from tests.inspector.over_nats import Broker, emitted
from tests.inspector.views.closeups import closeup, looked_up


def _numbers(wire: Wire, number: int) -> list[int | tuple[int, int]]:
    """Return the packets of an exchange; of others the first and how many."""
    return [
        (row.first, row.count) if isinstance(row, Others) else row.number
        for row in closeup(wire, number).rows
    ]


def _inside() -> Wire:
    """A call that is answered after others of its connection."""
    wire = Wire()
    call = wire.connect().ask("slow", "1").ack(SERVER)
    for number in "234":
        call.ask("quick", number).answer(number, 1)
    call.answer("1", 1).ack(CLIENT).ask("late", "5").answer("5", 1)
    wire.connect(client="10.0.0.9:1").ask("elsewhere", "1").answer("1", 1)
    return wire


def test_its_packets_and_acks_and_how_many_of_others_are_in_between() -> None:
    assert _numbers(_inside(), 1) == [4, 5, (6, 6), 12, 13]
    assert _numbers(_inside(), 2) == [6, 7]


def test_packets_of_others_are_named_by_their_exchanges() -> None:
    others = closeup(_inside(), 1).rows[2]

    assert isinstance(others, Others)
    assert (others.exchanges, others.more, others.acks) == ([2, 3, 4], False, 0)


def test_neighbours_are_two_before_and_two_after_of_its_connection() -> None:
    assert [each.number for each in closeup(_inside(), 3).neighbours] == [1, 2, 4, 5]
    assert [each.number for each in closeup(_inside(), 1).neighbours] == [2, 3]
    assert closeup(_inside(), 6).neighbours == []


def test_an_event_ends_with_its_ack_and_a_call_without_reply_with_the_connection() -> (
    None
):
    wire = Wire()
    call = wire.connect().emit("log", 1).ack(SERVER).ask("lost", "1").ack(SERVER)
    call.emit("log", 2).ack(SERVER).finish(SERVER).finish(CLIENT)

    assert _numbers(wire, 1) == [4, 5]
    assert _numbers(wire, 2) == [6, 7, (8, 2), 10, 11]


def test_what_goes_wrong_meanwhile_has_its_own_row() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").ask("b", "2")
    call.resend(5).answer("2", 1).answer("1", 1).ack(CLIENT)

    assert _numbers(wire, 1) == [4, (5, 1), 6, (7, 1), 8, 9]


def test_a_later_ack_covers_a_reply_and_ends_it() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").ask("b", "2")
    call.answer("1", 1).answer("2", 1).ack(CLIENT).emit("c", 1)

    assert _numbers(wire, 1) == [4, (5, 1), 6, (7, 1), 8]


def test_of_many_packets_the_middle_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "_ENDS", 3)
    wire = Wire()
    call = wire.connect().ask("stream", "1")
    for value in range(20):
        call.send(SERVER, response("1", value, last=value == 19))
    found = closeup(wire, 1)

    assert _numbers(wire, 1) == [4, 5, 6, 22, 23, 24]
    assert found.omitted == 21 - 6


def test_packets_that_the_journal_could_not_hold_are_its_all_the_same() -> None:
    wire = Wire()
    call = wire.connect().ask("slow", "1")
    for number in range(40):
        call.emit("log", number)
    call.answer("1", 1)
    journal = Journal(most_held=8)
    items = Pipeline(taps=[journal]).inspect(wire.records)
    found, highest = close_up(1, items, journal)

    assert found is not None
    assert highest == 41
    assert [
        row.first if isinstance(row, Others) else row.number for row in found.rows
    ] == [4, 5, 45]
    assert all(frame.exchange is found.exchange for frame in found.frames())


def test_connections_of_which_neighbours_are_kept_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "_CONNECTIONS", 2)
    wire = Wire()
    first = wire.connect(client="10.0.0.1:1").emit("a", 1)
    for port in (2, 3):
        wire.connect(client=f"10.0.0.1:{port}").emit("b", 1)
    first.emit("a", 2)
    found = closeup(wire, 4)

    assert [each.number for each in found.neighbours] == []


def test_there_may_be_no_such_exchange() -> None:
    assert looked_up(_inside(), 99) is None


def test_findings_are_those_about_it_and_about_its_packets() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, request("login", "1", {"password": "x"}))
    call.answer("1", 1).ask("other", "2").answer("2", 1)

    assert [each.code for each in closeup(wire, 1).findings] == ["credentials"]
    assert closeup(wire, 2).findings == []


@pytest.mark.parametrize("capture", OWN, ids=name_of)
def test_the_packets_are_those_that_the_exchange_counts(capture: object) -> None:
    lines = run("exchanges", str(capture), "--json").lines
    for line in [*lines[:3], *lines[-2:]]:
        (shown,) = run("show", str(capture), str(line["number"]), "--json").lines
        own = {
            packet["number"]
            for packet in shown["captured"]
            for frame in packet.get("frames", ())
            if frame["exchange"] == line["number"]
        }
        assert own == {*line["request_packets"], *line["reply_packets"]}
        for key in ("parent", "parent_evidence", "possible_parents"):
            line.pop(key, None)  # which all exchanges together show, not one
        assert {key: shown[key] for key in line} == line


def test_the_last_packet_of_an_exchange() -> None:
    found = closeup(_inside(), 1)

    assert last_packet(found.exchange) == 12
    assert isinstance(found.rows[-1], CapturedPacket)


def test_what_comes_after_its_end_pushes_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "_ENDS", 2)
    wire = Wire()
    call = wire.connect().ask("a", "1").ack(SERVER).answer("1", 1).ack(CLIENT)
    for _ in range(9):
        call.resend(4)

    assert _numbers(wire, 1) == [4, 5, 6, 7]


def test_over_a_broker_packets_of_all_its_connections_and_errands_are_its() -> None:
    broker = Broker()
    caller, worker, other = (broker.peer(whole=False) for _ in range(3))
    worker.subscribe("sum")
    asked = caller.ask("sum")
    emitted(other, worker)
    worker.take(asked)
    reply = worker.answer(asked, 1)
    caller.line.ack(SERVER)
    caller.get(asked, reply).leave(asked)
    caller.line.ack(SERVER)

    assert _numbers(broker.wire, 1) == [2, 5, 6, 7, 8, 9, 10]
