"""How peers speak over Kafka, for exchanges at random; see :mod:`.exchanged`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protocol import dumps, loads
from tests.inspector import over_kafka
from tests.inspector.carriers.kafka import written as kafka
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from tests.inspector.conversation import Conversation, Side


class Said(NamedTuple):
    """What one data packet carries: where, from which side, and what."""

    line: Conversation
    side: Side
    data: bytes


class OverKafka:
    """Kafka; a value and headers are made of each body, as Nest makes them."""

    def __init__(self) -> None:
        self._broker = over_kafka.Broker()
        self.wire = self._broker.wire
        self._peers = 0
        self._listens: dict[int, str] = {}  # which partition of replies a peer has
        self._calls: dict[str, str] = {}  # the same of who asked
        self._sent: dict[tuple[str, int], list[bytes]] = {}

    def peer(self, *routes: str) -> over_kafka.Peer:
        self._peers += 1
        peer = self._broker.peer(*routes)
        self._listens[id(peer)] = f"{self._peers}"
        return peer

    def listen(self, _peer: over_kafka.Peer, _route: str, *, opens: bool) -> list[Said]:
        assert opens in (True, False)
        return []

    def send(
        self, peer: over_kafka.Peer, route: str, body: bytes, call: str | None
    ) -> list[Said]:
        topic, value, headers = self._record(route, body, call)
        if "kafka_replyTopic" in headers:
            self._calls[call or ""] = self._listens[id(peer)]
            headers["kafka_replyPartition"] = self._listens[id(peer)]
        part = int(self._calls[call or ""]) if topic.endswith(".reply") else 0
        sent = self._sent.setdefault((topic, part), [])
        sent.append(kafka.record(value, headers))
        number, at = peer.number, len(sent) - 1
        asked = kafka.produce(number, topic, kafka.batch(sent[-1]), partition=part)
        answer = kafka.produced(number, topic, at, partition=part)
        return [Said(peer.asks, CLIENT, asked), Said(peer.asks, SERVER, answer)]

    def hand(
        self, peer: over_kafka.Peer, route: str, body: bytes, call: str | None
    ) -> list[Said]:
        topic, value, headers = self._record(route, body, call)
        part = int(self._calls[call or ""]) if topic.endswith(".reply") else 0
        if "kafka_replyTopic" in headers:
            headers["kafka_replyPartition"] = self._calls[call or ""]
        held = kafka.record(value, headers)
        at, after = self._next(peer, (topic, part), held)
        number = peer.number
        asked = kafka.fetch(number, topic, at, partition=part)
        batch = kafka.batch(held, first=at)
        answer = kafka.fetched(number, topic, batch, partition=part, after=after)
        done = peer.number
        commits = kafka.commit(done, topic, at + 1, group=peer.group, partition=part)
        noted = kafka.committed(done, topic)
        return [
            Said(peer.polls, CLIENT, asked),
            Said(peer.polls, SERVER, answer),
            Said(peer.asks, CLIENT, commits),
            Said(peer.asks, SERVER, noted),
        ]

    def _next(
        self, peer: over_kafka.Peer, place: tuple[str, int], held: bytes
    ) -> tuple[int, int]:
        """Return the offset of a record that a peer is handed, and of the last."""
        sent = self._sent.get(place, [held])
        first = peer.offsets.get(place, 0)
        at = sent.index(held, first) if held in sent[first:] else first
        peer.offsets[place] = at + 1
        return at, max(len(sent), at + 1)

    @staticmethod
    def _record(
        route: str, body: bytes, call: str | None
    ) -> tuple[str, bytes, dict[str, str | bytes]]:
        """Return a topic, and what Nest writes there of a packet."""
        said = loads(body)
        assert isinstance(said, dict)
        if call is None:
            return route, dumps(said["data"]), {}
        headers: dict[str, str | bytes] = {"kafka_correlationId": call}
        if "response" not in said:
            headers["kafka_replyTopic"] = f"{route}.reply"
            return route, dumps(said["data"]), headers
        if said.get("isDisposed"):
            headers["kafka_nest-is-disposed"] = b"\0"
        if "err" in said:
            headers["kafka_nest-err"] = str(said["err"])
        return f"{route}.reply", dumps([said["response"]]), headers
