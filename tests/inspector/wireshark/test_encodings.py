"""What tshark shows of records and messages, however they are written."""

from __future__ import annotations

import json
import random
import struct
from collections import Counter
from typing import TYPE_CHECKING

import cramjam
from hpack import Encoder

from tests.inspector.carriers.grpc import written as grpc
from tests.inspector.carriers.kafka import written as kafka
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.over_grpc import service
from tests.inspector.over_kafka import Broker
from tests.inspector.wireshark.hops import dissected, inspected
from tests.inspector.wireshark.nats_units import written

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    '{"a":[1,2,{"b":"求和"}]}',
    "plain text, 求和 😀",
    "[1,",
    "{}",
    "12",
    "",
    '"quoted" \\ \n\t\x01',
    json.dumps(["abcdefgh" * 900, list(range(3_000))]),
    random.Random(4).randbytes(4_000).hex(),  # noqa: S311 — not a secret
]
BATCHES = (None, 1, 2, "snappy-java", 3)


def _compared(script: Path, capture: Path) -> int:
    """Compare what tshark shows with our lines; return how many packets that were."""
    ours = Counter(hop for call in inspected(capture, 0) for hop in call.hops)
    theirs = Counter(each.hop for each in dissected(script, capture))
    assert list((ours - theirs).elements()) == []
    assert list((theirs - ours).elements()) == []
    return ours.total()


def _batch(records: list[bytes], codec: int | str | None) -> bytes:
    held = b"".join(records)
    if codec is None:
        return kafka.batch(*records)
    if codec == 1:
        return kafka.zipped(*records)
    if codec == 3:
        packed = bytes(cramjam.lz4.compress(held))
        return kafka.batch(*records, attributes=3, data=packed)
    block = bytes(cramjam.snappy.compress_raw(held))
    if codec == "snappy-java":
        head = b"\x82SNAPPY\x00" + struct.pack(">ii", 1, 1)
        block = head + struct.pack(">i", len(block)) + block
    return kafka.batch(*records, attributes=2, data=block)


def test_records_are_read_in_every_codec(script: Path, tmp_path: Path) -> None:
    broker = Broker()
    caller, handler = broker.peer("sum.reply"), broker.peer("sum")
    values = [*TEXTS, None, b"\x00\x00\x00\x00\x01a", b"\xff\xfe"]
    for codec in BATCHES:
        topic = f"sum{'' if codec is None else codec}"
        records = [kafka.record(value, delta=n) for n, value in enumerate(values)]
        data = _batch(records, codec)
        broker.produce(caller, topic, *records, data=data)
        broker.hand(handler, topic, *records, data=data)
    ends = ({"kafka_nest-err": '{"a":1}'}, {"kafka_nest-is-disposed": ""})
    for identity, end in enumerate(ends, 7):
        named = {"kafka_correlationId": f"{identity}"}
        ask = kafka.record("[1]", headers={**named, "kafka_replyTopic": "sum.reply"})
        at = broker.produce(caller, "sum.call", ask)
        broker.hand(handler, "sum.call", ask, at=at)
        reply = kafka.record("6", headers={**named, **end})
        at = broker.produce(handler, "sum.reply", reply)
        broker.hand(caller, "sum.reply", reply, at=at)

    assert _compared(script, written(broker.wire, tmp_path)) > 100


def _fields() -> list[bytes]:
    """Return messages of Protocol Buffers with values of every kind."""
    numbers = [0, 1, 127, 300, 1 << 31, (1 << 53), (1 << 53) + 1, (1 << 63) - 1]
    numbers += [-1, -300, -(1 << 53), -(1 << 53) - 1, -(1 << 63)]
    found = [b"\x08" + _varint(each % (1 << 64)) for each in numbers]
    reals = [1.5, -0.1, 1e-20, 1e20, float("inf"), float("nan"), 1 / 3]
    found += [b"\x09" + struct.pack("<d", each) for each in reals]
    found += [b"\x0d" + struct.pack("<f", each) for each in reals]
    inner = b"\x08\x01\x12\x03abc"
    parts = [b"", b"text", "求".encode(), b"\xff\x00\x01", inner, b"a\nb", b"\x0a\x00"]
    found += [b"\x0a" + _varint(len(each)) + each for each in parts]
    nested = b""
    for _ in range(20):
        nested = b"\x0a" + _varint(len(nested)) + nested
    return [*found, nested, b"\x08\x01\x08\x02\x10\x03", b"\x0b", b"\xff" * 12]


def _varint(number: int) -> bytes:
    said = b""
    while number >= 0x80:
        said, number = said + bytes([number & 0x7F | 0x80]), number >> 7
    return said + bytes([number])


def test_messages_and_headers_are_read_as_ours(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    for port, turns in enumerate(grpc.CONVERSATIONS.values()):
        link = wire.connect(client=f"10.0.0.1:{40_000 + port}", server="10.0.0.9:5000")
        for side, said in turns:
            link.send(CLIENT if side == CLIENT else SERVER, said)
    encoders, link = (Encoder(), Encoder()), service(wire)
    for place, body in enumerate(_fields()):
        stream, odd = 2 * place + 1, f"größer-{place}".encode().hex()
        fields = [
            (":method", "POST"),
            (":path", f"/calc.Calculator/Sum{place % 3}"),
            ("content-type", "application/grpc"),
            ("x-odd", odd if place % 2 else "~|<>^"),
        ]
        asked = grpc.headers(stream, encoders[0].encode(fields, huffman=place % 4 > 0))
        link.send(CLIENT, asked)
        link.send(CLIENT, grpc.data(stream, grpc.message(body), ends=True))
        ended = [(":status", "200"), ("grpc-status", f"{place % 18}")]
        ended += [("content-type", "application/grpc"), ("grpc-message", "a%20b%C3%A9")]
        link.send(SERVER, grpc.headers(stream, encoders[1].encode(ended), ends=True))
    link.send(CLIENT, grpc.asks(999)).send(CLIENT, grpc.frame(6, 0, 0, bytes(8)))
    link.send(SERVER, grpc.reset(999, 7))

    assert _compared(script, written(wire, tmp_path)) > 100
