"""JSON to packets, as Nest takes it."""

from __future__ import annotations

import pytest

from inspector.carriers.redis.payloads import read_payload
from protocol import Event, JsonText, Request, Response
from tests.inspector.carriers.redis.conversations import EVENT, REPLY, REQUEST


@pytest.mark.parametrize("replies", [False, True])
def test_a_packet_of_nests_is_one_wherever_it_goes(*, replies: bool) -> None:
    kinds = (REQUEST, Request), (EVENT, Event), (REPLY, Response)
    for body, kind in kinds:
        read = read_payload(body, replies=replies)
        assert read is not None
        assert isinstance(read.packet, kind)
        assert not read.foreign


def test_an_object_with_an_id_is_a_value_on_a_reply_channel() -> None:
    body = b'{"sum":6,"id":"1"}'
    read = read_payload(body, replies=True)

    assert read is not None
    assert read.packet == Response("1", JsonText(body), is_disposed=True)
    assert read.foreign
    assert read_payload(body, replies=False) is None


def test_an_envelope_with_more_in_it_is_one_on_a_reply_channel() -> None:
    body = b'{"response":6,"isDisposed":true,"id":"1","more":1}'
    read = read_payload(body, replies=True)

    assert read is not None
    assert not read.foreign
    assert read_payload(body, replies=False) is None


def test_an_id_by_itself_is_an_undefined_value_on_a_reply_channel() -> None:
    read = read_payload(b'{"id":"1"}', replies=True)

    assert read is not None
    assert read.packet == Response("1")
    assert not read.foreign
    assert read_payload(b'{"id":"1"}', replies=False) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"6", b"[]", b"{", b"plain", b'{"a":1}', b'{"data":1}'],
)
def test_anything_else_is_none(body: bytes) -> None:
    assert read_payload(body, replies=True) is None
    assert read_payload(body, replies=False) is None
