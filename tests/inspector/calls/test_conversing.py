from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from inspector.calls.seen import Anomaly
from inspector.carriers.opaque import OPAQUE_FRAME
from inspector.listening import Tap
from inspector.pipeline import Pipeline
from protocol import encode_frame
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Conversation,
    Side,
    Wire,
    inspected,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inspector.calls.observing import SightingItem

_REQUEST = b"\x83\xa7pattern\xa3sum\xa4data\x91\x01\xa2id\xa11"
_REPLY = b"\x83\xa8response\x01\xaaisDisposed\xc3\xa2id\xa11"
_PROTOBUF = b'\x0a"' + b"u" * 34 + b"\x12\x01\x05"


def _frame(body: bytes) -> bytes:
    return b"%d#%b" % (len(body), body)


def _talk(
    count: int,
    asked: bytes = _REQUEST,
    answered: bytes = _REPLY,
    *,
    joined: bool = False,
) -> tuple[Wire, Conversation]:
    wire = Wire()
    call = wire.join() if joined else wire.connect()
    for _ in range(count):
        call.send(CLIENT, _frame(asked)).send(SERVER, _frame(answered))
    return wire, call


def _codes(wire: Wire) -> list[str]:
    return inspected(wire.records).codes


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (_REQUEST, _REPLY),
        (_PROTOBUF, _PROTOBUF),
        (b"\x1f\x8b\x08\x00" + bytes(20), b"\x78\x9c\xff\xff"),
        (b"hello", b"<ok/>"),
        (b"\x00" * 20_000, b"\xff" * 9),
    ],
)
def test_two_frames_of_each_side_are_a_conversation(
    asked: bytes, answered: bytes
) -> None:
    assert _codes(_talk(2, asked, answered)[0]) == ["own-serializer"]
    seen = inspected(_talk(5, asked, answered)[0].records)

    assert seen.codes == ["own-serializer"]
    assert (seen.summary["connections"], seen.summary["frames"]) == (1, 10)
    assert seen.summary["messages"] == 0


def test_one_frame_of_a_side_is_not() -> None:
    wire, call = _talk(1)
    call.send(CLIENT, _frame(_REQUEST))

    assert inspected(wire.records).summary["other_connections"] == 1


def test_frames_may_end_anywhere_in_packets() -> None:
    wire = Wire()
    call = wire.connect()
    for side, body in ((CLIENT, _REQUEST), (SERVER, _REPLY)):
        stream = _frame(body) * 3
        call.split(side, stream, 1, 2, 3, 20, 21, 40)
    seen = inspected(wire.records)

    assert (seen.codes, seen.summary["frames"]) == (["own-serializer"], 6)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_capture_that_joins_in_the_middle_has_to_show_three(count: int) -> None:
    seen = inspected(_talk(count, joined=True)[0].records)

    assert seen.codes == ["own-serializer"] * (count > 2)
    assert seen.summary["frames"] == (2 * count if count > 2 else 0)


def test_one_that_joins_inside_a_frame_counts_from_the_next() -> None:
    wire = Wire()
    call = wire.join().send(CLIENT, _frame(_REQUEST)[9:])
    for _ in range(3):
        call.send(SERVER, _frame(_REPLY)).send(CLIENT, _frame(_REQUEST))
    seen = inspected(wire.records)

    assert (seen.codes, seen.summary["frames"]) == (["own-serializer"], 6)
    assert seen.summary["unread_bytes"] == len(_frame(_REQUEST)) - 9


def test_in_the_middle_what_looks_like_a_header_may_be_none() -> None:
    wire = Wire()
    call = wire.join().send(CLIENT, b"4#\x80\x80")
    for _ in range(3):
        call.send(CLIENT, _frame(_REQUEST)).send(SERVER, _frame(_REPLY))
    seen = inspected(wire.records)

    assert (seen.codes, seen.summary["frames"]) == (["own-serializer"], 6)
    assert seen.summary["unread_bytes"] == 4


def test_a_beginning_is_not_held_beyond_its_limit() -> None:
    wire = Wire()
    call = wire.connect()
    for _ in range(2):
        call.split(CLIENT, _frame(b"\x80" * 40_000), 20_000).send(
            SERVER, _frame(b"\x80")
        )

    assert inspected(wire.records).summary["other_connections"] == 1


def test_after_a_gap_frames_are_counted_on() -> None:
    wire, call = _talk(3)
    call.send(CLIENT, _frame(_REQUEST), captured=False)
    for _ in range(3):
        call.send(SERVER, _frame(_REPLY)).send(CLIENT, _frame(_REQUEST))
    seen = inspected(wire.records)

    assert seen.summary["frames"] == 12
    assert set(seen.codes) == {"own-serializer", "capture-gap"}


def test_a_port_that_is_named_changes_nothing() -> None:
    wire, _ = _talk(3)

    assert inspected(wire.records, ports=[8888]).codes == ["own-serializer"]


def _strange(client: Sequence[bytes], server: Sequence[bytes]) -> Wire:
    """Return a capture in which the port speaks Nest to another client too."""
    wire = Wire()
    wire.connect(client="10.0.0.9:41000").ask("sum", "1").answer("1", 2)
    call = wire.connect()
    for data in client:
        call.send(CLIENT, data)
    for data in server:
        call.send(SERVER, data)
    call.close()
    return wire


