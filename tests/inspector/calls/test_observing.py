from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.seen import Anomaly, Sighting
from inspector.findings.finding import Finding
from inspector.limits import Limits
from inspector.listening import Tap
from inspector.pipeline import Options, Pipeline
from protocol import encode_packet
from tests.inspector.carriers.lines import Lines
from tests.inspector.carriers.plugged import plugged
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Line,
    Wire,
    event,
    inspected,
    request,
    response,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.observing import SightingItem
    from inspector.carriers.base import Concealment, Talk


def _patterns(lines: list[Line]) -> list[object]:
    return [line["pattern"] for line in lines]


def test_frames_that_share_a_segment_are_all_seen() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, *(event("log", number) for number in range(5)))
    lines = inspected(wire.records).lines

    assert [line["data"] for line in lines] == [0, 1, 2, 3, 4]
    assert [line["request_packets"] for line in lines] == [[4]] * 5
    assert [line["shared_packets"] for line in lines] == [[4]] * 5


def test_a_frame_in_many_segments_is_seen_once() -> None:
    wire = Wire()
    frame = encode_packet(event("log", "求和1111"))
    wire.connect().split(CLIENT, frame, *range(1, len(frame)))
    (line,) = inspected(wire.records).lines

    assert line["data"] == "求和1111"
    assert line["request_packets"] == list(range(4, 4 + len(frame)))
    assert line["request_bytes"] == len(frame)
    assert line["shared_packets"] == []


def test_a_frame_that_begins_in_the_segment_of_another_shares_it() -> None:
    wire = Wire()
    first, second = (encode_packet(event("log", number)) for number in (1, 2))
    call = wire.connect().send(CLIENT, first + second[:9]).send(CLIENT, second[9:])
    call.emit("log", 3)
    lines = inspected(wire.records).lines

    assert [line["request_packets"] for line in lines] == [[4], [4, 5], [6]]
    assert [line["shared_packets"] for line in lines] == [[4], [4], []]


@pytest.mark.parametrize("port", [1, 8888, 65_535])
def test_a_connection_is_recognised_on_any_port(port: int) -> None:
    wire = Wire()
    wire.connect(server=f"10.0.0.2:{port}").ask("sum", "1").answer("1", 2)

    assert inspected(wire.records).summary["connections"] == 1


def test_other_connections_are_passed_over() -> None:
    wire = Wire()
    web = wire.connect(server="10.0.0.2:80")
    web.send(CLIENT, b"GET / HTTP/1.1\r\n\r\n").send(SERVER, b"HTTP/1.1 200 OK\r\n\r\n")
    web.ask("sum", "1").answer("1", 2).close()
    wire.connect(client="10.0.0.1:40001")
    result = inspected(wire.records)

    assert result.exchanges == []
    assert result.summary["other_connections"] == 2
    assert result.report.foreign == {"HTTP on :80": 1}


def test_what_answers_first_is_recognised_too() -> None:
    wire = Wire()
    wire.connect().answer("1", 2).ask("sum", "2").answer("2", 4)
    lines = inspected(wire.records).lines

    assert [line["kind"] for line in lines] == ["orphan", "message"]


def test_a_forced_port_is_taken_for_nest_unless_what_it_carries_has_a_name() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"nothing known\r\n#\r\n").ask("sum", "1")
    call.answer("1", 2)

    assert inspected(wire.records).exchanges == []
    result = inspected(wire.records, ports=[8888])
    assert _patterns(result.lines) == ["sum"]
    assert result.codes == ["corrupted-length", "runs-after-error"]
    assert inspected(wire.records, ports=[8889]).exchanges == []


@pytest.mark.parametrize("cut", [1, 5, 20, 60])
def test_a_capture_that_begins_inside_a_frame_finds_the_next_one(cut: int) -> None:
    wire = Wire()
    frame = encode_packet(request("first", "1", ["x" * 50]))
    call = wire.join().send(CLIENT, frame[cut:]).ask("second", "2").answer("2", 4)
    call.ask("third", "3").answer("3", 9)
    lines = inspected(wire.records).lines

    assert _patterns(lines) == ["second", "third"]
    assert [line["request_packets"] for line in lines] == [[2], [4]]
    assert {line["client"] for line in lines} == {"10.0.0.1:40000"}
    assert inspected(wire.records).codes == []


