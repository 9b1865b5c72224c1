"""Requests, events and responses, as Nest writes and reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    DecodeError,
    EncodeError,
    Event,
    Frame,
    InvalidJsonError,
    JsonText,
    PacketError,
    Request,
    Response,
    UnknownPacketError,
    dumps,
    encode_packet,
    loads,
    parse_packet,
)
from tests.strategies import packets, read, values, wild_texts

if TYPE_CHECKING:
    from protocol import Packet


def _parse(body: str | bytes) -> Packet:
    if isinstance(body, str):
        body = body.encode()
    return parse_packet(Frame(body, 0, len(body)))


def _body(packet: Packet) -> str:
    return encode_packet(packet).partition(b"#")[2].decode()


@given(packets)
def test_a_packet_is_read_as_it_was_written(packet: Packet) -> None:
    frames, error = read([encode_packet(packet)])

    assert error is None
    assert parse_packet(frames[0]) == _as_read(packet)


def _as_read(packet: Packet) -> Packet:
    """Return a packet with the one thing that reading changes: how numbers are held."""
    changed: dict[str, Any] = {}
    if not isinstance(packet, Event):
        changed["id"] = loads(dumps(packet.id))
    if not isinstance(packet, Response):
        changed["pattern"] = loads(dumps(packet.pattern))
    fields = {name: getattr(packet, name) for name in packet.__struct_fields__}
    return type(packet)(**fields | changed)


@pytest.mark.parametrize(
    ("body", "packet"),
    [
        (
            '{"pattern":"sum","data":[1,2],"id":"a"}',
            Request("sum", "a", JsonText(b"[1,2]")),
        ),
        (
            '{"pattern":{"cmd":"sum"},"data":{},"metadata":{"t":1},"id":"a"}',
            Request({"cmd": "sum"}, "a", JsonText(b"{}"), JsonText(b'{"t":1}')),
        ),
        ('{"pattern":"sum","id":"a"}', Request("sum", "a")),
        (
            '{"pattern":"sum","data":null,"id":"a"}',
            Request("sum", "a", JsonText(b"null")),
        ),
        ('{"pattern":"log","data":"求和"}', Event("log", JsonText('"求和"'.encode()))),
        ('{"pattern":"log"}', Event("log")),
        ('{"pattern":null,"data":0}', Event(None, JsonText(b"0"))),
        (
            '{"response":6,"isDisposed":true,"id":"a"}',
            Response("a", JsonText(b"6"), is_disposed=True),
        ),
        ('{"response":6,"id":"a"}', Response("a", JsonText(b"6"))),
        ('{"response":null,"id":"a"}', Response("a", JsonText(b"null"))),
        ('{"isDisposed":true,"id":"a"}', Response("a", is_disposed=True)),
        ('{"id":"a"}', Response("a")),
        (
            '{"err":{"status":"error"},"isDisposed":true,"id":"a"}',
            Response("a", err=JsonText(b'{"status":"error"}'), is_disposed=True),
        ),
    ],
)
def test_what_nest_writes_is_read_and_written_to_the_byte(
    body: str, packet: Packet
) -> None:
    assert _parse(body) == packet
    assert _body(packet) == body


def test_the_reply_without_a_handler() -> None:
    text = json.dumps(NO_MESSAGE_HANDLER)
    body = f'{{"id":"a","status":"error","err":{text}}}'

    packet = _parse(body)
    assert packet == Response(
        "a", err=JsonText(text.encode()), status=JsonText(b'"error"')
    )
    assert json.loads(_body(packet)) == json.loads(body)


@pytest.mark.parametrize(
    "identity",
    ["null", "0", '""', "false", "5", '"5"', "[1]", '{"a":null}', "1.5", r'"\ud83d"'],
)
@pytest.mark.parametrize(
    "body", ['{"pattern":"p","data":1,"id":%s}', '{"response":1,"id":%s}']
)
def test_any_id_that_is_present_is_an_id(identity: str, body: str) -> None:
    packet = _parse(body % identity)

    assert not isinstance(packet, Event)
    assert packet.id == json.loads(identity)
    assert type(packet.id) is type(json.loads(identity))
    assert _body(packet) == body % identity


@pytest.mark.parametrize("extra", ["", ',"x":1'])
@pytest.mark.parametrize("number", ["9007199254740993", "-18446744073709551617"])
def test_an_id_beyond_a_double_is_rounded_as_in_node(number: str, extra: str) -> None:
    packet = _parse(f'{{"pattern":"p","id":{number}{extra}}}')
    response = _parse(f'{{"id":{number}{extra}}}')

    assert isinstance(packet, Request)
    assert isinstance(response, Response)
    assert packet.id == response.id == float(number)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("digits", [309, 4_300, 4_301])
def test_an_id_beyond_all_doubles_is_infinite_as_in_node(
    sign: str, digits: int
) -> None:
    number = sign + "9" * digits
    packet = _parse(f'{{"pattern":"p","id":{number}}}')
    response = _parse(f'{{"id":{number}}}')

    assert isinstance(packet, Request)
    assert isinstance(response, Response)
    assert packet.id == response.id == float(f"{sign}inf")
    assert _body(packet) == '{"pattern":"p","id":null}'  # JSON.stringify(Infinity)


@pytest.mark.parametrize(
    ("body", "packet"),
    [
        ('{"data":1}', Event(UNDEFINED, JsonText(b"1"))),
        ('{"data":1,"id":"a"}', Request(UNDEFINED, "a", JsonText(b"1"))),
    ],
)
def test_data_alone_makes_a_packet_without_a_pattern(body: str, packet: Packet) -> None:
    assert _parse(body) == packet
    assert _body(packet) == body


def test_keys_that_nest_does_not_know_are_kept_in_order() -> None:
    request = _parse('{"pattern":"p","z":[1, 2],"data":1,"a":"求","id":"1"}')
    response = _parse('{"response":1,"trace":{"b" : 1},"id":"1","":0}')

    assert _texts(request) == [("z", b"[1, 2]"), ("a", '"求"'.encode())]
    assert _texts(response) == [("trace", b'{"b" : 1}'), ("", b"0")]
    assert _body(request) == '{"pattern":"p","data":1,"z":[1, 2],"a":"求","id":"1"}'
    assert _body(response) == '{"response":1,"trace":{"b" : 1},"":0,"id":"1"}'


def test_each_keeps_the_keys_of_the_other_as_unknown() -> None:
    assert _texts(_parse('{"pattern":"p","response":1}')) == [("response", b"1")]
    assert _texts(_parse('{"id":1,"metadata":2,"err":3}')) == [("metadata", b"2")]


def _texts(packet: Packet) -> list[tuple[str, bytes]]:
    return [(key, bytes(text)) for key, text in packet.extra.items()]


@pytest.mark.parametrize(
    "payload",
    ["1e400", '"\\ud83d"', " { } ", "[" * 5000 + "]" * 5000, '"\\u0041"', "-0.0"],
)
def test_payloads_stay_as_they_travelled(payload: str) -> None:
    request = _parse(f'{{"pattern":"p","data":{payload},"id":"1"}}')
    response = _parse(f'{{"id":"1","response":{payload},"err":{payload}}}')

    assert isinstance(request, Request)
    assert isinstance(response, Response)
    stripped = JsonText(payload.strip().encode())
    assert request.data == response.response == response.err == stripped


@pytest.mark.parametrize(
    ("body", "packet"),
    [
        (
            ' {\n"pattern" : "p" ,\t"data" : 1 , "id" : "1" } ',
            Request("p", "1", JsonText(b"1")),
        ),
        (' { "id" : "1" , "response" : [ 1 ] } ', Response("1", JsonText(b"[ 1 ]"))),
        ('{"id":"1","data":5,"pattern":"p"}', Request("p", "1", JsonText(b"5"))),
        ('{"data":5,"pattern":"p"}', Event("p", JsonText(b"5"))),
        ('{"pattern":"a","pattern":"b","id":1,"id":2}', Request("b", 2)),
        ('{"id":1,"id":2,"x":0,"x":1}', Response(2, extra={"x": JsonText(b"1")})),
        ('{"patte\\u0072n":"p"}', Event("p")),
        ('{"pattern":"\\ud83d","id":"\\ude00"}', Request("\ud83d", "\ude00")),
    ],
)
def test_unusual_spellings_are_read_alike(body: str, packet: Packet) -> None:
    assert _parse(body) == packet


def test_invalid_utf8_is_replaced_in_values_and_stays_in_payloads() -> None:
    packet = _parse(b'{"pattern":"\xff","data":"\xf0\x9f","id":"\xc0"}')

    assert packet == Request("\ufffd", "\ufffd", JsonText(b'"\xf0\x9f"'))
    assert loads(b'"\xf0\x9f"') == "\ufffd"


@pytest.mark.parametrize(
    ("disposed", "final"),
    [
        *(("true", True), ("1", True), ('"no"', True), ("[]", True), ("{}", True)),
        *(
            ("false", False),
            ("0", False),
            ('""', False),
            ("null", False),
            ("-0", False),
        ),
    ],
)
@pytest.mark.parametrize("extra", ["", ',"x":1'])
def test_what_is_truthy_ends_a_call(disposed: str, extra: str, *, final: bool) -> None:
    response = _parse(f'{{"response":1,"isDisposed":{disposed},"id":"a"{extra}}}')

    assert isinstance(response, Response)
    assert (response.is_disposed, response.final, response.failed) == (
        final,
        final,
        False,
    )


@pytest.mark.parametrize(
    ("err", "failed"),
    [
        *(("{}", True), ('"no"', True), ("1", True), ("[]", True), ("1e400", True)),
        *(("null", False), ("0", False), ('""', False), ("false", False)),
    ],
)
def test_only_a_truthy_err_is_an_error(err: str, *, failed: bool) -> None:
    response = _parse(f'{{"err":{err},"id":"a"}}')

    assert isinstance(response, Response)
    assert (response.failed, response.final) == (failed, failed)


def test_no_err_is_no_error() -> None:
    assert not Response("a").failed


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "{'a':1}",
        '{"pattern":"p"',
        '{"pattern":}',
        "\ufeff{}",
        '{"a":"\n"}',
        "{} {}",
    ],
)
def test_what_is_no_json_is_refused(body: str) -> None:
    with pytest.raises(InvalidJsonError, match="not JSON") as raised:
        parse_packet(Frame(body.encode(), 42, 0))

    assert raised.value.offset == 42


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("null", "null, which is not a packet"),
        ("true", "a boolean, which is not a packet"),
        ("5", "a number, which is not a packet"),
        ("1e400", "a number, which is not a packet"),
        ('"abc"', "a string, which is not a packet"),
        ("[1,2]", "an array, which is not a packet"),
        ("{}", "an object without pattern, data and id"),
        ('{"custom":"push"}', "an object without pattern, data and id"),
        ('{"response":1,"isDisposed":true}', "an object without pattern, data and id"),
    ],
)
def test_json_that_says_nothing_is_refused(body: str, reason: str) -> None:
    with pytest.raises(UnknownPacketError) as raised:
        parse_packet(Frame(body.encode(), 7, 0))

    assert (raised.value.reason, raised.value.offset) == (reason, 7)


@given(
    st.binary()
    | values.map(dumps)
    | st.dictionaries(
        st.sampled_from(["pattern", "data", "id", "err", "isDisposed", "response"])
        | wild_texts,
        values,
    ).map(dumps)
)
def test_no_body_raises_anything_but_a_packet_error(body: bytes) -> None:
    try:
        packet = parse_packet(Frame(body, 3, len(body)))
    except PacketError as error:
        assert isinstance(error, DecodeError)  # noqa: PT017 — any of them will do
        assert error.offset == 3  # noqa: PT017
        return
    assert _parse(_body(packet)) == packet


_BAD: list[Packet] = [
    Request(..., "1"),
    Request("p", ...),
    Request("p", UNDEFINED),
    Response(UNDEFINED),
    Event("p", "text"),  # type: ignore[arg-type]
    Event("p", 5),  # type: ignore[arg-type]
    Response("1", err=[]),  # type: ignore[arg-type]
    Event("p", extra={"x": "text"}),  # type: ignore[dict-item]
    Event("p", extra={...: b"1"}),  # type: ignore[dict-item]
]


@pytest.mark.parametrize("packet", _BAD, ids=repr)
def test_what_has_no_wire_form_is_refused(packet: Packet) -> None:
    with pytest.raises(EncodeError):
        encode_packet(packet)


@pytest.mark.parametrize("packet", [Request("p", 1), Event("p"), Response("a")])
def test_a_packet_cannot_be_changed(packet: Packet) -> None:
    with pytest.raises(AttributeError):
        packet.extra = {}  # type: ignore[misc]
    assert packet.extra == {}
    with pytest.raises(TypeError):
        packet.extra["x"] = b"1"  # type: ignore[index]
