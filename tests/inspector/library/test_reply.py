from __future__ import annotations

import pytest
from hypothesis import given

from inspector import Reply
from inspector.library.reply import payload_value, present
from protocol import UNDEFINED, Frame, JsonText, Response, loads, parse_packet
from tests.strategies import responses


def _reply(text: str) -> Reply:
    packet = parse_packet(Frame(text.encode(), 0, len(text)))
    assert isinstance(packet, Response)
    return Reply.of(packet)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ('{"response":3,"isDisposed":true,"id":"1"}', Reply(3, is_disposed=True)),
        ('{"response":null,"id":"1"}', Reply(None)),
        ('{"isDisposed":true,"id":"1"}', Reply(is_disposed=True)),
        ('{"err":"no","status":"error","id":"1"}', Reply(err="no", status="error")),
        ('{"response":1,"trace":[2],"id":"1"}', Reply(1, extra={"trace": [2]})),
    ],
)
def test_a_reply_is_what_the_wire_says(text: str, reply: Reply) -> None:
    assert _reply(text) == reply
    expected = loads(text.encode())
    del expected["id"]
    assert reply.to_dict() == expected


@given(responses)
def test_any_reply_can_be_written_as_it_came(packet: Response) -> None:
    members = Reply.of(packet).to_dict()

    assert members.get("response", UNDEFINED) == payload_value(packet.response)
    assert members.get("isDisposed", False) is packet.is_disposed or packet.extra
    assert UNDEFINED not in members.values()


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (Reply(3), "3"),
        (Reply(), "no value"),
        (Reply(err="no"), 'error "no"'),
        (Reply(err={"message": "no", "code": 5}), 'error "no"'),
        (Reply(err={"code": 5}), 'error {"code":5}'),
        (Reply(err=None), "error null"),
    ],
)
def test_a_person_reads_its_value_or_its_error(reply: Reply, text: str) -> None:
    assert str(reply) == text


def test_payloads_are_decoded_once() -> None:
    assert payload_value(JsonText(b'"1"')) == "1"
    assert payload_value("1") == "1"
    assert payload_value(UNDEFINED) is UNDEFINED
    assert present({"a": UNDEFINED, "b": None}) == {"b": None}
