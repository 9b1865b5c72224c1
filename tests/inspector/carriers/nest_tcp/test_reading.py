from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.nest_tcp import reading
from protocol import LengthUnit, encode_packet
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Conversation,
    Inspected,
    Wire,
    event,
    failure,
    inspected,
    request,
    response,
)
from tests.inspector.scenes import counted_in, small_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

UTF16, UTF8, CODE_POINTS = LengthUnit
FOREIGN = (UTF8, CODE_POINTS)
# "é" shows that bytes are counted; only what is beyond U+FFFF shows code points.
TEXT = "né 求和 😀"

each_foreign_unit = pytest.mark.parametrize("unit", FOREIGN)
each_unit = pytest.mark.parametrize("unit", LengthUnit)


def _requests(unit: LengthUnit, *texts: str, first: int = 1) -> bytes:
    return b"".join(
        counted_in(unit, request("greet", str(number), text))
        for number, text in enumerate(texts, first)
    )


def _ids(result: Inspected) -> list[object]:
    return [line["id"] for line in result.lines]


def _units(result: Inspected) -> list[str]:
    return [each.subject for each in result.findings if each.code == "length-unit"]


@each_foreign_unit
def test_a_direction_is_read_on_in_the_unit_that_it_counts_in(unit: LengthUnit) -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(1, 5):
        call.send(CLIENT, _requests(unit, TEXT, first=number))
        call.answer(str(number), number)
    result = inspected(wire.records)

    assert [line["data"] for line in result.lines] == [TEXT] * 4
    assert [line["packets"] for line in result.lines] == [2] * 4
    assert [line["shared_packets"] for line in result.lines] == [[]] * 4
    assert result.codes == ["length-unit"]


@each_foreign_unit
def test_the_finding_names_unit_frame_exchange_and_what_nest_does(
    unit: LengthUnit,
) -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 3)
    call.send(CLIENT, _requests(unit, "plain", TEXT, first=2)).ack(SERVER)
    call.answer("2", 1).answer("3", 1).ack(CLIENT)
    (finding,) = inspected(wire.records).findings
    body = encode_packet(request("greet", "3", TEXT)).partition(b"#")[2]

    assert (finding.packet, finding.exchange, finding.route) == (6, 3, "greet")
    assert finding.sender == "client"
    assert unit.value in finding.message
    assert f"{unit.count(body)} for {UTF16.count(body)}" in finding.message


@each_unit
def test_the_right_unit_beside_it_is_none(unit: LengthUnit) -> None:
    wire = Wire()
    call = wire.connect()
    call.send(CLIENT, _requests(unit, "plain", "ASCII", "alone")).ack(SERVER)
    call.send(CLIENT, _requests(UTF16, TEXT, TEXT, first=4))
    for number in range(1, 6):
        call.answer(str(number), number)
    result = inspected(wire.records)

    assert _ids(result) == list("12345")
    assert result.codes == []


@pytest.mark.parametrize("client", LengthUnit)
@pytest.mark.parametrize("server", LengthUnit)
def test_each_direction_has_a_unit_of_its_own(
    client: LengthUnit, server: LengthUnit
) -> None:
    wire = Wire()
    call = wire.connect()
    for number in "123":
        call.send(CLIENT, counted_in(client, request("greet", number, TEXT)))
        call.send(SERVER, counted_in(server, response(number, TEXT)))
    result = inspected(wire.records)

    assert [line["outcome"] for line in result.lines] == ["completed"] * 3
    foreign = [unit.value for unit in (client, server) if unit is not UTF16]
    assert sorted(_units(result)) == sorted(foreign)
    senders = {each.subject: each.sender for each in result.findings}
    if client is not server:
        assert senders.get(client.value, "client") == "client"
        assert senders.get(server.value, "server") == "server"


