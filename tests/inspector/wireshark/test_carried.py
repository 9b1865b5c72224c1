"""What tshark shows of brokers and gateways, whatever the capture and the ports are."""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.carriers.kafka import written as kafka
from tests.inspector.carriers.mqtt.written import connect, publish
from tests.inspector.carriers.rabbitmq.wire import publish as amqp
from tests.inspector.carriers.redis.conversations import strings
from tests.inspector.carriers.websocket.written import said
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.dissected import tshark_layers, tshark_text
from tests.inspector.over_mqtt import peer
from tests.inspector.over_rabbitmq import Broker
from tests.inspector.over_redis import asked
from tests.inspector.over_websocket import gateway
from tests.inspector.wireshark.altered import (
    altered,
    in_pieces,
    with_losses,
    with_wrong_bytes,
    without_a_beginning,
)
from tests.inspector.wireshark.hops import dissected, inspected, merged
from tests.inspector.wireshark.nats_units import nest, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspector.transfers import Transferred

FOLDER = ROOT / "captures"
MOST_POLLS = 1_024  # that wait for an answer on one connection
# Each is altered in one way: no connection may appear twice in what is merged.
ALTERED: dict[Callable[..., object], list[str]] = {
    in_pieces: [
        "rabbitmq/rabbitmq-nest10.pcap",
        "redis/redis-nest11.pcap",
        "mqtt/mqtt5-nest10.pcap",
        "mqtt/mqtt-websocket-nest10.pcap.gz",
        "ws/ws-fragments-nest12.pcap",
        "socketio/socketio-deflate-nest12.pcap",
        "socketio/socketio-polling-nest10.pcap",
        "socketio/socketio-binary-nest12.pcap",
        "kafka/kafka-nest11.pcap.gz",
        "grpc/grpc-nest11.pcap.gz",
    ],
    without_a_beginning: [
        "rabbitmq/rabbitmq-nest11.pcap",
        "redis/redis-overheard-nest11.pcap",
        "mqtt/mqtt-nest11.pcap",
        "mqtt/mqtt-websocket-nest12.pcap.gz",
        "ws/ws-nest11.pcap",
        "socketio/socketio-nest11.pcap",
        "kafka/kafka-noida-nest12.pcap.gz",
    ],
    with_losses: [
        "rabbitmq/rabbitmq-nest12.pcap",
        "redis/redis-two-servers-nest12.pcap",
        "mqtt/mqtt-nest12.pcap",
        "ws/ws-nest12.pcap",
        "socketio/socketio-nest12.pcap",
        "kafka/kafka-nest12.pcap.gz",
        "grpc/grpc-nest12.pcap.gz",
    ],
}
SMALL = [
    "rabbitmq/rabbitmq-raw-nest12.pcap",
    "redis/redis-wildcards-nest12.pcap",
    "mqtt/mqtt-shared-nest12.pcap",
    "ws/ws-deflate-nest12.pcap",
    "socketio/socketio-upgrade-nest12.pcap",
    "kafka/kafka-two-groups-nest12.pcap",
    "grpc/grpc-gzip-nest12.pcap",
]


def _known(transferred: Transferred) -> Transferred:
    """Return what both say: of a lone reply tshark shows the correlation, too."""
    if transferred.route or transferred.carrier != "rabbitmq":
        return transferred
    return transferred._replace(id="")


def test_a_capture_may_be_in_pieces_begin_late_and_lack_packets(
    script: Path, tmp_path: Path
) -> None:
    captures = [
        altered(FOLDER / name, alter, tmp_path)  # type: ignore[arg-type]
        for alter, names in ALTERED.items()
        for name in names
    ]
    whole, before = merged(captures, tmp_path)
    ours = Counter(
        _known(hop.transferred)
        for capture, first in zip(captures, before, strict=False)
        for call in inspected(capture, first)
        for hop in call.hops
    )
    theirs = Counter(_known(each.hop.transferred) for each in dissected(script, whole))

    assert ours.total() > 1_000
    assert sorted((ours - theirs).elements()) == []
    assert sorted((theirs - ours).elements()) == []


