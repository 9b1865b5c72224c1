from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    EncodeError,
    FrameDecoder,
    Json,
    JsonText,
    Response,
    dumps,
    encode_packet,
    parse_packet,
)
from servers.server.replies import (
    end_frame,
    error_frame,
    item_frame,
    last_frame,
    no_handler_frame,
    value_frame,
)

_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
_ids = st.text() | st.integers(0, 99) | st.none()


def _packet(data: bytes) -> Response:
    decoder = FrameDecoder()
    decoder.receive_data(data)
    frame = decoder.next_frame()
    assert frame is not None
    assert decoder.buffered == 0
    packet = parse_packet(frame)
    assert isinstance(packet, Response)
    return packet


@given(_values, _ids)
def test_replies_are_frames_that_say_what_was_meant(value: Json, name: Json) -> None:
    identity, text = dumps(name), dumps(value)

    assert _packet(value_frame(value, identity)) == Response(
        name, response=JsonText(text), is_disposed=True
    )
    assert _packet(item_frame(text, identity)) == Response(
        name, response=JsonText(text)
    )
    assert _packet(last_frame(text, identity)) == Response(
        name, response=JsonText(text), is_disposed=True
    )
    assert _packet(error_frame(value, identity)) == Response(
        name, err=JsonText(text), is_disposed=True
    )


@given(_values, _ids)
def test_replies_are_what_the_protocol_writes(value: Json, name: Json) -> None:
    identity = dumps(name)
    error = Response(name, err=JsonText(dumps(value)), is_disposed=True)

    assert error_frame(value, identity) == encode_packet(error)
    assert end_frame(identity) == encode_packet(Response(name, is_disposed=True))


def test_the_keys_stand_as_nest_writes_them() -> None:
    assert value_frame(6, b'"1"') == b'41#{"response":6,"isDisposed":true,"id":"1"}'
    assert item_frame(b"6", b'"1"') == b'23#{"response":6,"id":"1"}'
    assert end_frame(b'"1"') == b'28#{"isDisposed":true,"id":"1"}'
    assert error_frame("e", b"1") == b'36#{"err":"e","isDisposed":true,"id":1}'
    body = {"id": "1", "status": "error", "err": NO_MESSAGE_HANDLER}
    text = json.dumps(body, separators=(",", ":"))
    assert no_handler_frame(b'"1"') == f"{len(text)}#{text}".encode()


def test_undefined_has_no_response() -> None:
    assert value_frame(UNDEFINED, b'"1"') == end_frame(b'"1"')
    assert last_frame(None, b'"1"') == end_frame(b'"1"')
    assert item_frame(None, b'"1"') == b'10#{"id":"1"}'


def test_lengths_count_utf16_units() -> None:
    for data in (value_frame("é😀", b"1"), error_frame("é😀", b"1")):
        length, body = data.decode().split("#")
        assert int(length) == len(body.encode("utf-16-le")) // 2 == len(body) + 1


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(EncodeError):
        value_frame(float("nan"), b"1")
    with pytest.raises(EncodeError):
        error_frame(object(), b"1")
