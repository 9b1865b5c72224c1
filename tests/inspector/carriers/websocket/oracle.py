"""The parsers of Nest's own libraries, asked what is in random streams and messages.

::

    python -m tests.inspector.carriers.websocket.oracle 100000    so many of each

Source: ``ws``, ``lib/receiver.js``; ``engine.io-parser`` and ``socket.io-parser``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from captures.processes import NEST, find_node
from inspector.carriers.web.cutting import Cutter, Frame
from inspector.carriers.web.frames import CLOSE, NAMES, read_close
from inspector.carriers.web.messages import Assembler, Envelope
from inspector.carriers.websocket import packets as socket
from inspector.carriers.websocket.packets import read_packet
from inspector.carriers.websocket.payloads import items_of, members_of
from inspector.carriers.websocket.socketio import ENGINE
from protocol import loads
from tests.inspector.carriers.websocket.written import Deflater, frame

Found = list[list[str]]
_BATCH = 1_000
_ERROR = ["error", ""]
_TEXTS = ("sum", "求和", "x" * 200, '{"event":"log"}', "")
_SPACES = ("", "/main,", "/a-b,")
_VALUES = ("1", "null", '"é"', '{"a":[1]}', '{"_placeholder":true,"num":0}', "[]")
_NAMES = ('"sum"', '"a b"', '"求"')


class Stream(NamedTuple):
    """The bytes of a client.

    Attributes:
        deflate: Whether messages may be compressed.
        chunks: The bytes, cut anywhere.
    """

    deflate: bool
    chunks: list[bytes]


def random_stream(random: Random) -> Stream:
    """Return some messages of any kind, cut anywhere; one byte may be wrong.

    Not in compressed ones: what Node's inflater makes of the next is its own affair.
    """
    deflate = random.random() < 0.5
    deflater = Deflater()
    data = b"".join(_message(random, deflater if deflate else None) for _ in range(6))
    if not deflate and random.random() < 0.6:
        place = random.randrange(len(data))
        wrong = bytes([random.randrange(256)])
        data = data[:place] + wrong + data[place + 1 :]
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(6)))
    edges = zip([0, *cuts], [*cuts, len(data)], strict=True)
    return Stream(deflate, [data[low:high] for low, high in edges if low < high])


def _message(random: Random, deflater: Deflater | None) -> bytes:
    kind = random.random()
    if kind < 0.1:
        return frame(random.randbytes(3), random.choice((0x89, 0x8A)), masked=True)
    if kind < 0.12:
        return frame(b"\x03\xe8bye", 0x88, masked=True)
    text = random.choice(_TEXTS) * random.choice((1, 1, 3, 500))
    binary = random.random() < 0.2
    opcode, payload, bit = 1 + binary, text.encode(), 0
    if deflater is not None and random.random() < 0.7:
        payload, bit = deflater.deflate(text), 0x40
    if random.random() < 0.3 and len(payload) > 2:
        cut = random.randrange(1, len(payload))
        ping = frame(b"in between", 0x89, masked=True) * random.randrange(2)
        return (
            frame(payload[:cut], opcode | bit, masked=True)
            + ping
            + frame(payload[cut:], 0x80, masked=True)
        )
    return frame(payload, 0x80 | opcode | bit, masked=True)


def random_message(random: Random) -> str:
    """Return a message of Engine.IO, which may be malformed."""
    if random.random() < 0.1:
        return random.choice(("0{}", "1", "2probe", "3", "5", "6"))
    kind = random.choice("0123456")
    space = random.choice(_SPACES)
    if kind in "04":
        return f"4{kind}{space}" + random.choice(('{"message":"no"}', '{"sid":"a"}'))
    if kind == "1":
        return f"4{kind}{space}"
    number = random.choice(("", "0", "17", "123456"))
    if kind in "36":
        number = number or "4"
    values = random.choices(_VALUES, k=random.randrange(4))
    attached = f"{random.randrange(1, 4)}-" if kind in "56" else ""
    names = [] if kind in "36" else [random.choice(_NAMES)]
    text = f"4{kind}{attached}{space}{number}[{','.join(names + values)}]"
    if random.random() < 0.1:
        text = text.replace(random.choice(text[1:]), random.choice("[]{}x9,"), 1)
    return text


def read_ours(stream: Stream) -> Found:
    """Return what our reader finds in a stream."""
    cutter, assembler = Cutter(), Assembler()
    found: Found = []
    for chunk in stream.chunks:
        cutter.feed(chunk)
        while (piece := cutter.cut()) is not None:
            if not isinstance(piece, Frame):
                return [*found, _ERROR]
            if piece.head.control:
                assembler.add_control(piece)
                found.append(_control(piece))
                if piece.head.opcode == CLOSE:
                    return found
            elif (message := assembler.add(piece, 0)) is not None:
                if not isinstance(message, Envelope):
                    return [*found, _ERROR]
                kind = "binary" if message.binary else "text"
                found.append([kind, b64encode(message.payload).decode()])
    return found


def _control(piece: Frame) -> list[str]:
    if piece.head.opcode == CLOSE:
        code, reason = read_close(piece.payload)
        return ["close", f"{code} {reason}"]
    return [NAMES[piece.head.opcode], b64encode(piece.payload).decode()]


def decode_ours(message: str) -> dict[str, Any]:
    """Return what our reader finds in a message, as ``oracle.mjs`` has it."""
    data = message.encode()
    if data[:1] != b"4":
        return {"engine": ENGINE.get(data[:1], "error")}
    packet = read_packet(data[1:])
    if packet is None or packet.attachments > socket.MOST_ATTACHMENTS:
        return {"engine": "error"}
    named = packet.kind in {socket.EVENT, socket.BINARY_EVENT}
    acked = packet.kind in {socket.ACK, socket.BINARY_ACK}
    items = items_of(packet.text) if named or acked else None
    if (named or acked) and items is None:
        return {"engine": "error"}
    if named and not isinstance(loads(items[0]) if items else None, str):
        return {"engine": "error"}
    text = packet.text
    return {
        "type": int(packet.kind) - 3 * bool(packet.attachments),  # as theirs has it
        "nsp": packet.namespace,
        "id": packet.number,
        "data": loads(text) if text and (items or members_of(text) or acked) else None,
        "attachments": packet.attachments,
    }


def ask(streams: list[Stream], messages: list[str]) -> tuple[list[Found], list[Any]]:
    """Return what the parsers of Nest's libraries find."""
    asked = {
        "streams": [
            {
                "deflate": stream.deflate,
                "chunks": [b64encode(each).decode() for each in stream.chunks],
            }
            for stream in streams
        ],
        "messages": messages,
    }
    program = [find_node(), Path(__file__).with_suffix(".mjs"), NEST / "v12"]
    done = subprocess.run(
        program, input=json.dumps(asked), check=True, capture_output=True, text=True
    )
    said = json.loads(done.stdout)
    return said["streams"], said["messages"]