@each_foreign_unit
def test_a_unit_that_shows_late_is_found_late(unit: LengthUnit) -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(1, 50):
        call.send(CLIENT, _requests(unit, "plain", first=number))
    call.send(CLIENT, _requests(unit, TEXT, TEXT, first=50))
    result = inspected(wire.records)

    assert _ids(result) == [str(number) for number in range(1, 52)]
    (finding,) = (each for each in result.findings if each.code == "length-unit")
    assert finding.packet == 4 + 49


@each_foreign_unit
def test_a_unit_is_found_in_the_middle_of_a_capture(unit: LengthUnit) -> None:
    wire = Wire()
    call = wire.join()
    data = _requests(unit, TEXT, TEXT, TEXT)
    call.send(CLIENT, data[20:]).send(CLIENT, _requests(unit, TEXT, first=4))
    result = inspected(wire.records)

    assert _ids(result) == ["2", "3", "4"]
    assert _units(result) == [unit.value]


@each_foreign_unit
def test_a_unit_outlives_a_gap(unit: LengthUnit) -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, _requests(unit, TEXT)).answer("1", 1)
    call.send(CLIENT, _requests(unit, TEXT, first=2), captured=False).ack(SERVER)
    call.send(CLIENT, _requests(unit, TEXT, first=3)).answer("3", 1).ack(CLIENT)
    result = inspected(wire.records)

    assert _ids(result) == ["1", "3"]
    assert _units(result) == [unit.value]


def test_the_only_frame_of_a_connection_shows_that_bytes_are_counted() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, _requests(UTF8, TEXT)).ack(SERVER).close()
    result = inspected(wire.records)

    assert _ids(result) == ["1"]
    assert result.codes == ["length-unit", "unanswered"]


def test_a_hand_written_client_that_counts_bytes_is_told_so() -> None:
    wire = Wire()
    call = wire.connect()
    # What a client with len(json.dumps(packet, ensure_ascii=False).encode()) writes.
    body = '{"pattern": "greet", "data": "Zo\u00eb", "id": 7}'.encode()
    call.send(CLIENT, b"%d#%b" % (len(body), body)).ack(SERVER)
    wire.wait(5 * SECOND)
    call.send(CLIENT, b"%d#%b" % (len(body), body)).finish(SERVER)
    call.finish(CLIENT).ack(SERVER)
    result = inspected(wire.records)

    assert _ids(result) == [7, 7]
    assert result.codes[0] == "length-unit"
    (fold, *_) = result.report.findings.values()
    assert fold.first.detail == "45 for 44"


@settings(max_examples=200, deadline=None)
@given(
    unit=st.sampled_from(LengthUnit),
    texts=st.lists(st.text(alphabet="a é求😀", max_size=6), min_size=1, max_size=6),
    data=st.data(),
)
def test_frames_are_the_same_in_any_unit_cut_anywhere(
    unit: LengthUnit, texts: list[str], data: st.DataObject
) -> None:
    stream = _requests(unit, *texts)
    cuts = data.draw(st.lists(st.integers(1, len(stream) - 1), unique=True, max_size=9))
    wire = Wire()
    wire.connect().split(CLIENT, stream, *sorted(cuts)).ack(SERVER)
    result = inspected(wire.records)

    assert [line["data"] for line in result.lines] == texts
    assert [line["request_bytes"] for line in result.lines] == [
        len(_requests(unit, text, first=number)) for number, text in enumerate(texts, 1)
    ]
    shows = "".join(texts)
    foreign = (unit is UTF8 and not shows.isascii()) or (
        unit is CODE_POINTS and "😀" in shows
    )
    assert _units(result) == [unit.value] * foreign


