"""What peers and brokers write over NATS, and the parties of crafted captures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import dumps
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import CLIENT, SERVER, Conversation, Wire

if TYPE_CHECKING:
    from pathlib import Path

    from protocol import Json
    from tests.inspector.dissected import Dissected

BROKER = "10.0.0.9:14222"
INFO = b'INFO {"server_id":"N1","headers":true,"max_payload":1048576} \r\n'
CONNECT = b'CONNECT {"verbose":false,"lang":"nats.js","headers":true}\r\n'


def opened(wire: Wire, port: int, broker: str = BROKER) -> Conversation:
    """Capture how a peer opens a connection to the broker."""
    talk = wire.connect(client=f"10.0.0.1:{port}", server=broker)
    talk.send(SERVER, INFO).send(CLIENT, CONNECT + b"PING\r\n")
    return talk.send(SERVER, b"PONG\r\n")


def pub(subject: str, body: Json, reply_to: str = "", headers: str = "") -> bytes:
    """Return what hands a message to the broker."""
    return _message("PUB", [subject], body, reply_to, headers)


def msg(
    subject: str, sid: str, body: Json, reply_to: str = "", headers: str = ""
) -> bytes:
    """Return what the broker hands to a subscriber."""
    return _message("MSG", [subject, sid], body, reply_to, headers)


def nobody(inbox: str, sid: str) -> bytes:
    """Return how the broker says that nobody has subscribed."""
    return b"HMSG %b %b 16 16\r\nNATS/1.0 503\r\n\r\n\r\n" % (
        inbox.encode(),
        sid.encode(),
    )


def _message(
    verb: str, words: list[str], body: Json, reply_to: str, headers: str
) -> bytes:
    block = f"NATS/1.0\r\n{headers}\r\n".encode() if headers else b""
    text = body if isinstance(body, bytes) else dumps(body)
    words = [verb, *words, *([reply_to] if reply_to else [])]
    if block:
        words = ["H" + words[0], *words[1:], str(len(block))]
    words.append(str(len(block) + len(text)))
    return " ".join(words).encode() + b"\r\n" + block + text + b"\r\n"


def asked(identity: str, pattern: Json = "sum", data: Json = None) -> dict[str, Json]:
    """Return the packet of a request."""
    return {"pattern": pattern, "data": data, "id": identity}


def answered(identity: str, value: Json = 6) -> dict[str, Json]:
    """Return the packet of the one reply to a request."""
    return {"response": value, "isDisposed": True, "id": identity}


def called(wire: Wire, caller: Conversation, handler: Conversation, name: str) -> None:
    """Capture a call as Nest makes it: five packets."""
    inbox = f"_INBOX.{name}"
    caller.send(CLIENT, f"SUB {inbox} 1\r\n".encode() + pub("sum", asked(name), inbox))
    handler.send(SERVER, msg("sum", "7", asked(name), inbox))
    wire.wait(3_000_000)
    handler.send(CLIENT, pub(inbox, answered(name)))
    caller.send(SERVER, msg(inbox, "1", answered(name)))
    caller.send(CLIENT, b"UNSUB 1\r\n")


def parties(wire: Wire) -> tuple[Conversation, Conversation]:
    """Return a caller and a handler that has subscribed."""
    caller, handler = opened(wire, 40_001), opened(wire, 40_002)
    handler.send(CLIENT, b"SUB sum workers 7\r\nSUB log 8\r\n")
    return caller, handler


def written(wire: Wire, tmp_path: Path) -> Path:
    """Write a capture file and return its path."""
    capture = tmp_path / "written.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    return capture


def nats(layers: list[Dissected]) -> list[Dissected]:
    """Return the units of NATS among the layers."""
    return [layer for layer in layers if layer.protocol == "nest.nats"]


def nest(layers: list[Dissected]) -> list[Dissected]:
    """Return the packets of Nest's among the layers."""
    return [layer for layer in layers if layer.protocol == "nest"]
