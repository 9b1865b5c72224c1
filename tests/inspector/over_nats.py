"""Conversations with a NATS broker, packet by packet, as a capture has them.

::

    Broker      where nats-server listens, on a wire
    └ Peer      one connection to it, captured or not
    Passing     a request or an event on its way, which peers take and answer

A method of a peer is one captured packet, with the bytes that Nest's client or server
writes or nats-server answers. Nothing is routed: a test says who gets what and when, so
that it may leave a hop out or capture hops in any order. :func:`called` and
:func:`emitted` are whole exchanges.

Source: ``docs.nats.io``, client protocol; ``packages/microservices/client/
client-nats.ts`` and ``server/server-nats.ts``; nats.js 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from protocol import UNDEFINED, Json, Packet, dumps, encode_packet, route
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Side,
    Wire,
    event,
    failure,
    request,
    response,
)

if TYPE_CHECKING:
    from tests.inspector.conversation import Conversation

ENDPOINT = "10.0.0.9:4222"
_INFO: dict[str, object] = {
    "server_id": "NC1",
    "version": "2.9.10",
    "headers": True,
    "max_payload": 2**20,
}
_CONNECT = {"protocol": 1, "verbose": False, "lang": "nats.js", "version": "2.29.3"}


class Passing(NamedTuple):
    """A request or an event on its way.

    Attributes:
        subject: Where it is sent to.
        body: Its JSON text.
        identity: The id of a request; UNDEFINED for an event.
        inbox: Where the replies to a request go; None for an event.
    """

    subject: str
    body: bytes
    identity: Json = UNDEFINED
    inbox: str | None = None


class Broker:
    """A NATS server, and the connections to it.

    Args:
        wire: The capture; one of its own by default.
        endpoint: Where it listens.
        numbered: Whether it says which of its connections each is.

    Attributes:
        wire: The capture.
        peers: Who has connected, captured or not.
    """

    def __init__(
        self,
        wire: Wire | None = None,
        endpoint: str = ENDPOINT,
        *,
        numbered: bool = False,
    ) -> None:
        self.wire = Wire() if wire is None else wire
        self.endpoint = endpoint
        self.numbered = numbered
        self.peers: list[Peer] = []

    def peer(
        self,
        endpoint: str | None = None,
        *,
        captured: bool = True,
        whole: bool = True,
        **options: object,
    ) -> Peer:
        """Return a peer that has connected.

        Args:
            endpoint: Where it is; another address each time by default.
            captured: False where the capture lacks the connection.
            whole: False where the capture begins after its handshake.
            options: What it says in CONNECT besides, such as ``auth_token``; ``pass_``
                is ``pass``.
        """
        number = len(self.peers) + 1
        endpoint = endpoint or f"10.0.0.{number}:{50_000 + number}"
        wire = self.wire if captured else Wire()
        connect = wire.connect if whole else wire.join
        peer = Peer(connect(client=endpoint, server=self.endpoint))
        if self.numbered:
            peer.info = {**_INFO, "server_id": self.endpoint, "client_id": number + 3}
        self.peers.append(peer)
        return peer.greet(**options) if whole else peer

    def worker(self, *subjects: str, group: str | None = None, **how: Any) -> Peer:  # noqa: ANN401
        """Return a peer that has subscribed to subjects; see :meth:`peer`."""
        return self.peer(**how).subscribe(*subjects, group=group)


class Peer:
    """One connection to the broker.

    Attributes:
        line: Its packets, for what is not written here.
        numbers: Subject → the number of the subscription to it.
        info: What the broker says of itself and of the connection.
    """

    def __init__(self, line: Conversation) -> None:
        self.line = line
        self.numbers: dict[str, int] = {}
        self.info: dict[str, object] = _INFO
        self._last = 0

    def say(self, *units: bytes) -> Peer:
        """Write units to the broker, in one packet."""
        return self._send(CLIENT, units)

    def hear(self, *units: bytes) -> Peer:
        """Get units from the broker, in one packet."""
        return self._send(SERVER, units)

    def _send(self, side: Side, units: tuple[bytes, ...]) -> Peer:
        self.line.send(side, b"".join(units))
        return self

    def greet(self, **options: object) -> Peer:
        """Shake hands: INFO, CONNECT, PING, PONG."""
        self.hear(b"INFO %b \r\n" % dumps(self.info))
        said = {name.rstrip("_"): each for name, each in options.items()}
        self.say(b"CONNECT %b\r\n" % dumps(_CONNECT | said))
        return self.say(b"PING\r\n").hear(b"PONG\r\n")

    def subscribe(self, *subjects: str, group: str | None = None) -> Peer:
        """Subscribe to subjects, as a member of a queue group or for itself."""
        return self.say(*(self.sub(subject, group) for subject in subjects))

    def sub(self, subject: str, group: str | None = None) -> bytes:
        """Return a SUB, and remember its number."""
        self._last += 1
        self.numbers[subject] = self._last
        return _line("SUB", subject, group, self._last)

    def ask(
        self,
        pattern: Json,
        data: Json = UNDEFINED,
        identity: str | None = None,
        **where: str,
    ) -> Passing:
        """Send a request, with the subscription to its inbox before it.

        Args:
            pattern: Its pattern.
            data: Its data.
            identity: Its id; one of its own by default.
            where: ``subject`` or ``inbox``, if not those of Nest.
        """
        number = f"{self.line.ports[CLIENT]}{self._last:04}"
        identity = identity or f"id{number}".ljust(21, "0")
        inbox = where.get("inbox", f"_INBOX.{number.rjust(22, 'A')}")
        body = body_of(request(pattern, identity, data))
        subject = where.get("subject", route(pattern))
        passing = Passing(subject, body, identity, inbox)
        self.say(self.sub(inbox), publish(subject, body, inbox))
        return passing

    def emit(self, pattern: Json, data: Json = UNDEFINED) -> Passing:
        """Send an event."""
        passing = Passing(route(pattern), body_of(event(pattern, data)))
        self.say(publish(passing.subject, passing.body))
        return passing

    def take(self, passing: Passing) -> Peer:
        """Get a request or an event for the subscription to its subject."""
        return self.hear(self.message(passing.subject, passing.body, passing.inbox))

    def message(self, subject: str, body: bytes, inbox: str | None = None) -> bytes:
        """Return a MSG for the subscription to a subject, or the only one."""
        number = self.numbers.get(subject, self._last)
        return _line("MSG", subject, number, inbox, len(body)) + body + b"\r\n"

    def answer(
        self, passing: Passing, value: Json = UNDEFINED, *, last: bool = True
    ) -> bytes:
        """Send a reply, and return its JSON text."""
        return self.reply(passing, response(passing.identity, value, last=last))

    def fail(self, passing: Passing, error: Json) -> bytes:
        """Send the reply of a handler that threw, and return its JSON text."""
        return self.reply(passing, failure(passing.identity, error))

    def reply(self, passing: Passing, packet: Packet) -> bytes:
        """Send any reply, and return its JSON text."""
        assert passing.inbox is not None
        body = body_of(packet)
        self.say(publish(passing.inbox, body))
        return body

    def get(self, passing: Passing, body: bytes) -> Peer:
        """Get a reply that the broker hands on."""
        assert passing.inbox is not None
        return self.hear(self.message(passing.inbox, body))

    def leave(self, passing: Passing) -> Peer:
        """Unsubscribe from the inbox of a request."""
        assert passing.inbox is not None
        return self.say(_line("UNSUB", self.numbers[passing.inbox]))

    def refused(self, passing: Passing) -> Peer:
        """Be told that nobody has subscribed to the subject of a request."""
        assert passing.inbox is not None
        number = self.numbers[passing.inbox]
        status = b"NATS/1.0 503\r\n\r\n"
        sizes = len(status), len(status)
        return self.hear(
            _line("HMSG", passing.inbox, number, *sizes) + status + b"\r\n"
        )

    def close(self) -> None:
        """End the connection."""
        self.line.close()


def called(
    caller: Peer,
    *handlers: Peer,
    pattern: Json = "sum",
    data: Json = UNDEFINED,
    value: Json = UNDEFINED,
) -> Passing:
    """Make a whole call: every handler takes it, all answer, the caller leaves."""
    passing = caller.ask(pattern, data)
    for handler in handlers:
        handler.take(passing)
    bodies = [handler.answer(passing, value) for handler in handlers]
    for body in bodies:
        caller.get(passing, body)
    caller.leave(passing)
    return passing


def emitted(
    sender: Peer, *handlers: Peer, pattern: Json = "log", data: Json = UNDEFINED
) -> Passing:
    """Send an event that every handler takes."""
    passing = sender.emit(pattern, data)
    for handler in handlers:
        handler.take(passing)
    return passing


def publish(subject: str, body: bytes, inbox: str | None = None) -> bytes:
    """Return a PUB."""
    return _line("PUB", subject, inbox, len(body)) + body + b"\r\n"


def body_of(packet: Packet) -> bytes:
    """Return the JSON text of a packet, which is all that NATS carries of it."""
    return encode_packet(packet).partition(b"#")[2]


def _line(*words: object) -> bytes:
    return " ".join(str(word) for word in words if word is not None).encode() + b"\r\n"
