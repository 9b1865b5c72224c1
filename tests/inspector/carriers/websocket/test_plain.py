from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.carriers.base import Idle, Remark, Unit
from inspector.carriers.sessions import SessionTransfer
from inspector.carriers.web.messages import Envelope
from inspector.carriers.websocket.making import UNFRAMED, Maker
from inspector.carriers.websocket.plain import Plain
from inspector.findings.finding import Finding
from inspector.pipeline import Options, Pipeline
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, Event, JsonText
from tests.inspector.carriers.websocket.written import GATEWAY, event, opened, said
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXCEPTION = event(
    "exception", {"message": "m", "cause": {"pattern": "sum", "data": [1]}}
)


def _read(text: str, *, asks: bool = True, plain: Plain | None = None) -> list[Unit]:
    payload = text.encode()
    reader = plain or Plain(Maker(None))
    return reader.read(0, Envelope(0, len(payload), payload), asks=asks)


def _transfer(text: str, *, asks: bool = True) -> SessionTransfer:
    (unit,) = _read(text, asks=asks)
    assert isinstance(unit, SessionTransfer)
    return unit


@pytest.mark.parametrize("asks", [True, False])
def test_an_event_is_one_whichever_side_sends_it(*, asks: bool) -> None:
    unit = _transfer('{"event":"sum","data":[1,2]}', asks=asks)
    assert unit.packet == Event("sum", JsonText(b"[1,2]"))
    assert (unit.correlation, unit.session, unit.roams) == (None, "", False)
    assert unit.cause == (("sum", JsonText(b"[1,2]")) if asks else None)


def test_data_may_be_missing_and_other_keys_be_there() -> None:
    unit = _transfer('{"event":"sum","room":"tea"}')
    assert unit.packet.data is UNDEFINED  # type: ignore[union-attr]
    assert dict(unit.packet.extra) == {"room": JsonText(b'"tea"')}


def test_an_exception_of_the_gateway_blames_an_event() -> None:
    assert _transfer(_EXCEPTION, asks=False).blames == ("sum", JsonText(b"[1]"))
    assert _transfer(_EXCEPTION).blames is None


@pytest.mark.parametrize("text", ["7", "hello", '{"data":1}', '{"event":1}', "[]"])
def test_what_is_no_event_is_idle(text: str) -> None:
    (unit,) = _read(text)
    assert isinstance(unit, Idle)
    assert unit.verb == "text"


@pytest.mark.parametrize(
    ("text", "asks", "subject"),
    [("7", False, "value"), ("hello", False, "text"), ("7", True, "client")],
)
def test_among_events_it_is_remarked(text: str, subject: str, *, asks: bool) -> None:
    plain = Plain(Maker(None))
    _read(event("sum", 1), plain=plain)
    _, remark = _read(text, asks=asks, plain=plain)
    assert isinstance(remark, Remark)
    assert (remark.code, remark.subject) == (UNFRAMED, subject)


def test_a_binary_message_is_idle() -> None:
    plain = Plain(Maker(None))
    _read(event("sum", 1), plain=plain)
    (unit,) = plain.read(0, Envelope(0, 1, b"\x00", binary=True), asks=True)
    assert isinstance(unit, Idle)
    assert unit.verb == "binary"


def test_secrets_are_hidden_before_anybody_sees_them() -> None:
    plain = Plain(Maker(Redaction(["auto"])))
    text = event("login", {"password": "hush"})
    (unit,) = _read(text, plain=plain)
    assert isinstance(unit, SessionTransfer)
    assert unit.packet.data == JsonText(b'{"password":"xxxx"}')  # type: ignore[union-attr]
    assert unit.cause == ("login", JsonText(b'{"password":"hush"}'))
    assert unit.sent == text.encode()
    assert unit.shown == unit.body == text.replace("hush", "xxxx").encode()


def test_a_value_is_hidden_as_data_and_a_text_in_full() -> None:
    plain = Plain(Maker(Redaction(["data"])))
    value, text = (_read(each, plain=plain)[0] for each in ("[7]", "hello"))
    assert isinstance(value, Idle)
    assert isinstance(text, Idle)
    assert (value.text, text.text) == (b"[1]", b"xxxxx")


def test_the_name_of_an_event_is_hidden_as_a_channel_and_nothing_else() -> None:
    plain = Plain(Maker(Redaction([], ["*"])))
    text = '{"data":{"event":"sum"},"event":"sum"}'
    (unit,) = _read(text, plain=plain)
    assert isinstance(unit, SessionTransfer)
    assert isinstance(unit.packet, Event)
    assert unit.packet.pattern != "sum"
    assert unit.packet.data == JsonText(b'{"event":"sum"}')
    assert (len(unit.shown), unit.cause) == (
        len(text),
        ("sum", JsonText(b'{"event":"sum"}')),
    )