def compare(count: int, seed: int) -> tuple[int, int]:
    """Demand that both find the same; return how many messages they took for such.

    What they refuse, as text that is not UTF-8, we may read, and the other way round
    what zlib refuses: before that we have to have read the same.
    """
    random = Random(seed)  # noqa: S311 — no secret depends on it
    streams = [random_stream(random) for _ in range(count)]
    messages = [random_message(random) for _ in range(count)]
    theirs, decoded = ask(streams, messages)
    read = right = 0
    for stream, found in zip(streams, theirs, strict=True):
        ours = read_ours(stream)
        if _ERROR not in found and _ERROR not in ours:
            assert ours == found, b"".join(stream.chunks).hex(" ")
        before = min(len(each) - (_ERROR in each) for each in (ours, found))
        assert ours[:before] == found[:before], b"".join(stream.chunks).hex(" ")
        read += before
    for message, packet in zip(messages, decoded, strict=True):
        if packet == {"engine": "error"} or _is_empty(packet):
            continue
        assert decode_ours(message) == packet, message
        right += 1
    return read, right


def _is_empty(packet: dict[str, Any]) -> bool:
    """Whether a packet is an event without a name, which they take and drop."""
    return packet.get("type") in {2, 3} and packet["data"] is None


if __name__ == "__main__":
    for batch in range(int(sys.argv[1]) // _BATCH):
        compare(_BATCH, batch)
    sys.stdout.write(f"{sys.argv[1]} streams and messages are read alike\n")
