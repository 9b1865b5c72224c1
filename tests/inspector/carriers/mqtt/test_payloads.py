from __future__ import annotations

import pytest

from inspector.carriers.mqtt.payloads import flaw_of, parse_payload
from protocol import Event, Request, Response
from tests.inspector.carriers.mqtt.written import EVENT, REPLY, REQUEST


@pytest.mark.parametrize(
    ("body", "topic", "kind"),
    [
        (REQUEST, "sum", Request),
        (EVENT, "log", Event),
        (REPLY, "sum/reply", Response),
        (REPLY, "elsewhere", Response),
        (b'{"response":6,"id":"1","more":2}', "sum/reply", Response),
        (b'{"response":6,"id":"1","more":2}', "elsewhere", type(None)),
        (b'{"response":6,"id":1}', "elsewhere", type(None)),
        (b'{"id":"1"}', "sum/reply", type(None)),
        (b'{"response":6}', "sum/reply", type(None)),
        (b'{"temperature":21.5}', "home/kitchen", type(None)),
        (b"21.5", "home/kitchen", type(None)),
        (b'{"pattern":', "sum", type(None)),
    ],
)
def test_what_is_a_packet_of_nest(body: bytes, topic: str, kind: type) -> None:
    assert type(parse_payload(body, topic)) is kind


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"oops", "invalid-json"),
        (b"", "invalid-json"),
        (b"6", "unknown-packet"),
        (b'{"response":6}', "unknown-packet"),
        (b'{"id":"1"}', None),
        (REPLY, None),
    ],
)
def test_what_is_wrong_with_a_reply(body: bytes, code: str | None) -> None:
    flaw = flaw_of(body)
    assert (flaw and flaw[0]) == code
