"""A text is found wherever an exchange says it, as it travelled or as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.filters.grep import LONGEST_DECODED, Grep
from protocol import encode_frame
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from tests.inspector.conversation import Conversation, Side


def _send(call: Conversation, side: Side, body: bytes) -> None:
    frame = encode_frame(body)
    for place in range(0, len(frame), 60_000):  # an IP packet holds no more
        call.send(side, frame[place : place + 60_000])


def _exchange(request: bytes, reply: bytes = b"") -> Exchange:
    wire = Wire()
    call = wire.connect()
    _send(call, CLIENT, request)
    if reply:
        _send(call, SERVER, reply)
    (exchange,) = inspected(wire.records).exchanges
    return exchange


def _found(text: str) -> bool:
    exchange = _exchange(
        b'{"pattern":{"cmd":"sum"},"data":{"city":"Z\\u00fcrich","q":"a\\/b"},"id":"1",'
        b'"metadata":{"tenant":"acme"}}',
        b'{"err":{"message":"no \\"beds\\" left"},"isDisposed":true,"id":"1",'
        b'"status":"error","more":[17]}',
    )
    return Grep(text)(exchange)


@pytest.mark.parametrize(
    "text",
    [
        '{"cmd":"sum"}',
        "sum",
        "cmd:sum",
        "city:Zürich,q:a/b",
        "Zürich",
        "Z\\u00fcrich",
        "a/b",
        '"city":"Z',
        "acme",
        'no "beds" left',
        '\\"beds\\"',
        '"error"',
        "17",
    ],
)
def test_a_text_is_found_in_pattern_data_replies_and_errors(text: str) -> None:
    assert _found(text)


@pytest.mark.parametrize("text", ["SUM", "Zurich", "beds  left", "tcp", "undefined"])
def test_what_is_not_said_is_not_found(text: str) -> None:
    assert not _found(text)


def test_the_escapes_of_a_huge_payload_are_not_undone() -> None:
    huge = b"x" * LONGEST_DECODED
    exchange = _exchange(b'{"pattern":"a","data":"\\u00fc%b end"}' % huge)

    assert Grep("x end")(exchange)
    assert not Grep("ü")(exchange)


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Grep("")
