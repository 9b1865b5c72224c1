"""Calls and events over a broker of Kafka, packet by packet, as a capture has them.

::

    broker = Broker()
    caller, handler = broker.peer("sum.reply"), broker.peer("sum")
    broker.call(caller, handler)

Each peer has a connection for its requests and one for its polls, as kafkajs has. What
is produced gets the next offset of its partition; a test says who is handed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.kafka import written
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from tests.inspector.conversation import Conversation

ENDPOINT = "10.0.0.9:9092"


class Peer:
    """A client, with both of its connections.

    Args:
        broker: What it talks to.
        topics: What it polls.
        port: That of the first of its connections.
    """

    def __init__(self, broker: Broker, topics: tuple[str, ...], port: int) -> None:
        self.group = f"group-{port}"
        self.topics = topics
        self.asks = broker.wire.connect(client=f"10.0.0.1:{port}", server=ENDPOINT)
        self.say(self.asks, *written.versions())
        self._number = 0
        self._polls: Conversation | None = None
        self._port, self._broker = port, broker
        self.offsets: dict[tuple[str, int], int] = {}

    @staticmethod
    def say(line: Conversation, asked: bytes, answered: bytes = b"") -> None:
        """Pass a request and its response."""
        line.send(CLIENT, asked)
        if answered:
            line.send(SERVER, answered)

    @property
    def number(self) -> int:
        """The number of the next request."""
        self._number += 1
        return self._number

    @property
    def polls(self) -> Conversation:
        """The connection of its polls, which it opens when it needs it."""
        if self._polls is None:
            self._polls = self._broker.wire.connect(
                client=f"10.0.0.1:{self._port + 1}", server=ENDPOINT
            )
        return self._polls


class Broker:
    """A broker and its clients."""

    def __init__(self) -> None:
        self.wire = Wire()
        self._port = 50_000
        self._ends: dict[tuple[str, int], int] = {}

    def peer(self, *topics: str) -> Peer:
        """Return a client that polls some topics."""
        self._port += 2
        return Peer(self, topics, self._port)

    def produce(
        self,
        peer: Peer,
        topic: str,
        *records: bytes,
        partition: int = 0,
        acks: int = -1,
        data: bytes = b"",
    ) -> int:
        """Let the broker be handed some records; return the offset of the first."""
        place, number = (topic, partition), peer.number
        first = self._ends.get(place, 0)
        self._ends[place] = first + len(records)
        batch = data or written.batch(*records)
        asked = written.produce(number, topic, batch, partition=partition, acks=acks)
        answered = written.produced(number, topic, first, partition=partition)
        peer.say(peer.asks, asked, answered if acks else b"")
        return first

    def hand(
        self,
        peer: Peer,
        topic: str,
        *records: bytes,
        partition: int = 0,
        at: int = 0,
        data: bytes = b"",
    ) -> None:
        """Let a client poll, and have some records from an offset on."""
        number = peer.number
        batch = data or written.batch(*records, first=at)
        after = self._ends.get((topic, partition), at + len(records))
        answer = written.fetched(number, topic, batch, partition=partition, after=after)
        peer.say(
            peer.polls, written.fetch(number, topic, at, partition=partition), answer
        )

    def poll(self, peer: Peer, topic: str, at: int = 0) -> None:
        """Let a client poll in vain."""
        number = peer.number
        asked = written.fetch(number, topic, at)
        peer.say(peer.polls, asked, written.fetched(number, topic, after=at))

    def commit(self, peer: Peer, topic: str, offset: int, partition: int = 0) -> None:
        """Let a client be done with the records before an offset."""
        number = peer.number
        asked = written.commit(
            number, topic, offset, group=peer.group, partition=partition
        )
        peer.say(peer.asks, asked, written.committed(number, topic))

    def pass_on(self, sender: Peer, receiver: Peer, topic: str, record: bytes) -> None:
        """Pass a record from one to the other, who commits it."""
        at = self.produce(sender, topic, record)
        self.hand(receiver, topic, record, at=at)
        self.commit(receiver, topic, at + 1)

    def call(
        self,
        caller: Peer,
        handler: Peer,
        topic: str = "sum",
        value: str = "[1,2]",
        reply: str = '{"sum":3}',
    ) -> None:
        """Pass a whole call, with its only reply."""
        asks = written.ASKS | {"kafka_replyTopic": f"{topic}.reply"}
        self.pass_on(caller, handler, topic, written.record(value, asks))
        answer = written.record(reply, written.ANSWERS)
        self.pass_on(handler, caller, f"{topic}.reply", answer)
