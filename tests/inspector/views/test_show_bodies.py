"""What was asked and what came back, and what is said where it did not."""

from __future__ import annotations

import json

from inspector.views.show_bodies import body_lines
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Wire,
    failure,
    request,
    response,
)
from tests.inspector.views.closeups import EVERYTHING, closeup, part, shown


def test_a_reply_stands_without_what_is_around_it() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", {"x": 1}).answer("1", [1, 2])
    lines = shown(wire, 1)

    assert part(lines, "► request")[1] == '│ {"x": 1}'
    assert part(lines, "◄ reply")[1] == "      │ [1, 2]"


def test_an_error_and_a_reply_without_value_say_so() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").send(SERVER, failure("1", {"status": 404}))
    call.ask("b", "2").answer("2")

    assert part(shown(wire, 1), "◄ error")[1] == '      │ {"status": 404}'
    assert part(shown(wire, 1), "► request")[1] == "│ no data"
    assert part(shown(wire, 2), "◄ reply")[1] == "      │ no value"


def test_an_event_has_no_reply_and_a_lost_call_says_until_when() -> None:
    wire, ended = Wire(), Wire()
    call = wire.connect().emit("log", 1).ask("lost", "1")
    wire.wait(10**9)
    call.close()
    ended.connect().ask("lost", "1").ack(SERVER)
    ended.wait(10**9)
    ended.connect(client="10.0.0.3:1")

    assert "      an event has no reply" in shown(wire, 1)
    assert "      ◄ no reply; 1.00 s until the connection was closed" in shown(wire, 2)
    assert "      ◄ no reply; 1.00 s until the capture ends" in shown(ended, 1)


def test_a_reply_without_its_request() -> None:
    wire = Wire()
    wire.join().answer("1", 1)
    lines = shown(wire, 1)

    assert "► the request is not in the capture" in lines
    assert part(lines, "◄ reply")[1] == "      │ 1"


def test_bytes_that_the_capture_lacks_put_the_missing_reply_in_doubt() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1")
    call.send(SERVER, response("1", 1), captured=False)
    call.ask("b", "2").answer("2", 2).close()

    assert any(
        "which is in doubt: the capture lacks" in line for line in shown(wire, 1)
    )


def test_of_a_stream_the_first_and_the_last_replies_are_shown() -> None:
    wire = Wire()
    call = wire.connect().ask("stream", "1")
    for value in range(1000):
        call.send(SERVER, response("1", value, last=value == 999))
    lines = shown(wire, 1)
    heads = [line.split()[2] for line in lines if line.startswith("      ◄ reply")]

    assert heads == ["1", "2", "3", "4", "5", "6", "7", "8", "999", "1,000"]
    assert "      … 990 more replies, --full" in lines
    assert len(lines) < 90
    whole = shown(wire, 1, EVERYTHING._replace(full=True))
    assert sum(line.startswith("      ◄ reply") for line in whole) == 1000


def test_a_stream_without_its_end() -> None:
    wire = Wire()
    wire.connect().ask("s", "1").send(SERVER, response("1", 1, last=False)).close()

    assert any("◄ the stream has no end" in line for line in shown(wire, 1))


def test_a_huge_payload_has_forty_lines_and_a_count() -> None:
    wire = Wire()
    data = [{"number": each} for each in range(400)]
    wire.connect().ask("big", "1", data).answer("1", 1)
    lines = part(shown(wire, 1), "► request")

    assert len(lines) == 1 + 40 + 1
    assert lines[-1] == f"│ … {400 * 3 + 2 - 40:,} more lines, --full"
    whole = part(shown(wire, 1, EVERYTHING._replace(full=True)), "► request")
    assert json.loads("".join(line[2:] for line in whole[1:])) == data


def test_frames_are_shown_as_they_were_sent() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", "x" * 100).answer("1", 1)
    folded = part(shown(wire, 1, EVERYTHING._replace(raw=True)), "► request")
    piped = shown(wire, 1, EVERYTHING._replace(raw=True, cut=False))
    body = f'{{"pattern":"a","data":"{"x" * 100}","id":"1"}}'

    assert "".join(line[2:] for line in folded[1:]) == body
    assert part(piped, "► request")[1] == f"│ {body}"
    assert part(piped, "◄ reply")[1].endswith(
        '{"response":1,"isDisposed":true,"id":"1"}'
    )


def test_a_huge_frame_is_cut() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, request("a", "1", "x" * 10_000)).answer("1", 1)
    lines = part(shown(wire, 1, EVERYTHING._replace(raw=True)), "► request")

    assert len(lines) == 1 + 40 + 1
    assert lines[-1].endswith("more bytes, --full")


def test_the_last_reply_has_its_number_where_others_were_not_kept() -> None:
    wire = Wire()
    call = wire.connect().ask("s", "1").send(SERVER, response("1", 1, last=False))
    call.answer("1", 2)
    found = closeup(wire, 1)
    found.exchange.left_out = 5
    lines = [line.plain for line in body_lines(found, EVERYTHING)]

    assert [line.split()[2:5] for line in lines if "◄" in line] == [
        ["1", "of", "7"],
        ["7", "of", "7"],
    ]


def test_a_call_in_flight_says_how_long_it_has_waited() -> None:
    wire = Wire()
    wire.connect().ask("late", "1").ack(SERVER)

    assert "      ◄ in flight; 100 µs until the capture ends" in shown(wire, 1)
