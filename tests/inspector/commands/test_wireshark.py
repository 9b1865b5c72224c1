"""tshark, with our dissector, sees the frames that we see."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from inspector.calls.observing import Observer
from inspector.calls.seen import Anomaly, Sighting
from inspector.sources.files import read_capture
from inspector.tcp.reassembly import Reassembler
from inspector.tcp.segments import SegmentDecoder
from protocol import Event, Request, dumps, encode_frame, encode_packet, route
from tests.inspector.captures import CAPTURES, ROOT, SEED, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Wire,
    event,
    failure,
    request,
    response,
)
from tests.inspector.dissected import (
    shared_rows,
    tshark_frames,
    tshark_rows,
    tshark_transfers,
)
from tests.inspector.transfers import id_text, inspected_transfers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inspector.sources.records import PacketRecord

each_capture = pytest.mark.parametrize("capture", CAPTURES, ids=name_of)

_PATTERNS = [
    "sum",
    {"cmd": "sum"},
    {"b": 1, "a": {"_": True, "10": None, "9": "x", "B": [1, 2.5], "aa": 'q"\\'}},
    {"Ä": 1, "z": 2, "A": 3, "a": 4},
    1,
    0.1,
    1e21,
    1.5e-7,
    -20,
    1234567.875,
    None,
    True,
    ["a", "b"],
    "",
    " 1.0 ",
    '{"z":1, "y":2}',
    '{"a":"q"x"}',
    {"1": {"2": {"3": {"4": {"5": {"6": {"7": 1}}}}}}},
    {str(key): key for key in range(21)},
    "求和 😀",
]
_IDS = ["a1", 5, "5", 0, "", None, False, {"deep": [1]}, 1.5, "😀"]
_TEXTS = ["plain", "é", "求和1111", "😀😀", "a😀é求", "\u0000\u001f", '"\\']


def our_sightings(records: Iterable[PacketRecord]) -> list[Sighting | Anomaly]:
    segments = SegmentDecoder().decode(records)
    items = Observer().observe(Reassembler().reassemble(segments))
    return [item for item in items if isinstance(item, Sighting | Anomaly)]


def our_frames(records: Iterable[PacketRecord]) -> list[tuple[str, ...]]:
    """Return packet, kind, units and bytes of the frames, as tshark writes them."""
    return [
        (
            str(seen.records[-1].number),
            kind_of(seen),
            str(len(seen.body.decode("utf-8", "replace").encode("utf-16-le")) // 2),
            str(seen.size),
        )
        for seen in our_sightings(records)
        if isinstance(seen, Sighting)
    ]


def kind_of(seen: Sighting) -> str:
    if isinstance(seen.packet, Request):
        return "request"
    return "event" if isinstance(seen.packet, Event) else "reply"


@each_capture
def test_the_frames_are_ours(capture: Path, script: Path) -> None:
    fields = ("nest.kind", "nest.length", "nest.size")
    rows = shared_rows(script, capture, "frame.number", *fields)
    theirs = Counter(
        (number[0], *frame)
        for number, *columns in rows
        for frame in zip(*columns, strict=True)
    )

    assert theirs == Counter(our_frames(read_capture(str(capture))))


@each_capture
def test_the_packets_are_those_of_our_json_lines(capture: Path, script: Path) -> None:
    theirs = tshark_transfers(script, capture)

    assert theirs
    assert Counter(theirs) == Counter(inspected_transfers(capture))


@each_capture
def test_the_routes_and_ids_are_ours(capture: Path, script: Path) -> None:
    ours: Counter[tuple[str, ...]] = Counter()
    for line in run("exchanges", capture, "--json").lines:
        name = line["route"]
        ours["route", name] += 1 + len(line["replies"])
        if "id" in line:
            ours["id", id_text(line["id"])] += 1 + len(line["replies"])
    theirs: Counter[tuple[str, ...]] = Counter()
    for routes, ids in shared_rows(script, capture, "nest.route", "nest.id"):
        theirs.update(("route", name) for name in routes)
        theirs.update(("id", identity) for identity in ids if identity)

    assert theirs == ours


@each_capture
def test_the_packets_of_every_exchange_are_ours(capture: Path, script: Path) -> None:
    """One id is one exchange: its request ends in one packet, its replies in others."""
    theirs = defaultdict(list)
    for number, ids in shared_rows(script, capture, "frame.number", "nest.id"):
        for identity in filter(None, ids):
            theirs[identity].append(int(number[0]))
    lines = run("exchanges", capture, "--json").lines
    ours = {id_text(line["id"]): line for line in lines if "id" in line}

    assert theirs.keys() == ours.keys()
    for identity, (asked, *answered) in theirs.items():
        line = ours[identity]
        assert asked == line["request_packets"][-1]
        assert len(answered) == len(line["replies"])
        assert answered[-1:] == line["reply_packets"][-1:]


@each_capture
def test_the_response_times_are_ours(capture: Path, script: Path) -> None:
    lines = run("exchanges", capture, "--json").lines
    ours = [line["latency_ns"] for line in lines if line.get("latency_ns") is not None]
    first: dict[str, int] = {}
    fields = ("nest.request_in", "nest.time", "nest.id", "nest.kind")
    for _, times, ids, kinds in shared_rows(script, capture, *fields):
        identities = [each for each in ids if each]
        kinds_with_id = [kind for kind in kinds if kind != "event"]
        replies = (
            identity
            for identity, kind in zip(identities, kinds_with_id, strict=True)
            if kind == "reply"
        )
        for identity, time in zip(replies, filter(None, times), strict=True):
            seconds, _, nanoseconds = time.partition(".")
            value = int(seconds) * 1_000_000_000 + int(nanoseconds)
            first.setdefault(identity, value)

    assert sorted(first.values()) == sorted(ours)


@each_capture
def test_a_request_and_its_first_reply_are_linked(capture: Path, script: Path) -> None:
    fields = ("frame.number", "nest.response_in", "nest.request_in")
    rows = tshark_rows(script, capture, *fields, passes=2)
    forth = Counter(
        (number[0], reply) for number, replies, _ in rows for reply in replies if reply
    )
    back = {
        (asked, number[0])
        for number, _, requests in rows
        for asked in requests
        if asked
    }
    answered = [
        line
        for line in run("exchanges", capture, "--json").lines
        if line["kind"] == "message" and line["replies"]
    ]

    assert sum(forth.values()) == len(answered)
    assert forth.keys() <= back


def write(wire: Wire, tmp_path: Path) -> Path:
    capture = tmp_path / "written.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    return capture


def test_routes_are_spelled_as_ours(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect()
    for pattern in _PATTERNS:
        talk.emit(pattern)
    seen = tshark_frames(script, write(wire, tmp_path), "nest.route")

    assert [name for _, name in seen] == [route(pattern) for pattern in _PATTERNS]


def test_ids_are_told_apart_by_type(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect()
    for identity in _IDS:
        talk.ask(f"of {identity}", identity)
    for identity in reversed(_IDS):
        talk.answer(identity, 1)
    seen = tshark_frames(script, write(wire, tmp_path), "nest.id", "nest.route")

    routes = [f"of {identity}" for identity in _IDS]
    assert [name for _, _, name in seen] == [*routes, *reversed(routes)]
    assert [identity for _, identity, _ in seen[: len(_IDS)]] == [
        id_text(identity) for identity in _IDS
    ]


@pytest.mark.parametrize("text", _TEXTS, ids=ascii)
def test_a_frame_may_be_cut_anywhere(text: str, script: Path, tmp_path: Path) -> None:
    """One connection for each place, also inside a header and inside a character."""
    wire = Wire()
    data = _pair(text)
    for cut in range(1, len(data)):
        talk = wire.connect(client=f"10.0.0.1:{40_000 + cut}")
        talk.send(CLIENT, data[:cut]).send(CLIENT, data[cut:])
    capture = write(wire, tmp_path)

    fields = ("nest.kind", "nest.length", "nest.size")
    ours = our_frames(wire.records)
    assert len(ours) > 50
    assert tshark_frames(script, capture, *fields) == ours


def _pair(text: str) -> bytes:
    return b"".join(
        encode_frame(dumps(body))
        for body in (
            {"pattern": "p", "data": text, "id": "1"},
            {"pattern": text, "data": [text] * 3},
        )
    )


@pytest.mark.parametrize("passes", [1, 2])
def test_a_large_frame_is_put_together_in_any_pass(
    passes: int, script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    text = "x" * 3_000 + "求" * 4_000 + "😀" * 3_000
    asked = encode_packet(request("large", "1", text))
    talk = wire.connect().split(CLIENT, asked, *range(1_000, len(asked), 1_000))
    talk.answer("1", 2)
    fields = ("frame.number", "nest.kind", "nest.request_in")
    rows = tshark_rows(script, write(wire, tmp_path), *fields, passes=passes)

    last = str(len(wire.records) - 1)
    assert rows == [
        [[last], ["request"], [""]],
        [[str(len(wire.records))], ["reply"], [last]],
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"pattern":"p","data":"\xff\xf0\x9f\x98"}',
        b'{"pattern":"p","data":"\xed\xa0\x80\xc0\xaf"}',
        b'{"pattern":"p","data":"\xf5\x80\x80\x80\xe6\xb1"}',
        b'{"pattern":"p","data":"\xf4\x90\x80\x80\xf0\x80"}',
    ],
    ids=ascii,
)
def test_invalid_utf8_counts_as_nest_counts_it(
    body: bytes, script: Path, tmp_path: Path
) -> None:
    units = len(body.decode("utf-8", "replace").encode("utf-16-le")) // 2
    frame = b"%d#%b" % (units, body)
    wire = Wire()
    wire.connect().send(CLIENT, event("before"), frame, event("behind"))
    fields = ("nest.kind", "nest.length", "nest.size")

    assert tshark_frames(script, write(wire, tmp_path), *fields) == our_frames(
        wire.records
    )
    assert len(our_frames(wire.records)) == 3


@pytest.mark.parametrize(
    "header", ["24abc", " 24", "\r\n24", "+24", "00024", "\ufeff24"]
)
def test_a_length_that_nest_accepts_is_accepted(
    header: str, script: Path, tmp_path: Path
) -> None:
    body = json.dumps({"pattern": "12345678"}, separators=(",", ":")).encode()
    assert len(body) == 22
    body += b"  "
    wire = Wire()
    talk = wire.connect().emit("before")
    talk.send(CLIENT, header.encode() + b"#" + body).emit("behind")
    fields = ("nest.kind", "nest.length", "nest.size")
    ours = our_frames(wire.records)

    assert len(ours) == 3
    assert tshark_frames(script, write(wire, tmp_path), *fields) == ours


def _experts(script: Path, wire: Wire, tmp_path: Path) -> list[list[str]]:
    rows = tshark_rows(
        script, write(wire, tmp_path), "frame.number", "_ws.expert.message"
    )
    return [
        [message for message in messages if not message.startswith("Connection")]
        for _, messages in rows
    ]


def test_what_is_wrong_is_an_expert_item(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect().ask("p", "1").ask("q", "2").ask("r", "3")
    talk.send(SERVER, failure("1", "boom"))
    missing = "There is no matching message handler defined in the remote service."
    talk.send(SERVER, failure("2", missing))
    talk.send(SERVER, response("none", 1))
    talk.send(SERVER, b'11#{"custom":1}'.replace(b"11", b"12"))
    talk.send(CLIENT, b'5#{"a"}')
    in_bytes = '{"pattern":"é😀"}'.encode()
    talk.send(
        CLIENT, b"%d#%b" % (len(in_bytes), in_bytes) + event("next").pattern.encode()
    )
    talk.send(CLIENT, b"abc#{}").emit("behind")
    words = [" ".join(messages) for messages in _experts(script, wire, tmp_path)]

    assert words[:3] == ["", "", ""]
    assert words[3] == "The handler threw"
    assert words[4] == "No handler of the service matches"
    assert words[5] == "A reply without its request"
    assert words[6] == "JSON that is not a packet of Nest's"
    assert words[7].startswith("The body is not JSON")
    assert words[8].startswith("The length counts UTF-8 bytes")
    assert words[9].startswith("Corrupted length")
    assert words[-1] == ""


def test_a_capture_may_begin_in_the_middle(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.join().ask("lost", "0")
    del wire.records[:]
    talk.send(CLIENT, b'ern":"lost"}', request("first", "1", [1, 2]))
    talk.answer("1", 3)
    seen = tshark_frames(script, write(wire, tmp_path), "nest.kind", "nest.route")

    assert [frame[1:] for frame in seen] == [("request", "first"), ("reply", "first")]


def test_without_a_file_it_is_written_to_stdout(script: Path) -> None:
    assert run("wireshark").out == script.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    outcome = run("wireshark", "--output", tmp_path / "none" / "nest.lua")

    assert (outcome.code, outcome.out) == (5, "")
    assert outcome.err.endswith("nest.lua: cannot write: no such file or directory\n")
    assert outcome.err.count("\n") == 1


def test_every_field_and_expert_item_is_documented(script: Path) -> None:
    page = (ROOT / "docs" / "wireshark.md").read_text(encoding="utf-8")
    names = re.findall(
        r'Proto(?:Field\.\w+|Expert\.new)\("(nest\.[\w.]+)"',
        script.read_text(encoding="utf-8"),
    )

    assert len(names) > 40
    assert [name for name in names if f"`{name}`" not in page] == []


def test_another_protocol_is_left_alone(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"GET / HTTP/1.1\r\n\r\n").send(
        SERVER, b"HTTP/1.1 200\r\n"
    )
    wire.connect(client="10.0.0.1:5").send(CLIENT, b"12 monkeys #1").send(
        SERVER, b"\x16\x03"
    )

    assert tshark_frames(script, write(wire, tmp_path), "nest.length") == []
    assert tshark_frames(script, SEED, "nest.length") != []
