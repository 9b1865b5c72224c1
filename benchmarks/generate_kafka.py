"""Write a capture of Nest traffic over Kafka as large as wanted, the same every time.

Calls and events of callers and handlers, all connections of one broker, in the versions
that kafkajs speaks: twelve data packets for a call, six for an event, and pure ACKs,
with the values of :mod:`benchmarks.generate_capture`. Each peer has a connection for
what it sends, one for its group and one for its polls, of which one in nine brings
nothing. Checksums of batches are 0. With the defaults: 60,000 exchanges, 1.06 million
packets.

    python -m benchmarks.generate_kafka big.pcap [EXCHANGES [CONNECTIONS]]
"""

from __future__ import annotations

import json
import random
from itertools import count
from struct import pack
from typing import TYPE_CHECKING

from benchmarks.generate_capture import Connection, Writer, main, pattern_and_bodies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_PORT = 9092
_IDLE_SHARE = 0.2
_ORDERS = 20
_TOPICS = [f"orders.{n}" for n in range(_ORDERS)] + [f"audit.{n}" for n in range(5)]
_PRODUCE, _FETCH, _COMMIT, _VERSIONS = (0, 7), (1, 11), (8, 5), (18, 2)
_NULL = b"\xff\xff"
_ID, _REPLY_TOPIC = "kafka_correlationId", "kafka_replyTopic"
_REPLY_PARTITION, _DISPOSED = "kafka_replyPartition", "kafka_nest-is-disposed"


def _varint(number: int) -> bytes:
    left, said = number << 1 if number >= 0 else (-number << 1) - 1, bytearray()
    while left > 0x7F:  # noqa: PLR2004 — of seven bits
        said.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([*said, left])


def _part(value: bytes) -> bytes:
    return _varint(len(value)) + value


def _batch(value: bytes, headers: Mapping[str, bytes], offset: int = 0) -> bytes:
    """Return a batch of one record without a key."""
    said = b"\0\0\0" + _varint(-1) + _part(value) + _varint(len(headers))
    for name, each in headers.items():
        said += _part(name.encode()) + _part(each)
    record = _part(said)
    head = pack(">ibIhiqqqhii", 0, 2, 0, 0, 0, 0, 0, -1, -1, -1, 1)
    return pack(">qi", offset, len(head) + len(record)) + head + record


def _text(text: str) -> bytes:
    return pack(">h", len(text)) + text.encode()


def _listed(items: Iterable[bytes]) -> bytes:
    known = list(items)
    return pack(">i", len(known)) + b"".join(known)


def _framed(said: bytes) -> bytes:
    return pack(">i", len(said)) + said


class Line(Connection):
    """One connection to the broker, on which requests are numbered."""

    def __init__(self, writer: Writer, port: int, client: str) -> None:
        super().__init__(writer, port)
        self._client = _text(client)
        self._numbers = count()
        self._last = 0
        versions = pack(">hhh", 0, 0, 7) + pack(">hhh", 1, 0, 11)
        self.turn(_VERSIONS, b"", pack(">hi", 0, 2) + versions + bytes(4))

    def ask(self, api: tuple[int, int], said: bytes) -> None:
        """Ask for something."""
        self._last = next(self._numbers)
        self.push(_framed(pack(">hhi", *api, self._last) + self._client + said))

    def answer(self, said: bytes) -> None:
        """Let the broker answer what was asked last."""
        self.push(_framed(pack(">i", self._last) + said), up=False)

    def turn(self, api: tuple[int, int], said: bytes, answer: bytes) -> None:
        """Ask, be answered, and acknowledge that."""
        self.ask(api, said)
        self.answer(answer)
        self.acknowledge(up=True)


class Broker:
    """What is known at the broker: how many records each partition has."""

    def __init__(self) -> None:
        self.ends: dict[tuple[str, int], int] = {}


