"""Properties are those that pamqp writes, without their secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from inspector.carriers.rabbitmq.properties import read_header
from inspector.redaction.texts import AUTO, Redaction

_TEXT = st.text(st.characters(codec="utf-8"), max_size=20).filter(
    lambda text: len(text.encode()) < 256
)
_NAMES = [
    "content_type",
    "content_encoding",
    "correlation_id",
    "reply_to",
    "expiration",
    "message_id",
    "message_type",
    "user_id",
    "app_id",
]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_SAID = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(_NAMES, _TEXT.filter(bool)),
        "headers": st.dictionaries(_TEXT.filter(bool), _TEXT, min_size=1, max_size=3),
        "delivery_mode": st.sampled_from([1, 2]),
        "priority": st.integers(1, 255),
        "timestamp": st.integers(1, 2**31).map(_moment),
    },
)


@given(st.integers(0, 2**40), _SAID)
def test_what_pamqp_writes_is_read(size: int, said: dict[str, Any]) -> None:
    payload = ContentHeader(
        body_size=size, properties=Basic.Properties(**said)
    ).marshal()
    properties = read_header(payload, 0, len(payload), None)

    assert properties is not None
    assert properties.size == size
    assert properties.correlation == said.pop("correlation_id", None)
    assert properties.reply_to == said.pop("reply_to", None)
    if "timestamp" in said:
        said["timestamp"] = int(said["timestamp"].timestamp())
    if "message_type" in said:
        said["type"] = said.pop("message_type")
    assert properties.facts == said


@given(st.binary(max_size=60))
def test_any_other_bytes_are_malformed_or_read(payload: bytes) -> None:
    properties = read_header(payload, 0, len(payload), None)
    assert properties is None or properties.size >= 0


def test_what_does_not_end_where_its_frame_does_is_malformed() -> None:
    payload = ContentHeader(
        body_size=1, properties=Basic.Properties(app_id="a")
    ).marshal()
    assert read_header(payload, 0, len(payload), None)
    for broken in (payload[:-1], payload + b"x", payload[:12] + b"\0\x09", b""):
        assert read_header(broken, 0, len(broken), None) is None
    payload = ContentHeader(
        properties=Basic.Properties(timestamp=datetime.now(UTC))
    ).marshal()
    assert read_header(payload[:-1], 0, len(payload) - 1, None) is None


def test_secret_headers_are_hidden() -> None:
    said: Any = {"authorization": "Bearer 0123456789", "x-trace": "7"}
    properties = Basic.Properties(headers=said)
    payload = ContentHeader(body_size=1, properties=properties).marshal()
    found = read_header(payload, 0, len(payload), Redaction([AUTO]))

    assert found is not None
    assert found.facts["headers"] == {"authorization": "x" * 17, "x-trace": "7"}
    assert found.secrets is not None
    (span,) = found.secrets
    assert payload[span.begin : span.end] == b"Bearer 0123456789"
