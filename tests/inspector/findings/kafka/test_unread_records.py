from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.kafka.written import batch, record, zipped
from tests.inspector.over_kafka import Broker
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire

_UNKNOWN = 7  # a codec


def _said(data: bytes) -> Wire:
    """Return a call, and records after it that are compressed."""
    broker = Broker()
    caller, handler = broker.peer("sum.reply"), broker.peer("sum")
    broker.call(caller, handler)
    broker.produce(caller, "log", record("{}"), data=data)
    return broker.wire


TRACE = Trace(
    lambda: _said(batch(record("{}"), attributes=_UNKNOWN)),
    lambda: _said(zipped(record("{}"))),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "unread-records") == Sentences(
        message="the client sent compressed records: nothing reads codec 7",
        headline="1 frame with compressed records not read",
        cause=(
            "Nothing reads codec 7. The calls and events in them are missing here; "
            "snappy and lz4 take an extra of this program. Packet 29."
        ),
        hint="install what reads them: pip install 'protocol-inspect[kafka]'",
    )