class Peer:
    """A client with its connections: to produce, for its group, and to poll.

    Args:
        writer: What writes its packets.
        broker: What it talks to.
        index: Which one it is …
        group: … of which group …
        places: … and which partitions it has there.
    """

    def __init__(
        self,
        writer: Writer,
        broker: Broker,
        index: int,
        group: str,
        places: Iterable[tuple[str, int]],
    ) -> None:
        client = f"{group}-client"
        lines = (Line(writer, 40_000 + 3 * index + each, client) for each in range(3))
        self._sends, self._group, self._polls = lines
        self._lines = self._sends, self._group, self._polls
        self._member = _text(group) + pack(">i", 1) + _text(f"{group}-member-{index}")
        self._broker = broker
        self._offsets = dict.fromkeys(places, 0)
        self.partition = index
        self._poll()

    def _poll(self) -> None:
        """Ask for records, as a consumer does whenever it was answered."""
        said = pack(">iiiibii", -1, 100, 1, 10 << 20, 1, 0, -1)
        topics = (
            _text(topic) + _listed([pack(">iiqqi", number, -1, offset, -1, 1 << 20)])
            for (topic, number), offset in self._offsets.items()
        )
        self._polls.ask(_FETCH, said + _listed(topics) + _listed([]) + _text(""))
        self._polls.acknowledge()

    def have(self, place: tuple[str, int] = ("", 0), batch: bytes = b"") -> None:
        """Be handed a batch of one partition, or nothing, and poll again."""
        topics = []
        for (topic, number), offset in self._offsets.items():
            held = batch if (topic, number) == place else b""
            after = offset + bool(held)
            said = pack(">ihqqqiii", number, 0, after, after, 0, -1, -1, len(held))
            topics.append(_text(topic) + _listed([said + held]))
        self._polls.answer(pack(">ihi", 0, 0, 0) + _listed(topics))
        if batch:
            self._offsets[place] += 1
        self._poll()

    def commit(self, place: tuple[str, int]) -> None:
        """Say that it is done with what it had of a partition."""
        topic, number = place
        said = pack(">iq", number, self._offsets[place]) + _NULL
        said = _listed([_text(topic) + _listed([said])])
        answer = _listed([_text(topic) + _listed([pack(">ih", number, 0)])])
        self._group.turn(_COMMIT, self._member + said, bytes(4) + answer)

    def produce(self, place: tuple[str, int], batch: bytes) -> int:
        """Hand the broker a batch of one record; return the offset of that."""
        topic, number = place
        offset = self._broker.ends.get(place, 0)
        self._broker.ends[place] = offset + 1
        said = pack(">ii", number, len(batch)) + batch
        said = _listed([_text(topic) + _listed([said])])
        answer = pack(">ihqqq", number, 0, offset, -1, 0)
        answer = _listed([_text(topic) + _listed([answer])]) + bytes(4)
        self._sends.turn(_PRODUCE, _NULL + pack(">hi", -1, 30_000) + said, answer)
        return offset

    def close(self) -> None:
        """Close all connections."""
        for line in self._lines:
            line.close()


def _pass_on(
    sender: Peer,
    receiver: Peer,
    place: tuple[str, int],
    value: bytes,
    headers: Mapping[str, bytes],
) -> None:
    """Let one hand something to the broker, and the other have it, and commit it."""
    offset = sender.produce(place, _batch(value, headers))
    receiver.have(place, _batch(value, headers, offset))
    receiver.commit(place)


def _value(packet: dict[str, object], name: str) -> bytes:
    return json.dumps(packet[name], separators=(",", ":"), ensure_ascii=False).encode()


def call(caller: Peer, handler: Peer, bodies: tuple[bytes, bytes]) -> None:
    """Let one ask, and the other answer."""
    request, reply = map(json.loads, bodies)
    topic = request["pattern"]
    identity = {_ID: request["id"].encode()}
    replies = f"{topic}.reply", caller.partition
    wants = {
        _REPLY_TOPIC: replies[0].encode(),
        _REPLY_PARTITION: b"%d" % caller.partition,
    }
    _pass_on(caller, handler, (topic, 0), _value(request, "data"), identity | wants)
    answer = _value(reply, "response")
    _pass_on(handler, caller, replies, answer, identity | {_DISPOSED: b"\0"})


def emit(caller: Peer, handler: Peer, body: bytes) -> None:
    """Let one tell, and the other hear."""
    said = json.loads(body)
    _pass_on(caller, handler, (said["pattern"], 0), _value(said, "data"), {})


def generate(path: Path, exchanges: int = 60_000, connections: int = 50) -> None:
    """Write a capture of ``exchanges`` of so many callers and five handlers."""
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer, broker = Writer(file, rng, _PORT), Broker()
        callers = [
            Peer(
                writer,
                broker,
                index,
                "caller-client",
                [
                    (f"orders.{number}.reply", index)
                    for number in _asked_by(index, connections)
                ],
            )
            for index in range(connections)
        ]
        handlers = [
            Peer(
                writer,
                broker,
                connections + index,
                f"service-{index}",
                [(topic, 0) for topic in _TOPICS[index::5]],
            )
            for index in range(5)
        ]
        for number in range(exchanges):
            _exchange(rng, number, callers[number % connections], handlers)
            if rng.random() < _IDLE_SHARE:
                rng.choice([*callers, *handlers]).have()
        for peer in (*callers, *handlers):
            peer.close()


def _asked_by(index: int, connections: int) -> list[int]:
    """Return of which orders a caller asks."""
    return sorted({(index + connections * turn) % _ORDERS for turn in range(_ORDERS)})


def _exchange(
    rng: random.Random, number: int, caller: Peer, handlers: list[Peer]
) -> None:
    topic, (request, *reply) = pattern_and_bodies(rng, number)
    handler = handlers[_TOPICS.index(topic) % 5]
    if reply:
        call(caller, handler, (request, reply[0]))
    else:
        emit(caller, handler, request)


if __name__ == "__main__":
    main(generate, __doc__)
