from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.nest_tcp.recognition import find, recognise
from protocol import encode_packet
from tests.inspector.conversation import event, request, response

_FRAME = encode_packet(request("sum", "77334d4258340eded607d", [1, 2, 3]))


@pytest.mark.parametrize(
    "beginning",
    [
        _FRAME,
        _FRAME[:4],
        b"2#{}",
        b'5#"abc"',
        b"1#5",
        b"4#null",
        b"4#n",
        b"4#true",
        b"5#f",
        b"00024#{",
        b"+24#{",
        b"24.7#{",
        b"24abc#{",
        b" \r\n24#{",
        b"\xef\xbb\xbf24#{",
        b"24# {",
        b"2#[]",
    ],
)
def test_a_length_that_nest_accepts_and_json_are_nests(beginning: bytes) -> None:
    assert recognise(beginning) == Recognition()


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"SSH-2.0-OpenSSH",
        b"*1\r\n$4\r\nPING\r\n",
        b"abc#{}",
        b"#{}",
        b"24#<xml>",
        b"864768010009#n,lat 52.1",
        b"4#tomorrow",
        b"5#find",
        b"\x00\x00\x00\x24#{",
        b"220 mail.example.org ESMTP ready for all of you and for your letters too\r\n",
    ],
)
def test_other_beginnings_are_not(beginning: bytes) -> None:
    assert recognise(beginning) is Verdict.OTHER


@pytest.mark.parametrize("size", range(3))
def test_too_few_bytes_tell_nothing(size: int) -> None:
    assert recognise(_FRAME[:size]) is Verdict.UNDECIDED


@given(st.integers(0, len(_FRAME)))
def test_no_part_of_a_frame_is_taken_for_something_else(size: int) -> None:
    assert recognise(_FRAME[:size]) is not Verdict.OTHER


@pytest.mark.parametrize(
    "packet",
    [event("log", "求和1111"), request({"cmd": "sum"}, 5, {}), response("1", [1])],
)
@given(cut=st.integers(1, 10))
def test_in_the_middle_of_a_stream_the_next_frame_is_found(
    packet: object, cut: int
) -> None:
    frame = encode_packet(packet)  # type: ignore[arg-type]
    rest = _FRAME[cut:]

    assert find(rest + frame) == Recognition(len(rest))
    assert find(rest + frame[:20]) == Recognition(len(rest))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'"data":[1,2,3],"id":"77334d"}',
        b'say 24#{"pattern" and see what happens, said the note about frames',
        b"24#{}24#[]",
        b'12#{"other":"key"}',
    ],
)
def test_what_only_looks_like_a_header_is_none(data: bytes) -> None:
    assert find(data) is None


def test_a_frame_that_is_quoted_in_the_rest_of_another_is_found_later() -> None:
    inner = '9#{"pattern":1'
    outer = encode_packet(event("log", inner))

    assert find(outer[5:] + _FRAME) in {
        Recognition(len(outer) - 5),
        Recognition((outer[5:] + _FRAME).find(b'9#{"pattern')),
    }


def test_where_no_packet_begins_only_keys_of_nests_tell() -> None:
    frame = b'11#{"other":1}'

    assert find(b'13#{"pattern":1') == Recognition()
    assert find(frame, boundary=True) is None  # it is JSON, and no packet
    assert find(b'17#{"x":1,"id":"12"}', boundary=True) == Recognition()
    assert find(b'17#{"x":1,"id":"12"}', boundary=False) is None


@pytest.mark.parametrize("digits", [b"0", b"05", b"1234567890", b"12345678901234"])
def test_what_is_no_length_is_no_header(digits: bytes) -> None:
    assert find(b"x" + digits + b'#{"pattern":"sum"}', boundary=False) is None
