from __future__ import annotations

import pytest

from protocol import (
    Event,
    InvalidJsonError,
    JsonText,
    Packet,
    Request,
    Response,
)
from protocol.carriage import Reply, answers, parse_packet, parse_reply, parse_request


@pytest.mark.parametrize(
    ("body", "packet"),
    [
        (b'{"pattern":"a","data":1,"id":"1"}', Request("a", "1", JsonText(b"1"))),
        (b'{"id":null,"pattern":"a"}', Request("a", None)),
        (b'{"pattern":"a"}', Event("a")),
        (b'{"data":1,"id":"1"}', None),
        (b'{"response":1,"id":"1"}', None),
        (b'{"pattern":', None),
        (b"[1]", None),
        (b"", None),
    ],
)
def test_a_request_has_a_pattern(body: bytes, packet: Packet | None) -> None:
    assert parse_request(body) == packet


def _foreign(text: bytes, identity: str | None = None) -> Reply:
    value = Response(identity, JsonText(text), is_disposed=True)
    return Reply(value, foreign=True)


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        (b"6", _foreign(b"6")),
        (b" null ", _foreign(b"null")),
        (b"{}", _foreign(b"{}")),
        (b'{"sum":6}', _foreign(b'{"sum":6}')),
        (b'{"id":"1","sum":6}', _foreign(b'{"id":"1","sum":6}', "1")),
        (b'{"pattern":"a","id":"2"}', _foreign(b'{"pattern":"a","id":"2"}', "2")),
        (b'{"pattern":"a"}', _foreign(b'{"pattern":"a"}')),
        (
            b'{"response":6,"isDisposed":true}',
            Reply(Response(None, JsonText(b"6"), is_disposed=True)),
        ),
        (b'{"id":"1"}', Reply(Response("1"))),
        (
            b'{"status":"error"}',
            Reply(Response(None, status=JsonText(b'"error"'))),
        ),
        (b" { } ", _foreign(b"{ }")),
        (
            b'{"response":6,"trace":2}',
            Reply(Response(None, JsonText(b"6"), extra={"trace": JsonText(b"2")})),
        ),
        (
            b'{"response":6,"id":"1","trace":2}',
            Reply(Response("1", JsonText(b"6"), extra={"trace": JsonText(b"2")})),
        ),
    ],
)
def test_any_json_is_a_reply_where_one_was_asked_for(body: bytes, reply: Reply) -> None:
    assert parse_reply(body, asked=True) == reply


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        (b'{"err":"x","id":"1"}', Reply(Response("1", err=JsonText(b'"x"')))),
        (b'{"isDisposed":true}', Reply(Response(None, is_disposed=True))),
        (b'{"id":"1"}', None),
        (b'{"sum":6}', None),
        (b"6", None),
        (b'{"response":6,"id":"1","trace":2}', None),
    ],
)
def test_elsewhere_only_an_envelope_is(body: bytes, reply: Reply | None) -> None:
    assert parse_reply(body, asked=False) == reply


def test_what_is_not_json_is_an_error() -> None:
    with pytest.raises(InvalidJsonError):
        parse_reply(b"nope", asked=True)


@pytest.mark.parametrize(
    ("body", "packet"),
    [
        (b'{"pattern":"a","data":1,"id":"1"}', Request("a", "1", JsonText(b"1"))),
        (b'{"response":1,"id":"1"}', Response("1", JsonText(b"1"))),
        (b'{"data":1,"id":"1"}', None),
        (b'{"response":1}', None),
        (b' {"pattern":"a"}', None),
        (b"{", None),
    ],
)
def test_a_packet_has_a_pattern_or_is_a_reply(
    body: bytes, packet: Packet | None
) -> None:
    assert parse_packet(body) == packet


@pytest.mark.parametrize(
    ("packet", "written"),
    [
        (Response("1"), False),
        (Response("1", status=JsonText(b'"error"')), False),
        (Response("1", JsonText(b"null")), True),
        (Response("1", err=JsonText(b"null")), True),
        (Response("1", is_disposed=True), True),
    ],
)
def test_a_reply_answers_with_some_of_nests_keys(
    packet: Response, *, written: bool
) -> None:
    assert answers(packet) is written
