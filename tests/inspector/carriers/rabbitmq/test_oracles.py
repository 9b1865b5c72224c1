"""What pamqp reads, we read as well, wherever the bytes are cut."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.frame import unmarshal
from pamqp.header import ContentHeader

from inspector.carriers.base import Errand, Idle, Transfer, Unit
from inspector.carriers.rabbitmq.carrier import carrier
from tests.inspector.carriers.rabbitmq.wire import (
    CLIENT,
    EVENT,
    HEARTBEAT,
    REPLY_TO,
    REQUEST,
    Basic,
    deliver,
    method,
    publish,
)

_SEQUENCES = 300
_LONGEST = 12
_HEADERS = {"a": [1, {"b": "c"}]}


def by_pamqp(data: bytes) -> list[tuple[object, ...]]:
    """Return the messages, and the other methods, in some bytes."""
    found: list[tuple[object, ...]] = []
    waiting: list[object] = []
    while data:
        size, _, frame = unmarshal(data)
        data = data[size:]
        if isinstance(frame, Basic.Publish | Basic.Deliver):
            waiting = [frame]
        elif isinstance(frame, ContentHeader):
            waiting += [frame, b""]
        elif isinstance(frame, ContentBody):
            assert isinstance(waiting[2], bytes)
            waiting[2] += frame.value
        else:
            found.append((type(frame).__name__.lower(),))
        if len(waiting) > 1 and len(waiting[2]) == waiting[1].body_size:  # type: ignore[arg-type, attr-defined]
            call, header, body = waiting
            reply_to = header.properties.reply_to  # type: ignore[attr-defined]
            correlation = header.properties.correlation_id  # type: ignore[attr-defined]
            key = call.routing_key or call.exchange  # type: ignore[attr-defined]
            found.append((key, body, correlation, reply_to))
            waiting = []
    return found


def by_us(pieces: list[bytes], side: int) -> list[tuple[object, ...]]:
    """Return the same as our reader has it."""
    talk = carrier.talk(None, whole=True)
    talk.client = CLIENT
    units = [unit for piece in pieces for unit in talk.receive(side, piece, 0)]
    return [_gist(unit) for unit in units]


def _gist(unit: Unit) -> tuple[object, ...]:
    if isinstance(unit, Transfer):
        return unit.channel, unit.body, unit.correlation, unit.reply_channel
    assert isinstance(unit, Errand | Idle)
    verb = unit.verb.rpartition(".")[2].replace("-", "")
    return ("ack" if verb == "confirm" else verb,)


def _message(side: int, number: int, body: bytes, key: str, **said: Any) -> bytes:  # noqa: ANN401
    """Return a message of one side."""
    if side == CLIENT:
        return publish(body, key, **said)
    return deliver(body, number, key, **said)


def sequence(random: Random) -> tuple[bytes, int]:
    """Return some frames of one side, and whose they are."""
    side, parts = random.getrandbits(1), []
    for number in range(random.randint(1, _LONGEST)):
        name = random.choice(["cats_q", "orders.new", "x" * 100])
        most = random.choice([7, 100_000])
        asks = {"correlation_id": str(number), "reply_to": REPLY_TO}
        kinds = [
            _message(side, number, REQUEST, name, most=most, **asks),
            _message(side, number, EVENT, name, most=most, headers=_HEADERS),
            method(Basic.Ack(number, multiple=bool(random.getrandbits(1)))),
            HEARTBEAT,
            method(commands.Queue.DeclareOk(name, 1, 2)),
        ]
        parts.append(random.choice(kinds))
    return b"".join(parts), side


def check(seed: int) -> None:
    """Compare both on one sequence, cut at random."""
    random = Random(seed)  # noqa: S311 — no secret depends on it
    data, side = sequence(random)
    cuts = sorted(
        random.sample(range(len(data) + 1), min(random.randint(0, 9), len(data)))
    )
    places = [0, *cuts, len(data)]
    pieces = [data[a:b] for a, b in pairwise(places)]

    assert by_us(pieces, side) == by_pamqp(data), seed


@settings(max_examples=_SEQUENCES, deadline=None)
@given(st.integers(0, 1 << 40))
def test_pamqp_reads_the_same(seed: int) -> None:
    check(seed)