def test_where_it_is_no_conversation_it_is_judged_as_ever() -> None:
    body = _frame(_REQUEST)
    unanswered = [body, body, body]

    assert _codes(_strange(unanswered, [])) == ["unframed-bytes"]
    assert _codes(_strange([*unanswered, b"x"], [])) == ["unframed-bytes"]
    assert _codes(_strange(unanswered, [encode_frame(b"{}")])) == ["unframed-bytes"]
    assert _codes(_strange(unanswered, [b"HTTP/1.1 400\r\n"])) == ["unframed-bytes"]
    assert _codes(_strange([body[:-3], b""], [])) == ["unframed-bytes"]


def test_a_control_character_in_json_is_malformed_json_as_ever() -> None:
    broken = encode_frame(b'{"pattern":"a\x01","data":1}')

    assert _codes(_strange([broken], [])) == ["invalid-json"]


def test_a_service_that_speaks_both_is_not_accused_of_either() -> None:
    wire = _strange([_frame(_REQUEST)] * 2, [_frame(_REPLY)] * 2)

    assert _codes(wire) == ["own-serializer"]


_RESP = b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"
_TLS = b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"
_POSTGRES = b"Q" + struct.pack(">I", 13) + b"SELECT 1\0"
_NETSTRING = b"5:hello,"


@pytest.mark.parametrize("begin", [Wire.connect, Wire.join])
@pytest.mark.parametrize(
    "data",
    [
        _RESP,
        b"+OK\r\n",
        _TLS,
        _POSTGRES,
        _NETSTRING,
        b"GET / HTTP/1.1\r\n\r\n",
        b"5#hello\n",  # lines
        b"864768010009#n,48.1,11.5;",
        b"\x00\x00\x00\x05hello",
    ],
)
def test_other_protocols_never_are(
    data: bytes, begin: Callable[[Wire], Conversation]
) -> None:
    wire = Wire()
    call = begin(wire)
    for _ in range(40):
        call.send(CLIENT, data).send(SERVER, data)

    assert "own-serializer" not in _codes(wire)


class _Listener(Tap):
    """Counts the frames of such conversations."""

    def __init__(self) -> None:
        self.frames = 0

    def sightings(self, sightings: Iterator[SightingItem]) -> Iterator[SightingItem]:
        for item in sightings:
            self.frames += isinstance(item, Anomaly) and item.code == OPAQUE_FRAME
            yield item


_likely = st.one_of(
    st.binary(min_size=1, max_size=60),
    st.from_regex(rb"[1-9][0-9]?#[\x00-\xff]{1,40}", fullmatch=True),
    st.binary(min_size=1, max_size=20).map(_frame),
    st.sampled_from([b"1#", b"12#", b'2#""', b'13#{"pattern":1}', _RESP, _TLS]),
)
_said = st.lists(st.tuples(st.sampled_from(list(Side)), _likely), max_size=12)
_begins = st.sampled_from([Wire.connect, Wire.join])


def _captured(
    said: list[tuple[Side, bytes]], begin: Callable[[Wire], Conversation]
) -> Wire:
    wire = Wire()
    call = begin(wire)
    for side, data in said:
        call.send(side, data)
    return wire


def _counted(wire: Wire) -> int:
    listener = _Listener()
    list(Pipeline(taps=[listener]).inspect(wire.records))
    return listener.frames


@given(_said, _begins)
def test_bytes_are_a_conversation_only_where_lengths_hold(
    said: list[tuple[Side, bytes]], begin: Callable[[Wire], Conversation]
) -> None:
    least = 3 if begin is Wire.join else 2
    held = min(
        _frames_somewhere([data for each, data in said if each is side])
        for side in Side
    )

    assert _counted(_captured(said, begin)) == 0 or held >= least


@example(
    [(Side.CLIENT, b"2#"), (Side.SERVER, b"1#\0"), (Side.CLIENT, b"0\0")],
    Wire.connect,
)
@given(_said, _begins)
def test_what_is_not_is_told_as_if_nobody_had_looked(
    said: list[tuple[Side, bytes]], begin: Callable[[Wire], Conversation]
) -> None:
    wire = _captured(said, begin)
    assume(not _counted(wire))
    seen = inspected(wire.records)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("inspector.calls.recognising.opaque_stream", lambda _: None)
        plain = inspected(wire.records)

    assert seen.summary == plain.summary
    assert sorted(map(str, seen.finding_lines)) == sorted(map(str, plain.finding_lines))


def _frames_somewhere(chunks: list[bytes]) -> int:
    """Return the most frames that follow one another from the beginning of a chunk."""
    return max(
        (_frames(b"".join(chunks[first:])) for first in range(len(chunks))), default=0
    )


def _frames(data: bytes) -> int:
    length, delimiter, rest = data.partition(b"#")
    if not (delimiter and length.isdigit() and length[0] != ord("0")):
        return 0
    size = int(length)
    return 1 + _frames(rest[size:]) if size <= len(rest) else 0
