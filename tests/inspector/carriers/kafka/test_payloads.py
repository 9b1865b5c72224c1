from __future__ import annotations

import pytest

from inspector.carriers.kafka.payloads import NULL, read_record, text_of
from protocol import Event, JsonText, Request, Response


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, b"null"),
        (b'{"a": 1}', b'{"a": 1}'),
        (b"[1,2]", b"[1,2]"),
        (b"{broken", b'"{broken"'),
        (b"42", b'"42"'),
        (b"true", b'"true"'),
        (b"null", b'"null"'),
        (b"", b'""'),
        ("求".encode(), '"求"'.encode()),
    ],
)
def test_values_are_read_as_nest_reads_them(value: bytes | None, text: bytes) -> None:
    assert text_of(value) == JsonText(text)


@pytest.mark.parametrize("value", [b"\0\0\0\0\1avro", b"\xff\xfe", b"[\xff]"])
def test_what_is_binary_is_no_text(value: bytes) -> None:
    assert text_of(value) is None


ASKS = {"kafka_correlationId": b"7", "kafka_replyTopic": b"sum.reply"}


def test_headers_say_what_a_record_is() -> None:
    value = JsonText(b"[1]")
    answers = {"kafka_correlationId": b"7"}
    failed = answers | {"kafka_nest-err": b'{"code":1}'}
    words = answers | {"kafka_nest-err": b"no such thing"}
    last = answers | {"kafka_nest-is-disposed": b"\0"}

    assert read_record("sum", value, {}) == Event("sum", value)
    assert read_record("sum", value, ASKS) == Request("sum", "7", value)
    assert read_record("r", value, answers) == Response("7", value)
    assert read_record("r", value, last) == Response("7", value, is_disposed=True)
    error = read_record("r", NULL, failed)
    assert error == Response("7", NULL, JsonText(b'{"code":1}'), is_disposed=True)
    told = read_record("r", NULL, words)
    assert isinstance(told, Response)
    assert told.err == JsonText(b'"no such thing"')


def test_without_where_the_reply_goes_it_is_no_request() -> None:
    asked = read_record("sum", NULL, ASKS | {"kafka_replyTopic": b""})
    assert isinstance(asked, Response)
    lone = read_record("sum", NULL, {"kafka_replyTopic": b"sum.reply"})
    assert isinstance(lone, Event)
