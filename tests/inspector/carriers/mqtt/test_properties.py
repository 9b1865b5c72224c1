from __future__ import annotations

import pytest

from inspector.carriers.base import Span
from inspector.carriers.mqtt.fields import MalformedError
from inspector.carriers.mqtt.properties import (
    NO_PROPERTIES,
    REASON_STRING,
    TOPIC_ALIAS,
    UserProperty,
    properties_at,
)
from tests.inspector.carriers.mqtt.written import binary, length, user


def test_user_properties_keep_their_order_and_places() -> None:
    data = b"??" + length(23) + user(a="1", bc="de") + user(a="3")

    said, after = properties_at(data, 2, len(data))

    assert after == len(data)
    assert said.user == (
        UserProperty("a", "1", Span(9, 10)),
        UserProperty("bc", "de", Span(17, 19)),
        UserProperty("a", "3", Span(25, 26)),
    )
    assert data[17:19] == b"de"


def test_numbers_texts_and_secrets_are_told_apart() -> None:
    words = (
        b"\x23\0\x05\x01\x01\x0b\x80\x01\x02\0\0\0\x3c"
        b"\x1f" + binary("no") + b"\x15" + binary("TOKEN") + b"\x16" + binary(b"hidden")
    )
    data = length(len(words)) + words

    said, _ = properties_at(data, 0, len(data))

    assert said.values[TOPIC_ALIAS] == 5
    assert said.values[REASON_STRING] == "no"
    assert said.values[0x0B] == 128
    assert [data[begin:end] for begin, end in said.secret] == [b"no", b"hidden"]


def test_none_are_always_the_same() -> None:
    assert properties_at(b"\0", 0, 1) == (NO_PROPERTIES, 1)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"\x05\x23\0\x05", "inside its properties"),
        (b"\x02\x23\0", "inside a property"),
        (b"\x02\x7b\0", "property 0x7b"),
        (b"\x04\x26\0\x01a", "length of a string"),
    ],
)
def test_others_are_malformed(data: bytes, detail: str) -> None:
    with pytest.raises(MalformedError, match=detail):
        properties_at(data, 0, len(data))
