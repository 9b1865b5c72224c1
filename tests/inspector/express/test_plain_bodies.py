"""What is read of the body of a plain packet is what the protocol reads in it."""

from __future__ import annotations

import pytest
from hypothesis import given

from inspector.express.plain_bodies import ASKING, decode_answered, decode_asked
from protocol import (
    REFUSED,
    UNDEFINED,
    Event,
    Request,
    Response,
    encode_packet,
    parse_body,
)
from tests.strategies import packets


@given(packets)
def test_what_is_plain_is_read_as_the_protocol_reads_it(packet: object) -> None:
    body = encode_packet(packet).partition(b"#")[2]  # type: ignore[arg-type]
    known = parse_body(body)
    try:
        if body.startswith(ASKING):
            asked = decode_asked(body)
            assert isinstance(known, Request | Event)
            assert asked.data == known.data
            assert asked.id == (known.id if isinstance(known, Request) else UNDEFINED)
        else:
            answered = decode_answered(body)
            assert isinstance(known, Response)
            assert answered.response == known.response
            assert (answered.id, answered.is_disposed) == (known.id, known.is_disposed)
    except REFUSED:
        pass


@pytest.mark.parametrize(
    "body",
    [
        b'{"pattern":"a","id":7}',
        b'{"pattern":"a","metadata":1}',
        b'{"pattern":"a","other":1}',
        b'{"pattern":"a"',
    ],
)
def test_a_request_with_anything_unusual_is_refused(body: bytes) -> None:
    with pytest.raises(REFUSED):
        decode_asked(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"response":1,"id":7}',
        b'{"response":1,"id":"a","err":"no"}',
        b'{"isDisposed":true,"id":"a"}',
        b"1",
    ],
)
def test_a_reply_with_anything_unusual_is_refused(body: bytes) -> None:
    with pytest.raises(REFUSED):
        decode_answered(body)
