"""What waits in sessions, with payloads that are far longer than they were sent."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from inspector.calls import gateways, keeping, ordering
from inspector.calls.chains import seeking
from inspector.calls.exchanges import Exchange
from inspector.pipeline import Options, Pipeline
from tests.inspector.carriers.websocket.written import (
    OPEN,
    Deflater,
    engine,
    packet,
    said,
    switched,
    upgrade,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_websocket import GATEWAY

if TYPE_CHECKING:
    from protocol import Json
    from tests.inspector.conversation import Conversation, Side

_DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"
_COMPRESSED = 0xC1
_LIMIT = 2 << 20
_SIZE = 500_000
_HOLDS = (dict, list, tuple)


@pytest.fixture(autouse=True)
def _lower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MAX_KEPT", _LIMIT)
    monkeypatch.setattr(gateways, "MAX_KEPT", _LIMIT)
    monkeypatch.setattr(ordering, "MAX_BYTES", _LIMIT)
    monkeypatch.setattr(seeking, "HELD_BYTES", _LIMIT)


class _Compressed:
    """A connection whose messages are compressed."""

    def __init__(self, wire: Wire) -> None:
        self.link: Conversation = wire.connect(client="10.0.0.1:50001", server=GATEWAY)
        self._deflaters = Deflater(), Deflater()
        self.link.send(CLIENT, upgrade(engine(), _DEFLATE))
        self.link.send(SERVER, switched(_DEFLATE) + said(SERVER, OPEN))

    def say(self, side: Side, text: str) -> None:
        """Send a message."""
        compressed = self._deflaters[side].deflate(text)
        self.link.send(side, said(side, compressed, _COMPRESSED))

    def ask(self, number: int, size: int = _SIZE) -> None:
        """Send a request of so many bytes."""
        self.say(CLIENT, packet("2", "sum", "x" * size, number=number))

    def answer(self, number: int, size: int = 1) -> None:
        """Send an acknowledgement of so many bytes."""
        self.say(SERVER, packet("3", "y" * size, number=number))


def _peak(wire: Wire) -> int:
    """Return how many bytes were taken at most while a capture was read again.

    What is loaded when a capture asks for it is loaded by then.
    """
    records = wire.records
    for _ in Pipeline(Options()).inspect(records):
        pass
    tracemalloc.start()
    try:
        for _ in Pipeline(Options()).inspect(records):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("answers", [False, True])
def test_what_waits_takes_so_many_bytes_and_no_more(
    answers: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire()
    connection = _Compressed(wire)
    for number in range(20):
        if answers:
            connection.answer(number, _SIZE)
        else:
            connection.ask(number)
    captured = sum(len(each.data) for each in wire.records)
    bounded = _peak(wire)
    monkeypatch.setattr(gateways, "MAX_KEPT", 1 << 40)

    assert captured < 100_000
    assert bounded < 4 * _LIMIT
    assert _peak(wire) > 20 * _SIZE  # all of them


def test_the_oldest_is_told_as_it_stands_and_the_report_says_so() -> None:
    wire = Wire()
    connection = _Compressed(wire)
    for number in range(6):
        connection.ask(number)
    connection.ask(6, 10)
    for number in range(7):
        connection.answer(number)
    connection.link.close()
    found = inspected(wire.records)

    assert [
        (each.number, each.outcome, each.cause, each.in_flight)
        for each in found.exchanges
    ] == [
        (1, "unanswered", "limit", True),
        (2, "unanswered", "limit", True),
        *((number, "completed", None, False) for number in range(3, 8)),
    ]
    codes = [each.code for each in found.findings]
    assert codes.count("analysis-limit") == 2
    assert "value-after-end" not in codes  # what comes late belongs to them


def test_what_was_answered_waits_no_longer() -> None:
    wire = Wire()
    connection = _Compressed(wire)
    for number in range(12):
        connection.ask(number)
        connection.answer(number)
    found = inspected(wire.records)

    assert [each.outcome for each in found.exchanges] == ["completed"] * 12


def test_nothing_is_counted_once_all_is_over() -> None:
    wire = Wire()
    connection = _Compressed(wire)
    for number in range(3):
        connection.ask(number)
        connection.answer(100 + number, _SIZE // 3)
    connection.answer(1)
    connection.say(SERVER, packet("2", "exception", _failed()))
    connection.link.close()
    pipeline = Pipeline(Options())
    ended = [each for each in pipeline.inspect(wire.records) if type(each) is Exchange]

    assert len(ended) == 6
    assert _sizes(pipeline) == [0]


def _failed() -> Json:
    cause: Json = {"pattern": "sum", "data": "x" * _SIZE}
    return {"status": "error", "message": "no", "cause": cause}


def _sizes(root: object) -> list[int]:
    """Return what is still counted by whatever keeps payloads for a pipeline."""
    found: list[int] = []
    todo: list[object] = [root]
    seen: set[int] = set()
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, keeping.Keeping):
            found.append(each.size)
        elif isinstance(each, _HOLDS) or "inspector" in type(each).__module__:
            todo += gc.get_referents(each)
    return found
