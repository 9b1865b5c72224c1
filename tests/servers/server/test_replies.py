from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    EncodeError,
    Json,
    JsonText,
    Response,
    dumps,
    encode_frame,
    encode_packet,
    parse_body,
)
from servers.server.replies import (
    end_body,
    error_body,
    item_body,
    last_body,
    no_handler_body,
    value_body,
)

_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
_ids = st.text() | st.integers(0, 99) | st.none()


@given(_values, _ids)
def test_replies_say_what_was_meant(value: Json, name: Json) -> None:
    identity, text = dumps(name), dumps(value)
    last = Response(name, response=JsonText(text), is_disposed=True)

    assert parse_body(value_body(value, identity)) == last
    assert parse_body(last_body(text, identity)) == last
    assert parse_body(item_body(text, identity)) == Response(
        name, response=JsonText(text)
    )
    assert parse_body(error_body(value, identity)) == Response(
        name, err=JsonText(text), is_disposed=True
    )


@given(_values, _ids)
def test_replies_are_what_the_protocol_writes(value: Json, name: Json) -> None:
    identity = dumps(name)
    error = Response(name, err=JsonText(dumps(value)), is_disposed=True)

    assert encode_frame(error_body(value, identity)) == encode_packet(error)
    assert encode_frame(end_body(identity)) == encode_packet(
        Response(name, is_disposed=True)
    )


def test_the_keys_stand_as_nest_writes_them() -> None:
    assert value_body(6, b'"1"') == b'{"response":6,"isDisposed":true,"id":"1"}'
    assert last_body(b"6", b'"1"') == b'{"response":6,"isDisposed":true,"id":"1"}'
    assert item_body(b"6", b'"1"') == b'{"response":6,"id":"1"}'
    assert end_body(b'"1"') == b'{"isDisposed":true,"id":"1"}'
    assert error_body("e", b"1") == b'{"err":"e","isDisposed":true,"id":1}'
    assert no_handler_body(b'"1"') == (
        b'{"id":"1","status":"error","err":"%b"}' % NO_MESSAGE_HANDLER.encode()
    )


def test_undefined_has_no_response() -> None:
    assert value_body(UNDEFINED, b'"1"') == end_body(b'"1"')
    assert last_body(None, b'"1"') == end_body(b'"1"')
    assert item_body(None, b'"1"') == b'{"id":"1"}'


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_what_is_nearly_nothing_is_a_response(value: Json) -> None:
    assert value_body(value, b"1") == last_body(dumps(value), b"1")
    assert b'"response":%b,' % dumps(value) in value_body(value, b"1")


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], object()])
def test_what_json_cannot_hold_is_refused(value: Json) -> None:
    with pytest.raises(EncodeError):
        value_body(value, b"1")
    with pytest.raises(EncodeError):
        error_body(value, b"1")