def test_a_capture_that_begins_inside_a_large_frame_finds_the_next_one() -> None:
    wire = Wire()
    frame = encode_packet(request("first", "1", "x" * 100_000))
    call = wire.join()
    for place in range(5_000, len(frame), 30_000):
        call.send(CLIENT, frame[place : place + 30_000])
    call.ask("second", "2").answer("1", 3).answer("2", 4)
    lines = inspected(wire.records).lines

    assert ("second", "completed") in [
        (line.get("pattern"), line["outcome"]) for line in lines
    ]


def test_who_sends_patterns_is_the_client() -> None:
    wire = Wire()
    wire.join().answer("1", 2).ask("sum", "2").answer("2", 4)
    lines = inspected(wire.records).lines

    assert {line["client"] for line in lines} == {"10.0.0.1:40000"}
    assert {line["server"] for line in lines} == {"10.0.0.2:8888"}


@pytest.mark.parametrize("size", [1, 26, 27, 200])
def test_behind_a_gap_frames_are_found_again(size: int) -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    call.send(CLIENT, b"x" * size, captured=False)
    call.ack(SERVER).send(CLIENT, b'yz"}').emit("log", 2).ack(SERVER).emit("log", 3)
    result = inspected(wire.records)

    assert [line["data"] for line in result.lines] == [1, 2, 3]
    assert result.summary["gap_bytes"] == size


def test_a_gap_before_anything_was_recognised_is_counted() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, request("lost", "1"), captured=False)
    call.ask("sum", "2").ack(SERVER).answer("1", 1).answer("2", 2).ack(CLIENT).close()
    result = inspected(wire.records)

    assert [(each["kind"], each["outcome"]) for each in result.lines] == [
        ("message", "completed"),
        ("orphan", "completed"),
    ]
    assert result.summary["gap_bytes"] == len(encode_packet(request("lost", "1")))
    assert result.codes.count("capture-gap") == 1


def test_behind_a_broken_header_reading_goes_on_with_the_next_segment() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    call.send(CLIENT, b"abc#{}", event("lost", 1)).emit("log", 2)
    result = inspected(wire.records)

    assert _patterns(result.lines) == ["sum", "log"]
    assert [(each.code, each.size) for each in result.findings[:1]] == [
        ("corrupted-length", len(b"abc#{}" + encode_packet(event("lost", 1)))),
    ]


def test_behind_a_broken_body_reading_goes_on_with_the_next_frame() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, event("log", 1), b'7#{"a":1,', event("log", 2))
    result = inspected(wire.records)

    assert [line["data"] for line in result.lines] == [1, 2]
    assert result.codes == ["invalid-json"]
    assert result.summary["frames"] == 3


def test_no_frame_is_made_of_what_is_not_complete() -> None:
    wire = Wire()
    wire.connect().emit("log", 1).send(CLIENT, encode_packet(event("log", 2))[:-1])
    result = inspected(wire.records)

    assert [line["data"] for line in result.lines] == [1]
    assert result.summary["frames"] == 1


def test_a_frame_inside_an_early_piece_is_not_given_the_packet_around_it() -> None:
    wire = Wire()
    call = wire.connect()
    frames = b"".join(encode_packet(event("log", number)) for number in range(3))
    size = len(frames) // 3
    start = call.write(CLIENT, frames)
    call.part(CLIENT, start + size, start + 2 * size)
    call.part(CLIENT, start, start + 3 * size)
    lines = inspected(wire.records).lines

    assert [line["request_packets"] for line in lines] == [[5], [4], [5]]
    assert [line["shared_packets"] for line in lines] == [[5], [], [5]]


def test_replies_are_read_as_they_travelled() -> None:
    wire = Wire()
    call = wire.connect().ask("all", "1")
    for value in (1, None, {"a": [1.50, "求"]}):
        call.send(SERVER, response("1", value, last=False))
    call.answer("1")
    (line,) = inspected(wire.records).lines

    assert line["replies"] == [
        {"response": 1},
        {"response": None},
        {"response": {"a": [1.5, "求"]}},
        {"isDisposed": True},
    ]


def _whole(number: int, size: int) -> bytes:
    return encode_packet(event("log", ["x" * size, number]))