def test_what_is_overtaken_is_shown_in_the_packet_that_completes_it(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    link = wire.connect(client="10.0.0.1:40001", server="10.0.0.8:6379")
    data = strings("publish", "sum", asked()) + strings("publish", "sum", asked("log"))
    start = link.write(CLIENT, data)
    for begin, end in ((60, len(data)), (20, 70), (0, 20), (0, 60)):
        link.part(CLIENT, start + begin, start + end)
    layers = nest(tshark_layers(script, written(wire, tmp_path)))

    assert [(each.number, each.field("nest.route")) for each in layers] == [
        (6, "sum"),
        (6, "log"),
    ]


def test_no_bytes_break_the_dissector(script: Path, tmp_path: Path) -> None:
    captures = [altered(FOLDER / name, with_wrong_bytes, tmp_path) for name in SMALL]
    whole, _ = merged(captures, tmp_path)

    assert tshark_layers(script, whole, "-2", where="_ws.lua.error") == []
    assert tshark_text(script, whole, "-Y", "nest").count("\n") > 20


def test_wireshark_shows_its_own_protocols_on_any_port(
    script: Path, tmp_path: Path
) -> None:
    whole, _ = merged([FOLDER / name for name in SMALL], tmp_path)
    fields = ("-T", "fields", "-e", "nest.carrier", "-e", "frame.protocols")
    printed = tshark_text(script, whole, "-Y", "nest", *fields)
    shown = {
        (carriers.partition(",")[0], name)
        for carriers, protocols in (line.split("\t") for line in printed.splitlines())
        for name in protocols.split(":")
    }

    assert shown >= {
        ("rabbitmq", "amqp"),
        ("redis", "resp"),
        ("mqtt", "mqtt"),
        ("ws", "websocket"),
        ("socketio", "websocket"),
        ("kafka", "kafka"),
        ("grpc", "grpc"),
    }


def _foreign(wire: Wire) -> None:
    """Capture what others say over the same protocols."""
    broker = Broker()
    broker.wire = wire
    order, reply = b'{"total":1,"id":"7"}', b'{"response":{"ok":true},"id":"7","at":3}'
    broker.peer().say(amqp(order)).say(amqp(b"\x00\x01" * 99)).say(amqp(reply))
    cache = wire.connect(client="10.0.0.1:40001", server="10.0.0.8:6379")
    cache.send(CLIENT, strings("set", "users", order)).send(SERVER, b"+OK\r\n")
    cache.send(CLIENT, strings("publish", "orders", order)).send(SERVER, b":1\r\n")
    cache.send(SERVER, strings("message", "orders", order))
    device = peer(wire, port=40_002)
    device.send(CLIENT, publish("sensors/1", order), publish("sensors/2", b"21.5"))
    chat = gateway(wire, io=False, port=40_003)
    chat.send(CLIENT, said(CLIENT, b'{"type":"start","id":"1"}'))
    chat.send(SERVER, said(SERVER, b'{"type":"data","payload":{"event":"x"}}'))
    pushed = gateway(wire, io=False, port=40_005)
    pushed.send(SERVER, said(SERVER, b'{"event":"pusher:ping","data":"{}"}'))
    pushed.send(CLIENT, said(CLIENT, b'{"event":"pusher:pong","data":{}}'))
    prices = gateway(wire, io=False, port=40_006)
    prices.send(SERVER, said(SERVER, b'{"event":"systemStatus","version":"1"}'))
    prices.send(CLIENT, said(CLIENT, b'{"event":"subscribe","pair":["a"]}'))
    page = wire.connect(client="10.0.0.1:40004", server="10.0.0.8:80")
    page.send(CLIENT, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    page.send(SERVER, b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n42["log",1]')


def test_what_others_say_is_not_taken_for_packets_of_nest(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    _foreign(wire)
    capture = written(wire, tmp_path)

    assert (
        tshark_layers(script, capture, where="nest or nest.http or _ws.lua.error") == []
    )
    for protocol in ("amqp", "resp", "mqtt", "websocket"):
        assert tshark_text(script, capture, "-Y", protocol)


def test_a_port_of_another_dissector_hides_nothing(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    cache = wire.connect(client="10.0.0.1:40001", server="10.0.0.8:80")
    cache.send(CLIENT, strings("publish", "sum", asked()))
    device = wire.connect(client="10.0.0.1:40002", server="10.0.0.8:5672")
    device.send(CLIENT, connect(), publish("sum", asked(identity="2")))
    layers = nest(tshark_layers(script, written(wire, tmp_path)))

    assert [
        [layer.field(f"nest.{name}") for name in ("carrier", "id", "way", "channel")]
        for layer in layers
    ] == [["redis", "1", "in", "sum"], ["mqtt", "2", "in", "sum"]]


def _messages() -> list[bytes]:
    chance = random.Random(3)  # noqa: S311 — not a secret
    words = ["sum", "求和", "price", "\n", "x" * 300]
    datas = [
        [1, 2, 3],
        "a" * 40_000,
        chance.randbytes(3_000).hex(),
        [chance.choice(words) for _ in range(400)],
        *([chance.choice(words) for _ in range(9)] for _ in range(20)),
    ]
    return [
        json.dumps({"event": f"e{number}", "data": data}).encode()
        for number, data in enumerate(datas)
    ]


@pytest.mark.parametrize("alone", [False, True], ids=["context", "alone"])
def test_what_is_compressed_in_any_way_is_inflated(
    alone: bool,  # noqa: FBT001
    script: Path,
    tmp_path: Path,
) -> None:
    wire = Wire()
    strategies = [
        zlib.Z_DEFAULT_STRATEGY,
        zlib.Z_FIXED,
        zlib.Z_HUFFMAN_ONLY,
        zlib.Z_RLE,
    ]
    texts = _messages()
    kinds = [(level, strategy) for level in (0, 9) for strategy in strategies]
    for port, (level, strategy) in enumerate(kinds, 40_000):
        link = gateway(wire, io=False, port=port)
        packer = None
        for text in texts:
            if packer is None or alone:
                packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
            data = packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH)
            link.send(CLIENT, said(CLIENT, data[:-4], first=0xC1))
    found = [
        (layer.field("nest.pattern"), json.loads(layer.field("nest.data")))
        for layer in nest(tshark_layers(script, written(wire, tmp_path), "-j", "nest"))
    ]
    sent = [
        (json.dumps(each["event"]), each["data"]) for each in map(json.loads, texts)
    ]

    assert found == sent * len(kinds)


def test_of_too_many_requests_that_wait_the_oldest_is_forgotten_alone(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    link = wire.connect(client="10.0.0.1:40001", server="10.0.0.8:9092")
    polls = [kafka.fetch(number, "sum", number) for number in range(1, MOST_POLLS + 2)]
    for first in range(0, len(polls), 100):
        link.send(CLIENT, *polls[first : first + 100])
    for number in (1, 3, 2):  # the oldest, one that waits, and one before that
        record = kafka.record("[1]", kafka.ASKS | {"kafka_correlationId": f"{number}"})
        # Of what a poll began after, the broker may hand the batch all the same.
        earlier = kafka.record("[0]", kafka.ASKS)
        batches = kafka.batch(earlier, first=0) + kafka.batch(record, first=number)
        link.send(SERVER, kafka.fetched(number, "sum", batches))
    layers = nest(tshark_layers(script, written(wire, tmp_path)))

    old = kafka.ID
    assert [layer.field("nest.id") for layer in layers] == [old, "1", "3", old, "2"]
