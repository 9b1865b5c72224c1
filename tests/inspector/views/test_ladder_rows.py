"""Which rows a ladder has, and what is folded into one."""

from __future__ import annotations

from typing import Any

from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.views.ladder_rows import Arrow, Ladder, Note
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    failure,
    request,
    response,
)
from tests.inspector.over_nats import Broker, called, emitted


def rows_of(wire: Wire, **drawn: Any) -> list[str]:  # noqa: ANN401
    journal = Journal()
    packets = journal.read(Pipeline(taps=[journal]).inspect(wire.records))
    return [_told(row) for row in Ladder(**drawn).rows(packets)]


def _told(row: Arrow | Note) -> str:
    if isinstance(row, Note):
        return "  ".join(word for word, _ in row.words)
    way = ">" if row.from_client else "<"
    words = " ".join(word for word, _ in row.label)
    packets = ",".join(map(str, row.packets))
    return (
        f"{way} {words} {row.exchange} [{packets}]{row.line if row.line != '─' else ''}"
    )


def test_a_conversation_from_connect_to_close() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1", [1, 2]).answer("1", 3).emit("log", "x").close()

    assert rows_of(wire) == [
        "> connect  [1,2,3]┄",
        "> sum [1,2] #1 [4]",
        "< 3 #1 [5]",
        "> log x #2 [6]",
        "> close  [7]┄",
        "< close  [8]┄",
    ]


def test_replies_say_how_they_end() -> None:
    wire = Wire()
    talk = wire.connect().ask("s", "1").ask("n", "2").ask("e", "3")
    talk.send(SERVER, response("1", 1, last=False))
    talk.send(SERVER, response("1", 2)).answer("2").send(SERVER, failure("3", "boom"))

    assert rows_of(wire)[4:] == [
        "< 1 #1 [7]",
        "< 2 end #1 [8]",
        "< no value #2 [9]",
        "< error: boom #3 [10]",
        "warning  1 call failed: “boom”",
    ]


def like_requests(count: int) -> Wire:
    wire = Wire()
    talk = wire.connect()
    for number in range(count):
        talk.ask("echo", str(number))
    for number in range(count):
        talk.answer(str(number))
    return wire


def test_more_than_three_like_requests_are_one_row() -> None:
    three = [f"> echo #{number} [{number + 3}]" for number in (1, 2, 3)]

    assert rows_of(like_requests(3))[1:4] == three
    assert rows_of(like_requests(4))[1] == "> 4 × echo #1–#4 [4,5,6,7]"
    assert rows_of(like_requests(4), unfolded=True)[1:4] == three


def test_more_than_six_frames_of_one_packet_are_one_row() -> None:
    wire = Wire()
    talk = wire.connect()
    talk.send(CLIENT, *(request("a", str(number)) for number in range(6)))
    talk.send(CLIENT, *(request("b", str(number)) for number in range(6, 13)))
    talk.send(SERVER, *(response(str(number), 1) for number in range(13)))
    told = rows_of(wire)

    assert told[1:7] == [f"> a #{number} [4]" for number in range(1, 7)]
    assert told[7:] == ["> 7 × b #7–#13 [5]", "< 13 replies #1–#13 [6]"]
    assert len(rows_of(wire, unfolded=True)) == 1 + 13 + 13


def test_a_split_frame_is_one_row_with_a_line_of_its_own() -> None:
    wire = Wire()
    wire.connect().split(CLIENT, request("a", "1", "x" * 60), 30, 60).answer("1", 2)

    assert rows_of(wire)[1:] == [f"> a {'x' * 60} #1 [4,5,6]═", "< 2 #1 [7]"]


def test_a_stall_stands_in_the_gap_that_it_explains() -> None:
    wire = Wire()
    talk = wire.connect().emit("a")
    wire.wait(41 * MILLISECOND)
    talk.ack(SERVER).ask("b", "1").answer("1", 1)

    told = rows_of(wire)
    assert told[1] == "> a #1 [4]"
    assert told[2].startswith("warning  held 41.2 ms: Nagle waits for the ACK of 4")
    assert told[3] == "> b #2 [6]"
    assert rows_of(wire, acks=True)[2] == "< ACK of 4  [5]┄"


def test_gaps_anomalies_and_resets_have_rows() -> None:
    wire = Wire()
    talk = wire.connect().ask("a", "1").answer("1", 1)
    talk.send(CLIENT, request("lost", "2"), captured=False).ack(SERVER)
    talk.ask("b", "3").send(CLIENT, b"x#").reset(SERVER)
    told = rows_of(wire)

    assert any("bytes missing" in row for row in told)
    assert any(row.startswith("> corrupted length 'x'") for row in told)
    assert any(row.startswith("< reset") for row in told)


def _over_nats(handlers: int = 1, *, group: str | None = "workers") -> Broker:
    """Return a broker with a caller, which comes first, and some handlers."""
    broker = Broker()
    broker.peer(whole=False)
    for _ in range(handlers):
        broker.worker("sum", "log", group=group, whole=False)
    return broker


def test_over_a_broker_each_hop_has_a_row_and_errands_where_they_are_wanted() -> None:
    broker = _over_nats()
    caller, worker = broker.peers
    called(caller, worker, data=[1, 2], value=3)
    emitted(caller, worker, data="x")

    hops = [
        "> sum [1,2] #1 [2]",
        "< sum [1,2] #1 [3]",
        "> 3 #1 [4]",
        "< 3 #1 [5]",
        "> log x #2 [7]",
        "< log x #2 [8]",
    ]
    assert rows_of(broker.wire) == hops
    assert rows_of(broker.wire, errands=True) == [
        "> SUB #1 [2]┄",
        *hops[:4],
        "> UNSUB #1 [6]┄",
        *hops[4:],
    ]


def test_replies_that_do_not_count_say_why() -> None:
    broker = _over_nats(2, group=None)
    caller, *workers = broker.peers
    called(caller, *workers, value=3)
    asked = caller.ask("sum")
    workers[0].take(asked)
    caller.leave(asked)
    workers[0].answer(asked, 4)

    arrows = [row for row in rows_of(broker.wire) if row[0] in "<>"]
    assert arrows[2:] == [
        "< sum #1 [5]",
        "> 3 #1 [6]",
        "> 3 #1 [7]",
        "< 3 #1 [8]",
        "< 3 surplus #1 [9]",
        "> sum #2 [11]",
        "< sum #2 [12]",
        "> 4 nobody listens #2 [14]",
    ]


def test_that_nobody_has_subscribed_is_an_answer() -> None:
    broker = Broker()
    caller = broker.peer(whole=False)
    asked = caller.ask("nope")
    caller.refused(asked).leave(asked)

    arrows = [row for row in rows_of(broker.wire) if row[0] in "<>"]
    assert arrows == ["> nope #1 [1]", "< 503 no responders #1 [2]┄"]