def test_the_largest_frame_that_lacks_its_end_is_given_up_when_memory_ends() -> None:
    wire = Wire()
    first, second = (
        wire.connect(client=f"10.0.0.1:{port}").emit("hello", port)
        for port in (40_000, 40_001)
    )
    large, small = _whole(1, 9_000), _whole(2, 6_000)
    for place in range(0, 6_000, 1_000):
        first.send(CLIENT, large[place : place + 1_000])
    second.send(CLIENT, small[:4_500])
    first.send(CLIENT, _whole(3, 10))
    second.send(CLIENT, small[4_500:])
    result = inspected(wire.records, limits=Limits(frame_memory=10_000))

    assert [(each.code, each.subject) for each in result.findings] == [
        ("analysis-limit", "frame memory")
    ]
    read = [line["data"][1] for line in result.lines if line["pattern"] == "log"]
    assert sorted(read) == [2, 3]
    assert result.summary["unread_bytes"] == 6_000


def test_frames_that_end_in_time_leave_the_memory_to_others() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(10):
        frame = _whole(number, 6_000)
        call.send(CLIENT, frame[:3_000]).send(CLIENT, frame[3_000:])
    result = inspected(wire.records, limits=Limits(frame_memory=10_000))

    assert result.codes == []
    assert len(result.lines) == 10


def test_an_exchange_whose_frame_was_given_up_is_in_doubt() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    call.send(SERVER, encode_packet(response("1", "x" * 9_000))[:8_000])
    result = inspected(wire.records, limits=Limits(frame_memory=5_000))

    assert result.codes == ["analysis-limit", "in-doubt"]


def test_a_frame_in_doubt_counts_as_one_that_is_not_complete() -> None:
    body = b'{"pattern":"x","data":"' + "😀".encode() * 4_000
    wire = Wire()
    call = wire.connect().emit("hello", 1)
    # Its length would be that of another unit, if more came.
    call.split(CLIENT, b"%d#%b" % (4_001, body), *range(1_000, 14_000, 1_000))
    result = inspected(wire.records, limits=Limits(frame_memory=10_000))

    assert "analysis-limit" in result.codes


def test_other_limits_leave_no_doubt_and_nothing_behind() -> None:
    wire = Wire()
    asked = wire.connect(client="10.0.0.1:40000").ask("sum", "1")
    for port in range(40_001, 40_050):
        wire.connect(client=f"10.0.0.1:{port}").send(CLIENT, b"GET / HTTP/1.1\r\n\r\n")
    inspection = Pipeline(Options(limits=Limits(connections=4)))
    said = inspection.inspect(wire.records)
    codes = [each.code for each in said if isinstance(each, Finding)]

    assert asked is not None
    assert "unanswered" in codes
    assert "in-doubt" not in codes
    assert not list(inspection.waiting())
    assert not inspection._calls.direct.calls  # noqa: SLF001 — nothing else shows it


@pytest.mark.parametrize(
    ("heard", "whole"),
    [({1, 2, 3}, True), ({2, 3}, True), ({1, 3}, True), ({3}, False), (set(), False)],
    ids=["handshake", "its answer", "its first", "its last", "none"],
)
def test_a_talk_learns_whether_the_capture_has_the_beginning(
    heard: set[int], *, whole: bool
) -> None:
    begun: list[bool] = []

    class Asking(Lines):
        def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
            begun.append(whole)
            return super().talk(conceal, whole=whole)

    wire = Wire()
    wire.connect().send(CLIENT, b"!one\n").send(SERVER, b"!two\n")
    with plugged(Asking()):
        inspected(each for each in wire.records if each.number in heard | {4, 5})

    assert begun == [whole]


def test_a_frame_knows_its_place_on_the_quick_way_too() -> None:
    class Listener(Tap):
        def sightings(
            self, sightings: Iterator[SightingItem]
        ) -> Iterator[SightingItem]:
            for item in sightings:
                if isinstance(item, Sighting):
                    places.append((item.transfer.begin, item.size))
                elif isinstance(item, Anomaly):
                    places.append((item.record.number, 0))
                yield item

    places: list[tuple[int, int]] = []
    frames = [encode_packet(event("log", "x" * n)) for n in (1, 20, 300)]
    wire = Wire()
    call = wire.connect()
    for frame in frames:
        call.send(CLIENT, frame)
    call.send(CLIENT, b"10#[1,2,3,4,]")
    list(Pipeline(taps=[Listener()]).inspect(wire.records))

    sizes = [len(frame) for frame in frames]
    assert places == [
        (0, sizes[0]),
        (sizes[0], sizes[1]),
        (sum(sizes[:2]), sizes[2]),
        (7, 0),
    ]
