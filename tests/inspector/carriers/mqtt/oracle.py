"""The parser that Nest's client library uses, asked what is in random streams.

::

    python -m tests.inspector.carriers.mqtt.oracle 100000    so many streams

Source: https://github.com/mqttjs/mqtt-packet, which mqtt.js reads with.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from captures.processes import NEST, find_node
from inspector.carriers.mqtt import contents
from inspector.carriers.mqtt import headers as kinds
from inspector.carriers.mqtt.handshake import read_connect
from inspector.carriers.mqtt.properties import TOPIC_ALIAS
from inspector.carriers.mqtt.reading import Control, Reader
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    FOUR,
    Level,
    acknowledge,
    binary,
    connack,
    connect,
    packet,
    publish,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOPICS = ("sum", "sum/reply", "w/one", '{"cmd":"求和"}', "a", "x" * 200)
_CODES = (0, 0x10, 0x80, 0x87, 0x97)
_WORDS = {"x-version": "1.0", "trace": "é" * 3}
_BATCH = 1_000
_LISTS = {
    kinds.SUBSCRIBE: contents.read_subscribe,
    kinds.UNSUBSCRIBE: contents.read_unsubscribe,
    kinds.SUBACK: contents.read_listed,
    kinds.UNSUBACK: contents.read_listed,
}
_REASONS = {
    kinds.CONNACK: contents.read_connack,
    kinds.DISCONNECT: contents.read_disconnect,
}


class Stream(NamedTuple):
    """The bytes of one side.

    Attributes:
        level: The level that it is of.
        chunks: The bytes, cut anywhere.
    """

    level: Level
    chunks: list[bytes]


def random_stream(random: Random) -> Stream:
    """Return some packets of any type, cut anywhere.

    Nothing follows a DISCONNECT: their parser takes what does for its reason.
    """
    level = random.choice((FOUR, FIVE))
    data = b"".join(_packet(random, level) for _ in range(random.randrange(1, 9)))
    data += packet(0xE0) * random.randrange(2)
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(6)))
    edges = zip([0, *cuts], [*cuts, len(data)], strict=True)
    return Stream(level, [data[low:high] for low, high in edges if low < high])


def _packet(random: Random, level: Level) -> bytes:
    topics = random.sample(_TOPICS, random.randrange(1, 4))
    tag, code = random.randrange(1, 1 << 16), random.choice(_CODES) * level.five
    return random.choice(
        (
            lambda: _connect(random, level),
            lambda: connack(level, code if code != 0x10 else 0),
            lambda: _publish(random, level),
            lambda: _publish(random, level),
            lambda: subscribe(*topics, level=level, tag=tag),
            lambda: unsubscribe(*topics, level=level, tag=tag),
            lambda: suback(*[0, 1, 2][: len(topics)], level=level, tag=tag),
            lambda: unsuback(level, tag),
            lambda: acknowledge(random.choice((0x40, 0x50)), tag, code),
            lambda: acknowledge(random.choice((0x62, 0x70)), tag),
            lambda: packet(random.choice((0xC0, 0xD0))),
        )
    )()


def _connect(random: Random, level: Level) -> bytes:
    named = random.random() < 0.5
    return connect(
        level,
        random.choice(("", "caller", "求")),
        name=random.choice(("reader", "é")) if named else None,
        passed="p" * random.randrange(1, 200) if named else None,
        will=random.choice((None, ("gone", random.randbytes(9)))),
        said=random.choice((b"", b"\x11\0\0\0\x3c" + user(**_WORDS))),
    )


def _publish(random: Random, level: Level) -> bytes:
    said = random.choice((b"", user(**_WORDS), b"\x23\0\x05", b"\x08" + binary("r")))
    qos = random.randrange(3)
    return publish(
        random.choice(_TOPICS),
        random.randbytes(random.choice((0, 1, 40, 300, 20_000))),
        level,
        qos=qos,
        tag=random.randrange(1, 1 << 16),
        flags=random.randrange(2) | 8 * (qos > 0 and random.randrange(2)),
        said=said,
    )


def read_ours(stream: Stream) -> list[dict[str, Any]]:
    """Return what our reader finds in a stream."""
    reader = Reader()
    return [
        _said(read, five=stream.level.five)
        if isinstance(read, Control)
        else {"error": read.detail}
        for chunk in stream.chunks
        for read in reader.receive(chunk)
    ]


def read_theirs(streams: Iterable[Stream]) -> Iterator[list[dict[str, Any]]]:
    """Yield what the parser of mqtt.js finds in each stream."""
    program = [find_node(), Path(__file__).with_suffix(".mjs"), NEST / "v12"]
    asked = [
        {
            "level": stream.level.number,
            "chunks": [b64encode(each).decode() for each in stream.chunks],
        }
        for stream in streams
    ]
    done = subprocess.run(
        program, input=json.dumps(asked), check=True, capture_output=True, text=True
    )
    yield from json.loads(done.stdout)


def _said(control: Control, *, five: bool) -> dict[str, Any]:
    """Return what a packet says, as ``oracle.mjs`` has it."""
    data, head, kind = control.data, control.head, control.kind
    said: dict[str, Any] = {"cmd": kinds.VERBS[kind].lower()}
    if kind == kinds.CONNECT:
        return said | _greeted(data, head)
    if kind == kinds.PUBLISH:
        return said | _published(data, head, five=five)
    if kind in {kinds.PINGREQ, kinds.PINGRESP}:
        return said
    if kind in _LISTS:
        listed = _LISTS[kind](data, head, five=five)
        asks = kind in {kinds.SUBSCRIBE, kinds.UNSUBSCRIBE}
        what = {"topics": [*listed.filters]} if asks else {"codes": [*listed.codes]}
        return said | {"number": listed.number} | what
    read = _REASONS.get(kind, contents.read_acknowledgement)
    done = read(data, head, five=five)
    return said | {"number": done.number, "code": done.code}


def _greeted(data: bytes, head: int) -> dict[str, Any]:
    said = read_connect(data, head)
    hidden = [data[begin:end] for begin, end in said.secret]
    return {
        "level": said.level,
        "client": said.client,
        "keepAlive": said.keep_alive_s,
        "will": said.will,
        "secrets": [
            b64encode(each).decode()
            for each in hidden
            if each.decode("utf-8", "replace") not in _WORDS.values()
        ],
    }


def _published(data: bytes, head: int, *, five: bool) -> dict[str, Any]:
    said = contents.read_publish(data, head, five=five)
    flags = data[0]
    return {
        "number": said.number,
        "topic": said.topic,
        "payload": b64encode(data[said.payload :]).decode(),
        "flags": [bool(flags & 8), flags >> 1 & 3, bool(flags & 1)],
        "alias": said.properties.values.get(TOPIC_ALIAS),
        "user": [[each.name, each.value] for each in said.properties.user],
    }


def compare(count: int, seed: int) -> None:
    """Demand that both find the same in so many streams."""
    random = Random(seed)  # noqa: S311 — no secret depends on it
    streams = [random_stream(random) for _ in range(count)]
    for stream, theirs in zip(streams, read_theirs(streams), strict=True):
        ours = read_ours(stream)
        assert ours == theirs, (stream.level, b"".join(stream.chunks).hex(" "))


if __name__ == "__main__":
    for batch in range(int(sys.argv[1]) // _BATCH):
        compare(_BATCH, batch)
    sys.stdout.write(f"{sys.argv[1]} streams are read alike\n")
