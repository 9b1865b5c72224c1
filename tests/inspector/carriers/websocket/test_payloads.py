from __future__ import annotations

import pytest

from inspector.carriers.websocket.payloads import (
    arguments,
    cause_in,
    hidden,
    is_json,
    items_of,
    members_of,
    text_of,
)
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, JsonText

_FAILED = b'{"status":"error","message":"m","cause":{"pattern":"sum","data":{"a":[1]}}}'


def test_members_and_items_are_texts() -> None:
    members = members_of(b'{"event":"sum","data":{"a":1}}')
    assert members == {"event": JsonText(b'"sum"'), "data": JsonText(b'{"a":1}')}
    assert items_of(b'["sum", {"a":1}]') == [JsonText(b'"sum"'), JsonText(b'{"a":1}')]


@pytest.mark.parametrize("text", [b"[1]", b"1", b"hello", b"", b"{"])
def test_what_is_no_object_has_no_members(text: bytes) -> None:
    assert members_of(text) is None


def test_what_is_no_array_has_no_items() -> None:
    assert items_of(b"{}") is None
    assert items_of(b"[1") is None


def test_what_only_javascript_reads_is_read() -> None:
    assert items_of(b'["\\ud800"]') == [JsonText(b'"\\ud800"')]
    assert members_of(b'{"a":"\\ud800"}') == {"a": JsonText(b'"\\ud800"')}
    assert is_json(b"7")
    assert not is_json(b"hello")


def test_a_handler_is_given_several_arguments_as_an_array() -> None:
    one, two = JsonText(b"1"), JsonText(b'"b"')
    assert arguments([]) is UNDEFINED
    assert arguments([one]) == one
    assert arguments([one, two]) == JsonText(b'[1,"b"]')


def test_an_exception_names_its_cause() -> None:
    assert cause_in(JsonText(_FAILED)) == ("sum", JsonText(b'{"a":[1]}'))
    assert cause_in(JsonText(b'{"cause":{"pattern":"log"}}')) == ("log", UNDEFINED)


@pytest.mark.parametrize(
    "data",
    [b'{"message":"m"}', b'{"cause":1}', b'{"cause":{"data":1}}', b'"cause"', b"[]"],
)
def test_an_exception_without_one_names_none(data: bytes) -> None:
    assert cause_in(JsonText(data)) is None
    assert cause_in(UNDEFINED) is None


def test_a_text_is_a_string() -> None:
    assert (text_of(JsonText(b'"a"')), text_of(JsonText(b"1"))) == ("a", None)


def test_secrets_are_hidden_in_as_many_bytes() -> None:
    redaction = Redaction(["data.name"])
    assert hidden(b'{"name":"ada"}', b"data", None) == b'{"name":"ada"}'
    assert hidden(b'{"name":"ada"}', b"data", redaction) == b'{"name":"xxx"}'
    assert hidden(b'{"data":{"name":"ada"}}', b"", redaction) == (
        b'{"data":{"name":"xxx"}}'
    )


def test_they_are_hidden_where_an_exception_repeats_them() -> None:
    text = b'[{"message":"no","cause":{"pattern":"log","data":{"name":"ada"}}}]'
    blames = ("log", JsonText(b'{"name":"ada"}'))
    shown = hidden(text, b"data", Redaction(["data.name"]), blames)
    assert shown == text.replace(b"ada", b"xxx")
    everything = hidden(text, b"data", Redaction(["data"]), blames)
    assert everything == (
        b'[{"message":"xx","cause":{"pattern":"log","data":{"name":"xxx"}}}]'
    )
