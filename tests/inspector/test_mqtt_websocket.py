"""MQTT over WebSocket, from captures to what is shown, written and joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.calls.exchanges import Outcome
from protocol import dumps
from tests.inspector.captures import pcap_bytes
from tests.inspector.carriers.mqtt.framed import (
    compressed,
    handshake,
    interrupted,
    split,
    whole,
)
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    REPLY,
    REQUEST,
    connack,
    connect,
    publish,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
    user,
)
from tests.inspector.carriers.websocket.written import BINARY, PING, frame
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT as ASKS
from tests.inspector.conversation import SERVER, Wire, inspected
from tests.inspector.evidence import exchanges_in, name_of
from tests.inspector.mqtt_evidence import MQTT
from tests.inspector.planted import Planter, check_that_none_is_shown_or_written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspector.conversation import Conversation

(CAPTURE,) = (each for each in MQTT if name_of(each) == "mqtt-websocket-nest12")
_ENDPOINT = "10.0.0.9:9001"


def _say(link: Conversation, way: Callable[[int, bytes], bytes], *turns: bytes) -> None:
    """Let client and broker say something in turn."""
    for number, data in enumerate(turns):
        side = number % 2
        link.send(SERVER if side == BROKER else ASKS, way(side, data))


def _call(wire: Wire, way: Callable[[int, bytes], bytes], *, begins: bool) -> None:
    """Let a client call a service over a broker."""
    make = wire.connect if begins else wire.join
    caller = make(client="10.0.0.1:50111", server=_ENDPOINT)
    handler = make(client="10.0.0.2:50222", server=_ENDPOINT)
    for link in (caller, handler) if begins else ():
        for side, data in handshake():
            link.send(SERVER if side == BROKER else ASKS, data)
        _say(link, way, connect(), connack())
    _say(caller, way, subscribe("sum/reply"), suback(0))
    caller.send(ASKS, way(CLIENT, publish("sum", REQUEST)))
    handler.send(SERVER, way(BROKER, publish("sum", REQUEST)))
    handler.send(ASKS, way(CLIENT, publish("sum/reply", REPLY)))
    caller.send(SERVER, way(BROKER, publish("sum/reply", REPLY)))
    _say(caller, way, unsubscribe("sum/reply"), unsuback())


@pytest.mark.parametrize("begins", [True, False])
@pytest.mark.parametrize("way", [whole, split, compressed])
def test_a_call_takes_eight_packets_also_where_no_handshake_was_captured(
    way: Callable[[int, bytes], bytes],
    begins: bool,  # noqa: FBT001
) -> None:
    wire = Wire()
    _call(wire, way, begins=begins)
    (call,) = inspected(wire.records).exchanges
    assert call.passage is not None

    assert (call.carrier, call.outcome, call.packets) == (
        "mqtt",
        Outcome.COMPLETED,
        8,
    )
    assert str(call.connection.client_endpoint) == "10.0.0.1:50111"
    assert list(map(str, call.passage.handlers)) == ["10.0.0.2:50222"]


def test_in_a_real_capture_packets_are_split_and_it_may_be_forced() -> None:
    """A client of Nest writes each packet in frames of their own."""
    lines = exchanges_in(CAPTURE)
    assert {line["carrier"] for line in lines} == {"mqtt"}
    plain = [each for each in lines if each["route"] == "log" and not _careful(each)]
    hops = [hop for each in plain for hop in each["hops"]]
    took = {
        way: {len(hop["packets"]) for hop in hops if hop["way"] == way}
        for way in ("in", "out")
    }
    assert min(took["in"]) == 5  # properties are parts, too
    assert took["out"] == {1}  # the broker's packets are whole

    port = lines[0]["server"].rpartition(":")[2]
    forced = run("exchanges", CAPTURE, "--json", "--carrier", f"mqtt:{port}").lines
    assert [each for each in forced if each["type"] == "exchange"] == [
        each for each in lines if each["type"] == "exchange"
    ]


def _careful(line: dict[str, Any]) -> bool:
    return any(each["verb"].startswith("PUB") for each in line["errands"])


def test_what_is_redacted_and_written_reads_as_it_was_shown(tmp_path: Path) -> None:
    """Masks are kept; what was compressed seldom fits once something is hidden."""
    captures = [(CAPTURE, 50)]
    for way in (whole, split, interrupted, compressed):
        wire = Wire()
        _call(wire, way, begins=True)
        captures.append((tmp_path / f"{way.__name__}.pcap", 1))
        captures[-1][0].write_bytes(pcap_bytes(wire.records))
    for capture, some in captures:
        written = tmp_path / "written.pcapng"
        options = ("--redact", "data", "--redact-channel", ">")
        shown = run("exchanges", capture, "--json", *options, "--write", written)
        again = run("exchanges", written, "--json")
        first, second = (
            [_said(each) for each in ran.lines if each["type"] == "exchange"]
            for ran in (shown, again)
        )
        assert len(first) >= some
        assert (first == second) is (compressed.__name__ not in capture.name)
        assert [each[:3] for each in first] == [each[:3] for each in second]
        assert not any(b"[1,2,3]" in each[2].encode() for each in first)


def _said(line: dict[str, Any]) -> tuple[Any, ...]:
    words = line["route"], line["outcome"], dumps(line.get("data")).decode()
    return *words, line["channel"], line["packets"], dumps(line["replies"])


def test_of_what_was_planted_nothing_is_shown_or_written(tmp_path: Path) -> None:
    wire, secret = Wire(), Planter()
    for port in range(120):
        link = wire.connect(client=f"10.0.0.1:{20_000 + port}", server=_ENDPOINT)
        ask, answer = handshake(f"/mqtt?token={secret()}")
        link.send(ASKS, ask.data)
        link.send(SERVER, answer.data)
        way = (_bare, _parts)[port % 2]
        will = "gone", secret().encode()
        greeting = connect(name=secret(), passed=secret(), will=will)
        link.send(ASKS, way(greeting))
        link.send(SERVER, way(connack()))
        link.send(SERVER, frame(secret(), PING))
        event = dumps({"pattern": "log", "data": {"password": secret()}})
        said = publish("log", event, said=user(password=secret()))
        other = publish("home", secret().encode())
        link.send(ASKS, way(said) + way(other) + way(said + b"\xc0\0"))
    check_that_none_is_shown_or_written(wire, secret.planted, tmp_path)


def _bare(data: bytes) -> bytes:
    """Return a packet in a frame without a mask, in which it can be found."""
    return frame(data, BINARY)


def _parts(data: bytes) -> bytes:
    """Return a packet in several such frames, with a ping between them."""
    return _bare(data[:1]) + _bare(data[1:4]) + frame(b"??", PING) + _bare(data[4:])
