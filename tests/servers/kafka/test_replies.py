"""Replies as records, and records as replies."""

from __future__ import annotations

import pytest

from protocol import Json, loads
from servers.kafka import Options
from servers.kafka.messages import CORRELATION, DISPOSED, ERROR
from servers.kafka.replies import reply_in, reply_record
from tests.servers.kafka.records import Record

_ID = (CORRELATION, b"1")
_LAST = (DISPOSED, b"\0")
_CASES = [
    (b'{"response":[1],"isDisposed":true,"id":"1"}', b"[1]", [_ID, _LAST]),
    (b'{"response":"a","id":"1"}', b"a", [_ID]),
    (b'{"response":null,"id":"1"}', None, [_ID]),
    (b'{"isDisposed":true,"id":"1"}', None, [_ID, _LAST]),
    (b'{"err":"no","isDisposed":true,"id":"1"}', None, [_ID, (ERROR, b"no"), _LAST]),
    (
        b'{"err":{"a":1},"isDisposed":true,"id":"1"}',
        None,
        [_ID, (ERROR, b'{"a":1}'), _LAST],
    ),
]


@pytest.mark.parametrize(("body", "value", "headers"), _CASES)
def test_replies_are_those_of_nest(
    body: bytes, value: bytes | None, headers: list[tuple[str, bytes]]
) -> None:
    outgoing = reply_record(body, b"1", "sum.reply", 2)

    assert outgoing == ("sum.reply", value, headers, None, 2)


@pytest.mark.parametrize(
    ("value", "headers", "begun", "body"),
    [
        (b"6", [_ID, _LAST], (), {"response": "6", "isDisposed": True, "id": "1"}),
        (b"6", [_ID], (), {"response": "6", "id": "1"}),
        (None, [_ID], ("1",), {"response": None, "id": "1"}),
        (None, [_ID, _LAST], (), {"response": None, "isDisposed": True, "id": "1"}),
        (None, [_ID, _LAST], ("1",), {"isDisposed": True, "id": "1"}),
        (
            None,
            [_ID, (ERROR, b"[1]")],
            (),
            {"err": [1], "isDisposed": True, "id": "1"},
        ),
    ],
)
def test_records_are_read_as_by_nest_besides_the_end_of_a_stream(
    value: bytes | None, headers: list[tuple[str, bytes]], begun: tuple[str], body: Json
) -> None:
    reply = reply_in(Record(0, value, headers), begun, Options())

    assert reply is not None
    assert loads(reply.body) == body
    assert (reply.identity, reply.last) == ("1", "isDisposed" in body)


def test_what_has_no_correlation_is_no_reply() -> None:
    assert reply_in(Record(0, b"6", [_LAST]), (), Options()) is None
