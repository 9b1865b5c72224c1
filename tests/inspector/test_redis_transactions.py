"""What is published in a transaction, by a real client, over a real redis-server.

All passes a relay, which writes down what either side says, as packets of a capture.
"""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import Raw
from redis import Redis
from redis.exceptions import ResponseError, WatchError

from captures.brokers import HOST, RedisServer
from inspector.calls.exchanges import Outcome
from protocol import dumps
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.planted import HIDDEN
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.calls.exchanges import Exchange
    from tests.inspector.conversation import Conversation, Side

_SECRET = "correct-horse-battery"  # noqa: S105 — it is to be hidden
_PUBLISHED = 8


@contextmanager
def relayed(wire: Wire, port: int) -> Iterator[int]:
    """Give the port of a relay before a server, which writes down what passes."""
    lock, threads = threading.Lock(), list[threading.Thread]()
    ended: list[socket.socket] = []

    def start(target: object, *arguments: object) -> None:
        threads.append(threading.Thread(target=target, args=arguments))  # type: ignore[arg-type]
        threads[-1].start()

    def relay(
        line: Conversation, side: Side, one: socket.socket, other: socket.socket
    ) -> None:
        while data := one.recv(65_536):
            with lock:
                line.send(side, data)
                other.sendall(data)
        other.shutdown(socket.SHUT_WR)
        ended.append(one)

    def accept() -> None:
        while True:
            near, address = listener.accept()
            if not threads:
                near.close()
                return
            far = socket.create_connection((HOST, port), PATIENCE)
            client = f"10.0.0.1:{address[1]}"
            with lock:
                line = wire.connect(client=client, server="10.0.0.9:6379")
            start(relay, line, CLIENT, near, far)
            start(relay, line, SERVER, far, near)

    with socket.create_server((HOST, 0)) as listener:
        start(accept)
        own: int = listener.getsockname()[1]
        try:
            yield own
        finally:
            accepting, *relays = threads
            for each in relays:
                each.join()
            threads.clear()
            socket.create_connection((HOST, own)).close()
            accepting.join()
            for end in ended:
                end.close()


def _event(route: str, number: int) -> bytes:
    return dumps({"pattern": route, "data": number})


def _transact(client: Any, heard: Any) -> None:  # noqa: ANN401 — its types are untrue
    """Publish in transactions that end in every way."""
    listening = heard.pubsub()
    listening.subscribe("log")
    assert listening.get_message(timeout=PATIENCE)
    with client.pipeline() as several:  # all in one packet
        several.set("a", _SECRET).publish("log", _event("log", 1)).get("a")
        several.publish("nobody", _event("nobody", 1)).publish("log", _event("log", 2))
        assert several.execute() == [True, 1, _SECRET.encode(), 0, 1]
    connection = client.connection_pool.get_connection()
    for words in (("MULTI",), ("PUBLISH", "log", _event("log", 3)), ("DISCARD",)):
        connection.send_command(*words)  # each in a packet of its own
        connection.read_response()
    client.connection_pool.release(connection)
    with client.pipeline() as watching:
        watching.watch("a")
        client.set("a", 2)
        watching.multi()
        watching.publish("log", _event("log", 4))
        with pytest.raises(WatchError):
            watching.execute()
    with client.pipeline() as failing:
        failing.publish("log", _event("log", 5)).execute_command("INCR")
        with pytest.raises(ResponseError):
            failing.execute()
    with client.pipeline() as partly:
        partly.set("c", "x").incr("c").publish("log", _event("log", 6))
        with pytest.raises(ResponseError):
            partly.execute()
    client.publish("log", _event("log", 7))
    numbers = (1, 2, 6, 7)
    messages = [listening.get_message(timeout=PATIENCE) for _ in numbers]
    assert [each and each["data"] for each in messages] == [
        _event("log", number) for number in numbers
    ]
    listening.close()


def _named(exchanges: list[Exchange]) -> dict[str, Exchange]:
    named = {}
    for each in exchanges:
        assert isinstance(each.data, bytes | Raw)
        named[f"{each.route} {bytes(each.data).decode()}"] = each
    return named


@pytest.fixture(scope="module", params=[2, 3], ids=["RESP2", "RESP3"])
def wire(request: pytest.FixtureRequest) -> Wire:
    """What passed, in one of both versions of the protocol."""
    wire = Wire()
    with RedisServer() as server, relayed(wire, server.port) as port:
        options = {"port": port, "protocol": request.param}
        made = closing(Redis(HOST, **options)), closing(Redis(HOST, **options))
        with made[0] as client, made[1] as heard:
            _transact(client, heard)
    return wire


def test_each_publication_ends_as_its_transaction_does(wire: Wire) -> None:
    exchanges = _named(inspected(wire.records).exchanges)
    assert {name: each.outcome for name, each in exchanges.items()} == {
        "log 1": Outcome.SENT,
        "nobody 1": Outcome.UNDELIVERED,
        "log 2": Outcome.SENT,
        "log 3": Outcome.UNDELIVERED,  # discarded
        "log 4": Outcome.UNDELIVERED,  # what was watched had changed
        "log 5": Outcome.UNDELIVERED,  # a command could not be queued
        "log 6": Outcome.SENT,  # although another command failed
        "log 7": Outcome.SENT,
    }


def test_what_ends_a_transaction_is_counted_with_what_was_published(wire: Wire) -> None:
    exchanges = _named(inspected(wire.records).exchanges)
    verbs = {
        name: [*each.errands.verbs] if each.errands else []
        for name, each in exchanges.items()
    }
    assert verbs["log 1"] == ["EXEC", "QUEUED", ":1"]
    assert verbs["nobody 1"] == ["EXEC", "QUEUED", ":0"]
    assert verbs["log 3"] == ["QUEUED", "DISCARD", "OK"]
    assert verbs["log 4"] == ["EXEC", "QUEUED", "null"]
    assert verbs["log 5"] == ["EXEC", "QUEUED", "error"]
    assert verbs["log 7"] == [":1"]
    # Command and answers in one packet each, and the message in a third.
    assert [exchanges[f"log {n}"].packets for n in (1, 2, 3, 6, 7)] == [3, 3, 4, 3, 3]
    for name in ("log 1", "log 2", "log 6", "log 7"):
        passage = exchanges[name].passage
        assert passage is not None
        assert [hop.way for hop in passage.hops] == ["in", "out"]


def test_of_a_transaction_nothing_but_counts_is_shown_with_redact(
    wire: Wire, tmp_path: Path
) -> None:
    capture, written = tmp_path / "made.pcap", tmp_path / "written.pcapng"
    capture.write_bytes(pcap_bytes(wire.records))
    assert _SECRET.encode() in capture.read_bytes()
    shown = run("exchanges", capture, "--json", "--write", written, *HIDDEN)
    again = run("exchanges", written, "--json")

    first, second = (
        [
            (each["route"], each["outcome"], each["packets"])
            for each in outcome.lines
            if each["type"] == "exchange"
        ]
        for outcome in (shown, again)
    )
    assert first == second
    assert len(first) == _PUBLISHED
    assert _SECRET.encode() not in written.read_bytes()
    assert _SECRET not in shown.out
