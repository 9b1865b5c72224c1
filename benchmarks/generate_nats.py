"""Write a capture of Nest traffic over NATS as large as wanted, the same every time.

Calls and events of callers and handlers, all connections of one broker: five data
packets and three pure ACKs for a call, two and two for an event, with the bodies of
:mod:`benchmarks.generate_capture`. With the defaults: 150,000 exchanges, 1.05 million
packets.

    python -m benchmarks.generate_nats big.pcap [EXCHANGES [CONNECTIONS]]
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from benchmarks.generate_capture import Connection, Writer, event, main, message

if TYPE_CHECKING:
    from pathlib import Path

_PORT = 4222
_EVENT_SHARE = 0.25
_INFO = (
    b'INFO {"server_id":"N","version":"2.9.10","max_payload":1048576,'
    b'"headers":true}\r\n'
)
_CONNECT = (
    b'CONNECT {"no_responders":true,"protocol":1,"verbose":false,"pedantic":false,'
    b'"lang":"nats.js","version":"3.4.0","headers":true}\r\nPING\r\n'
)
_SUBJECTS = [f"orders.{n}" for n in range(20)] + [f"audit.{n}" for n in range(5)]


class Peer(Connection):
    """A connection to the broker."""

    def __init__(self, writer: Writer, port: int) -> None:
        super().__init__(writer, port)
        self._sids = 0
        self.exchange(_CONNECT, b"PONG\r\n")

    def _greet(self) -> None:
        super()._greet()
        self.push(_INFO, up=False)
        self.acknowledge(up=True)

    def serve(self) -> None:
        """Subscribe to all subjects, in a queue group."""
        lines = (f"SUB {name} workers {n}" for n, name in enumerate(_SUBJECTS, start=1))
        self.push(("\r\n".join(lines) + "\r\n").encode())
        self.acknowledge()

    def next_sid(self) -> int:
        """Return the number of a new subscription."""
        self._sids += 1
        return self._sids


def _publish(verb: str, head: str, body: bytes) -> bytes:
    return f"{verb} {head} {len(body)}\r\n".encode() + body + b"\r\n"


def call(caller: Peer, handler: Peer, inbox: str, bodies: tuple[bytes, bytes]) -> None:
    """Let one ask, and the other answer."""
    request, reply = bodies
    subject, sid = json.loads(request)["pattern"], caller.next_sid()
    known = _SUBJECTS.index(subject) + 1
    subscription = f"SUB {inbox} {sid}\r\n".encode()
    caller.push(subscription + _publish("PUB", f"{subject} {inbox}", request))
    caller.acknowledge()
    handler.push(_publish("MSG", f"{subject} {known} {inbox}", request), up=False)
    handler.push(_publish("PUB", inbox, reply))
    handler.acknowledge()
    caller.push(_publish("MSG", f"{inbox} {sid}", reply), up=False)
    caller.push(f"UNSUB {sid}\r\n".encode())
    caller.acknowledge()


def emit(caller: Peer, handler: Peer, body: bytes) -> None:
    """Let one tell, and the other hear."""
    subject = json.loads(body)["pattern"]
    caller.push(_publish("PUB", subject, body))
    caller.acknowledge()
    known = _SUBJECTS.index(subject) + 1
    handler.push(_publish("MSG", f"{subject} {known}", body), up=False)
    handler.acknowledge(up=True)


def generate(path: Path, exchanges: int = 150_000, connections: int = 50) -> None:
    """Write a capture of ``exchanges`` of so many callers and as many handlers."""
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer = Writer(file, rng, _PORT)
        callers = [Peer(writer, 40_000 + index) for index in range(connections)]
        handlers = [Peer(writer, 50_000 + index) for index in range(connections)]
        for handler in handlers:
            handler.serve()
        for number in range(exchanges):
            caller, handler = callers[number % connections], rng.choice(handlers)
            if rng.random() < _EVENT_SHARE:
                emit(caller, handler, event(rng, number))
            else:
                inbox = f"_INBOX.{rng.getrandbits(84):022X}"
                call(caller, handler, inbox, message(rng, number))
        for peer in (*callers, *handlers):
            peer.close()


if __name__ == "__main__":
    main(generate, __doc__)
