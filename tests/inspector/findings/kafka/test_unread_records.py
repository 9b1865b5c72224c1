from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import cramjam
import pytest

from tests.inspector.carriers.kafka.written import batch, record
from tests.inspector.over_kafka import Broker
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire

SNAPPY, NEVER = 2, 7


def _said(codec: int) -> Wire:
    """Return a call, and records after it that are compressed."""
    broker = Broker()
    caller, handler = broker.peer("sum.reply"), broker.peer("sum")
    broker.call(caller, handler)
    said = record("{}")
    data = bytes(cramjam.snappy.compress_raw(said))
    broker.produce(caller, "log", said, data=batch(said, attributes=codec, data=data))
    return broker.wire


def _lacking() -> Wire:
    """Return the same, to be read without the library of the codec."""
    return _said(SNAPPY)


TRACE = Trace(_lacking, lambda: _said(NEVER), frozenset({"kafka-protocol"}))


@pytest.fixture(autouse=True)
def _without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cramjam", None)


def test_what_it_says() -> None:
    assert said_of(TRACE, "unread-records") == Sentences(
        message=("the client sent compressed records: install protocol-inspect[kafka]"),
        headline="1 frame with compressed records not read",
        cause=(
            "They are compressed by snappy or lz4, which an extra of this program "
            "reads. The calls and events in them are missing here. Packet 29."
        ),
        hint="install what reads them: pip install 'protocol-inspect[kafka]'",
    )