@settings(max_examples=100, deadline=None)
@given(
    units=st.lists(st.sampled_from(LengthUnit), min_size=1, max_size=5), data=st.data()
)
def test_data_packets_are_the_same_in_any_unit_cut_anywhere(
    units: Sequence[LengthUnit], data: st.DataObject
) -> None:
    unit = units[0]
    stream = _requests(unit, *[TEXT] * len(units))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(stream) - 1), max_size=9)))
    wire = Wire()
    call: Conversation = wire.connect().split(CLIENT, stream, *cuts)
    lines = inspected(wire.records).lines

    size = len(stream) // len(units)
    for number, line in enumerate(lines):
        own = call.carriers[CLIENT][number * size : (number + 1) * size]
        assert line["request_packets"] == sorted({each for each in own if each})
    ends = range(size, len(stream), size)
    shared = sum(end not in cuts for end in ends)
    assert sum(len(line["shared_packets"]) > 0 for line in lines) <= 2 * shared


def test_a_unit_that_changes_for_ever_is_damage() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(1, 101):
        call.send(CLIENT, _requests((UTF16, UTF8)[number % 2], TEXT, first=number))
    result = inspected(wire.records)

    assert _ids(result)[:8] == [str(number) for number in range(1, 9)]
    assert len(_units(result)) <= reading.MAX_SWITCHES


@pytest.mark.parametrize("behind", [b"", b'{"more":1}' * 9])
def test_a_body_that_no_unit_makes_json_stays_invalid(behind: bytes) -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 1)
    call.send(CLIENT, "8#{'é':'😀'}".encode() + behind).close()

    assert inspected(wire.records).codes[:1] == ["invalid-json"]


def test_what_follows_a_frame_in_doubt_is_read_when_it_is_settled() -> None:
    wire = Wire()
    call = wire.connect()
    body = '{"broken":"😀😀😀"]'.encode()
    call.send(CLIENT, b"%d#%b" % (UTF16.count(body), body))
    call.send(CLIENT, event("log", 1)).send(CLIENT, event("log", 2)).close()
    result = inspected(wire.records)

    assert [line["data"] for line in result.lines] == [1, 2]
    assert [line["request_packets"] for line in result.lines] == [[5], [6]]
    assert result.codes == ["invalid-json", "runs-after-error"]


def test_an_anomaly_says_how_much_nest_loses_behind_it() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 1)
    call.send(CLIENT, b'5#{"a":', event("log", 1), event("log", 2))
    (finding,) = inspected(wire.records).findings

    assert finding.code == "invalid-json"
    assert finding.size == 2 * len(encode_packet(event("log", 1)))


def test_a_character_cut_by_its_length_is_invalid_json() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 1)
    call.send(CLIENT, '2#"😀" and so on'.encode()).close()

    assert inspected(wire.records).codes == ["invalid-json"]


@pytest.mark.parametrize(("silence", "told"), [(31, True), (29, False)])
def test_blanks_behind_a_frame_are_the_beginning_of_the_next(
    silence: int, *, told: bool
) -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, encode_packet(event("log", 1)) + b"\r\n")
    wire.wait(silence * SECOND)
    call.close()
    findings = inspected(wire.records).findings

    assert [each.subject for each in findings] == ["blanks"] * told


def test_a_capture_that_ends_in_a_frame_says_nothing_of_it() -> None:
    wire = Wire()
    frame = encode_packet(event("log", 1))
    wire.connect().emit("log", 0).send(CLIENT, frame[:-1]).ack(SERVER)

    assert inspected(wire.records).findings == []


def test_frames_that_come_one_by_one_are_no_crowd(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small_limits(monkeypatch)
    wire = Wire()
    call = wire.connect()
    for _ in range(4):
        call.send(CLIENT, *[event("x")] * 66)
    assert inspected(wire.records).codes == ["many-frames"]

    wire = Wire()
    call = wire.connect()
    for _ in range(4):
        call.send(CLIENT, *[event("x")] * 66)
        wire.wait(SECOND)
    assert inspected(wire.records).codes == []


def test_what_runs_after_an_error_is_named() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"abc#{}").ask("sum", "1")
    call.send(SERVER, failure("1", "late")).close()
    findings = inspected(wire.records, ports=[8888]).findings
    (finding,) = (each for each in findings if each.code == "runs-after-error")

    assert (finding.exchange, finding.route, finding.packet) == (1, "sum", 5)