def test_an_exception_names_its_cause_as_the_event_is_named() -> None:
    plain = Plain(Maker(Redaction([], ["*"])))
    (asked,) = _read(event("sum", [1]), plain=plain)
    (failed,) = _read(_EXCEPTION, asks=False, plain=plain)
    assert isinstance(asked, SessionTransfer)
    assert isinstance(failed, SessionTransfer)
    assert isinstance(asked.packet, Event)
    assert f'"pattern":"{asked.packet.pattern}"'.encode() in failed.body
    assert asked.cause == failed.blames


def test_where_nobody_can_tell_which_text_is_the_name_nothing_is_shown() -> None:
    plain = Plain(Maker(Redaction([], ["*"])))
    many = ",".join(['"sum"'] * 20)
    (unit,) = _read(f'{{"data":[{many}],"event":"sum"}}', plain=plain)
    assert isinstance(unit, Idle)
    assert b"sum" not in unit.text


_PUSHER = (
    (GATEWAY, '{"event":"pusher:connection_established","data":"{\\"socket_id\\":1}"}'),
    (CLIENT, '{"event":"pusher:subscribe","data":{"auth":"","channel":"orders"}}'),
    (GATEWAY, '{"event":"pusher_internal:subscription_succeeded","channel":"orders"}'),
    (GATEWAY, '{"event":"created","channel":"orders","data":"{\\"id\\":1}"}'),
    (GATEWAY, '{"event":"moved","data":"[1,2]","channel":"orders","user_id":"7"}'),
    (CLIENT, '{"event":"client-typing","channel":"orders","data":{"who":"me"}}'),
    (CLIENT, '{"event":"pusher:ping","data":{}}'),
    (GATEWAY, '{"event":"pusher:pong","data":"{}"}'),
)
_EXCHANGE = (
    (GATEWAY, '{"event":"systemStatus","status":"online","version":"1.9.0"}'),
    (CLIENT, '{"event":"subscribe","pair":["A/B"],"subscription":{"name":"ticker"}}'),
    (GATEWAY, '{"event":"subscriptionStatus","pair":"A/B","status":"subscribed"}'),
    (GATEWAY, '{"event":"heartbeat"}'),
    (GATEWAY, '[340,{"a":["1"]},"ticker","A/B"]'),
    (CLIENT, '{"event":"ping","reqid":42}'),
    (GATEWAY, '{"event":"pong","reqid":42}'),
)
"""Kraken's, version 1; those of Bitfinex and OKX are of the same kind."""


def _captured(
    said_by: Sequence[tuple[int, str]], *, begun: bool = True, carrier: bool = False
) -> tuple[list[Exchange], list[str]]:
    wire = Wire()
    link = wire.connect(client="10.0.0.1:50001", server="10.0.0.9:3000")
    if begun:
        for side, data in opened():
            link.send(CLIENT if side == CLIENT else SERVER, data)
    for side, text in said_by:
        link.send(CLIENT if side == CLIENT else SERVER, said(side, text))
    link.close()
    records = wire.records if begun else wire.records[3:]
    carriers = {3000: "ws"} if carrier else {}
    found = list(Pipeline(Options(carriers=carriers)).inspect(records))
    exchanges = [each for each in found if isinstance(each, Exchange)]
    return exchanges, [each.code for each in found if isinstance(each, Finding)]


@pytest.mark.parametrize("carrier", [False, True])
@pytest.mark.parametrize("skipped", range(len(_PUSHER)))
def test_what_pusher_says_is_not_taken_for_nests(
    skipped: int, *, carrier: bool
) -> None:
    said_by = _PUSHER[skipped:]
    assert _captured(said_by, begun=not skipped, carrier=carrier) == ([], [])


def test_nor_is_what_exchanges_say_instead_of_data() -> None:
    assert _captured(_EXCHANGE) == ([], [])


def test_what_gateways_and_their_clients_say_still_is() -> None:
    texts = (
        (CLIENT, '{"event":"login","token":"t"}'),
        (GATEWAY, '{"event":"created","channel":"orders"}'),
        (CLIENT, '{"event":"sum","data":[1,2]}'),
        (GATEWAY, '{"event":"sum","data":"3"}'),
        (GATEWAY, '{"event":"told","data":"not JSON","channel":"c"}'),
        (CLIENT, '{"event":"say","channel":"c","data":"{}"}'),
        (GATEWAY, '{"event":"pushed"}'),
        (CLIENT, '{"event":"pusher"}'),
    )
    routes = [each.route for each in _captured(texts)[0]]
    assert sorted(map(str, routes)) == [
        "login", "pushed", "pusher", "say", "sum", "sum", "told"
    ]  # fmt: skip
