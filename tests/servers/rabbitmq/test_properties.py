"""Properties of messages, with pamqp as the other opinion."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp.commands import Basic

from servers.rabbitmq.properties import (
    Properties,
    Stamp,
    addresses,
    decode,
    encode,
    has_headers,
)

_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
_HEADERS = st.dictionaries(
    st.text("abc-", min_size=1, max_size=9), st.one_of(_TEXT, st.booleans())
)
_ANY = st.builds(
    Properties,
    content_type=st.none() | _TEXT,
    content_encoding=st.none() | _TEXT,
    headers=st.none() | _HEADERS,
    delivery_mode=st.none() | st.sampled_from([1, 2]),
    priority=st.none() | st.integers(0, 255),
    correlation_id=st.none() | _TEXT,
    reply_to=st.none() | _TEXT,
    expiration=st.none() | _TEXT,
    message_id=st.none() | _TEXT,
    timestamp=st.none() | st.integers(0, 4_000_000_000),
    type=st.none() | _TEXT,
    user_id=st.none() | _TEXT,
    app_id=st.none() | _TEXT,
)


@given(_ANY)
def test_what_is_written_is_read_again(properties: Properties) -> None:
    written = encode(properties)

    assert decode(written) == properties
    assert addresses(written) == (properties.correlation_id, properties.reply_to)
    assert has_headers(written) == (properties.headers is not None)


@given(_ANY)
def test_pamqp_reads_the_same(properties: Properties) -> None:
    written, theirs = encode(properties), Basic.Properties()
    theirs.unmarshal(int.from_bytes(written[:2], "big"), written[2:])

    for name, value in msgspec.structs.asdict(properties).items():
        found = getattr(theirs, "message_type" if name == "type" else name)
        if name == "timestamp" and value is not None:
            assert found == datetime.fromtimestamp(value, UTC)
        else:  # pamqp writes no cluster_id, which is empty
            assert found == (value if name != "cluster_id" else "")


@given(_ANY, st.none() | _TEXT)
def test_a_stamp_changes_the_correlation_alone(
    properties: Properties, identity: str | None
) -> None:
    others = msgspec.structs.replace(properties, correlation_id=None)
    expected = msgspec.structs.replace(others, correlation_id=identity)

    assert Stamp(others).on(identity) == encode(expected)


@pytest.mark.parametrize(
    "properties",
    [
        Properties(priority=256),
        Properties(timestamp=-1),
        Properties(content_type="x" * 256),
        Properties(headers={"a": object()}),
        Properties(headers={"a" * 129: "b"}),
    ],
)
def test_what_cannot_be_written_is_refused(properties: Properties) -> None:
    with pytest.raises(ValueError, match=r"cannot be|too long|more than 255 bytes"):
        encode(properties)


def test_headers_that_nobody_can_read_are_none() -> None:
    table = b"\1a\xff"  # of an unknown kind

    assert decode(b"\x20\0" + len(table).to_bytes(4, "big") + table).headers == {}
