"""What is recorded of gateways: a function for each scenario, played on some Nests.

Its docstring is what the manifest says of it.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from .broker_stage import Scenarios
from .gateway_stage import SocketIoStage, WsStage
from .processes import await_end

if TYPE_CHECKING:
    from .broker_stage import Step

WS = Scenarios(WsStage)
SOCKETIO = Scenarios(SocketIoStage)
_ALL = ("v10", "v11", "v12")
_ADD: Step = {"emit": "sumEvent", "data": [1, 2, 3]}
_LOG: Step = {"emit": "log", "data": "求和"}
_ASK: Step = {"ask": "sum", "data": [1, 2, 3]}
_KINDS: tuple[Step, ...] = (
    _ADD,
    {"emit": "sumEvent", "data": [4, 5, 6]},
    {"emit": "sum", "data": [1, 2]},  # whose value has nowhere to go, or no event
    _LOG,
    {"emit": "count", "data": {"to": 3}},
    {"emit": "refuse", "data": {"q": 1}},
    {"emit": "fail", "data": {"q": 2, "text": "é\u2028"}},
    {"emit": "nope", "data": 1},
)
"""Every kind of event that both adapters have."""
_ASKED: tuple[Step, ...] = (
    _ASK,
    {"ask": "echo", "several": [1, {"two": 2}, [3]]},
    {"ask": "echo", "data": None, "patience": 300},  # for which Nest calls no ack
    {"ask": "sumEvent", "data": [7], "patience": 300},
    {"ask": "log", "data": "asked", "patience": 300},
    {"ask": "refuse", "data": {"q": 3}, "patience": 300},
    {"ask": "fail", "patience": 300},
    {"ask": "object", "data": 4, "patience": 300},
    {"ask": "nope", "data": 5, "patience": 300},
    {"ask": "question", "data": 6},
    {"together": [{"ask": "sum", "data": [n, n]} for n in range(12)]},
    {"together": [{"ask": "sum", "data": [9, 9]}] * 3},
    {"together": [{"ask": "sleep", "data": 80}, {"ask": "sleep", "data": 20}]},
)
"""Every kind of event with an acknowledgement."""
_BINARY: tuple[Step, ...] = (
    {"ask": "size", "bytes": 300},
    {"emit": "log", "bytes": 5},
    {"ask": "bytes", "data": 400},
    {"ask": "echo", "several": [1, 2]},
)
_POLLED = "polling"
_UPGRADED = "polling,websocket"


@WS.on(*_ALL)
def ws(stage: WsStage) -> None:
    """Send every kind of event, and texts that are none."""
    texts: list[Step] = [{"text": "hello"}, {"text": '{"data":1}'}, {"text": "7"}]
    with stage.gateway():
        stage.clients(*_KINDS, *texts)


@WS.on("v12")
def ws_deflate(stage: WsStage) -> None:
    """Send the same compressed, where each message may refer to those before."""
    with stage.gateway(DEFLATE="1"):
        stage.clients(*_KINDS, {"emit": "echo", "characters": 3_000}, DEFLATE="1")


@WS.on("v12")
def ws_deflate_alone(stage: WsStage) -> None:
    """Send the same compressed, each message by itself."""
    with stage.gateway(DEFLATE="alone"):
        stage.clients(*_KINDS, {"emit": "echo", "characters": 3_000}, DEFLATE="1")


@WS.on("v12")
def ws_many(stage: WsStage) -> None:
    """Let eight clients send equal texts at once, of which all are told."""
    said: Step = {"emit": "say", "data": "the same"}
    together: Step = {"together": [said, _ADD, said]}
    with stage.gateway():
        stage.clients(together, {"emit": "refuse", "data": {"q": 1}}, CLIENTS="8")


@WS.on("v12")
def ws_large(stage: WsStage) -> None:
    """Send what takes lengths of 16 and of 64 bits, there and back."""
    sizes = (50, 300, 30_000)
    steps: list[Step] = [{"emit": "echo", "characters": size} for size in sizes]
    with stage.gateway():
        stage.clients(*steps)


@WS.on("v12")
def ws_refused(stage: WsStage) -> None:
    """Ask with a token, without one, and for a path that there is not."""
    token = "correct-horse-battery"  # noqa: S105 — made up for the capture
    stage.secrets += [token, "wrong-guess-0451"]
    with stage.gateway(TOKEN=token):
        for role, word in (("known", token), ("unknown", "wrong-guess-0451")):
            headers = json.dumps({"Authorization": f"Bearer {word}"})
            stage.clients(_LOG, role=role, HEADERS=headers)
        headers = json.dumps({"Authorization": f"Bearer {token}"})
        stage.clients(_LOG, role="lost", HEADERS=headers, PATH_="/elsewhere")


@WS.on("v12")
def ws_fragments(stage: WsStage) -> None:
    """Send messages in fragments, with a ping between them, and close with a reason."""
    first, rest = b'{"event":"log",', b'"data":"in pieces"}'
    with stage.gateway():
        stage.raw(
            _upgrade("/ws"),
            _masked(0x01, first)
            + _masked(0x89, b"are you there")
            + _masked(0x80, rest),
            _masked(0x81, b'{"event":"sumEvent","data":[1]}'),
            _masked(0x88, (4002).to_bytes(2, "big") + b"done"),
            sent=(("log", "in pieces"), ("sumEvent", [1])),
        )


@SOCKETIO.on(*_ALL)
def socketio(stage: SocketIoStage) -> None:
    """Send every kind of event over a direct WebSocket, with acknowledgements too."""
    with stage.gateway():
        stage.clients(*_KINDS, *_ASKED)


@SOCKETIO.on(*_ALL)
def socketio_polling(stage: SocketIoStage) -> None:
    """Send the same over HTTP polling alone."""
    with stage.gateway():
        stage.clients(*_KINDS, *_ASKED, TRANSPORTS=_POLLED)


@SOCKETIO.on(*_ALL)
def socketio_upgrade(stage: SocketIoStage) -> None:
    """Send the same after the upgrade from polling to WebSocket."""
    with stage.gateway():
        stage.clients(*_KINDS, *_ASKED, TRANSPORTS=_UPGRADED)


@SOCKETIO.on("v12")
def socketio_binary(stage: SocketIoStage) -> None:
    """Send and answer with attachments, over WebSocket and over polling."""
    with stage.gateway():
        stage.clients(*_BINARY)
        stage.clients(*_BINARY, role="polling", TRANSPORTS=_POLLED)


@SOCKETIO.on("v12")
def socketio_deflate(stage: SocketIoStage) -> None:
    """Send compressed messages from 40 bytes on; shorter ones are not compressed."""
    long: Step = {"ask": "echo", "characters": 600}
    with stage.gateway(DEFLATE="40"):
        stage.clients(*_KINDS, *_ASKED, long, *_BINARY)


@SOCKETIO.on("v12")
def socketio_namespaces(stage: SocketIoStage) -> None:
    """Send to a namespace that asks for a token, with the right one and a wrong one."""
    token = "correct-horse-battery"  # noqa: S105 — made up for the capture
    stage.secrets += [token, "wrong-guess-0451"]
    with stage.gateway(TOKEN=token):
        stage.clients(_ASK, NAMESPACE="/main", TOKEN=token)
        guess = {"NAMESPACE": "/main", "TOKEN": "wrong-guess-0451"}
        stage.clients(_ASK, role="wrong", **guess)
        stage.clients(_ASK, role="nowhere", NAMESPACE="/nowhere")


@SOCKETIO.on("v12")
def socketio_rooms(stage: SocketIoStage) -> None:
    """Let six clients join a room, and say the same there; two stay outside."""
    said: Step = {"emit": "say", "data": {"room": "tea", "text": "求"}}
    join: Step = {"ask": "join", "data": "tea"}
    with stage.gateway():
        outside = stage.start_clients(
            {"emit": "log", "data": "out", "pause": 1_500}, role="outside", CLIENTS="2"
        )
        stage.clients({**join, "pause": 300}, said, said, CLIENTS="6")
        await_end(outside, "outside")


@SOCKETIO.on("v12")
def socketio_refused(stage: SocketIoStage) -> None:
    """Ask with secrets, be forbidden, and name a session that there is not."""
    secrets = {"cookie": "crumb-0451", "token": "query-9931"}
    stage.secrets += secrets.values()
    known = {
        "QUERY": json.dumps({"token": secrets["token"]}),
        "HEADERS": json.dumps({"Cookie": f"session={secrets['cookie']}"}),
        "TRANSPORTS": _UPGRADED,
    }
    unknown = b"GET /socket.io/?EIO=4&transport=polling&sid=nobody HTTP/1.1\r\n"
    with stage.gateway(FORBIDDEN="stranger"):
        stage.clients(_ASK, **known)
        headers = json.dumps({"x-who": "stranger"})
        for transport in (_POLLED, "websocket"):
            role = f"stranger-{transport}"
            stage.clients(_ASK, role=role, HEADERS=headers, TRANSPORTS=transport)
        stage.raw(unknown + b"Host: localhost\r\n\r\n")


@SOCKETIO.on("v12")
def socketio_ping_timeout(stage: SocketIoStage) -> None:
    """Let a client not answer the pings of the gateway, which then closes."""
    with stage.gateway(INTERVAL="300", PATIENCE="250"):
        stage.clients({**_ASK, "pause": 700})
        opened = _upgrade("/socket.io/?EIO=4&transport=websocket")
        stage.raw(opened, _masked(0x81, b"40"), wait=1.2)


def _upgrade(target: str) -> bytes:
    """Return a request for a WebSocket."""
    key = base64.b64encode(b"captures of Nest")
    lines = [
        b"GET %b HTTP/1.1" % target.encode(),
        b"Host: localhost",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: " + key,
    ]
    return b"\r\n".join([*lines, b"", b""])


def _masked(first: int, payload: bytes, mask: bytes = b"mask") -> bytes:
    """Return a frame of a client: a payload of up to 125 bytes."""
    veiled = bytes(each ^ mask[place % 4] for place, each in enumerate(payload))
    return bytes((first, 0x80 | len(payload))) + mask + veiled
