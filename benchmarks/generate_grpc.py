"""Write a capture of calls over gRPC as large as wanted, the same one every time.

Unary calls of clients of ``@grpc/grpc-js`` as those write them: header blocks by hpack,
whose table has all but the paths; three data packets and three pure ACKs for a call.
The messages hold what the bodies of :mod:`benchmarks.generate_capture` do. With the
defaults: 150,000 exchanges, 900,000 packets.

    python -m benchmarks.generate_grpc big.pcap [EXCHANGES [CONNECTIONS]]
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from hpack import Encoder, HeaderTuple, NeverIndexedHeaderTuple

from benchmarks.generate_capture import Connection, Writer, main, message, varint

if TYPE_CHECKING:
    from pathlib import Path

_PORT = 5000
_DATA, _HEADERS, _SETTINGS = 0, 1, 4
_ENDS, _WHOLE = 0x1, 0x4
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def _frame(kind: int, flags: int, stream: int, content: bytes = b"") -> bytes:
    head = len(content).to_bytes(3, "big") + bytes([kind, flags])
    return head + stream.to_bytes(4, "big") + content


def _field(number: int, text: bytes) -> bytes:
    """Return a message with one text, and its length before it."""
    message = bytes([number << 3 | 2]) + varint(len(text)) + text
    return b"\0" + len(message).to_bytes(4, "big") + message


class Channel(Connection):
    """A connection of a client to the service."""

    def __init__(self, writer: Writer, port: int) -> None:
        super().__init__(writer, port)
        self._stream = -1
        self._asks, self._answers = Encoder(), Encoder()
        settings = _frame(_SETTINGS, 0, 0)
        self.exchange(_PREFACE + settings, settings + _frame(_SETTINGS, 1, 0))

    def ask(self, path: str, request: bytes, reply: bytes) -> None:
        """Make a call."""
        self._stream += 2
        stream = self._stream
        said = [
            HeaderTuple(":authority", f"127.0.0.1:{_PORT}"),
            HeaderTuple("grpc-accept-encoding", "identity,deflate,gzip"),
            HeaderTuple("accept-encoding", "identity"),
            HeaderTuple("user-agent", "grpc-node-js/1.14.7"),
            HeaderTuple("content-type", "application/grpc"),
            HeaderTuple("te", "trailers"),
        ]
        first = [HeaderTuple(":method", "POST"), HeaderTuple(":scheme", "http")]
        named = [*first, NeverIndexedHeaderTuple(":path", path), *said]
        block = bytes(self._asks.encode(named))
        data = _frame(_DATA, _ENDS, stream, _field(1, request))
        self.push(_frame(_HEADERS, _WHOLE, stream, block) + data)
        self.acknowledge()
        answer = [(":status", "200"), ("content-type", "application/grpc")]
        block = bytes(self._answers.encode(answer))
        data = _frame(_DATA, 0, stream, _field(1, reply))
        self.push(_frame(_HEADERS, _WHOLE, stream, block) + data, up=False)
        self.acknowledge(up=True)
        block = bytes(self._answers.encode([("grpc-status", "0")]))
        self.push(_frame(_HEADERS, _WHOLE | _ENDS, stream, block), up=False)
        self.acknowledge(up=True)


def generate(path: Path, exchanges: int = 150_000, connections: int = 50) -> None:
    """Write a capture of ``exchanges`` of so many clients."""
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer = Writer(file, rng, _PORT)
        clients = [Channel(writer, 40_000 + index) for index in range(connections)]
        for number in range(exchanges):
            request, reply = map(json.loads, message(rng, number))
            orders, method = request["pattern"].split(".")
            said = (
                json.dumps(each).encode()
                for each in (request["data"], reply["response"])
            )
            clients[number % connections].ask(
                f"/shop.{orders.title()}/Get{method}", *said
            )
        for client in clients:
            client.close()


if __name__ == "__main__":
    main(generate, __doc__)
