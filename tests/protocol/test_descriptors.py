from __future__ import annotations

import sys
from functools import cache

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from captures.grpc_stage import PROTO
from inspector.carriers.grpc.schemas import Schemas
from protocol import loads
from protocol.descriptors import (
    DescriptorError,
    Known,
    Method,
    methods_in,
    read_known,
    read_message,
    write_message,
)


@cache
def _method(name: str) -> Method:
    method = Schemas([str(PROTO)]).method(f"/calc.Calculator/{name}")
    assert method is not None
    return method


def test_a_method_says_what_it_takes_and_gives() -> None:
    chat, count = _method("Chat"), _method("Count")
    assert (chat.takes_stream, chat.gives_stream) == (True, True)
    assert (count.takes_stream, count.gives_stream) == (False, True)
    assert (count.service, count.path) == ("calc.Calculator", "/calc.Calculator/Count")


def test_messages_are_json_both_ways_with_the_names_of_their_fields() -> None:
    kind = _method("Describe").request
    value = {"userName": "Zoë", "negative": -5, "counts": {"a": 1, "b": 2}}
    data = write_message(
        b'{"userName":"Zo\xc3\xab","negative":-5,"counts":{"b":2,"a":1}}', kind
    )
    text = read_message(data, kind)
    assert text is not None
    assert loads(text) == value
    assert read_known(data, kind) == Known(text, ())
    assert read_message(b"\x0a\x05a", kind) is None


def test_fields_that_a_kind_lacks_are_named_by_their_numbers() -> None:
    kind = _method("Describe").request
    more = b"\x4a\x04\x08\x07\x28\x01"  # nested: { value: 7, 5: 1 }
    text = b"\x52\x02\x38\x01"  # texts: [{ 7: 1 }]
    known = read_known(b"\xf8\x07\x01" + more + text + b"\xf8\x07\x02", kind)
    assert known is not None
    assert loads(known.text) == {"nested": {"value": 7}, "texts": [{}]}
    assert sorted(known.unknown) == ["127", "nested.5", "texts.7"]
    assert read_known(b"\x0a\x05a", kind) is None


def test_what_is_no_message_is_refused_with_a_reason() -> None:
    with pytest.raises(DescriptorError, match="nope"):
        write_message(b'{"nope":1}', _method("Sum").request)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\xff", "not a set"), (FileDescriptorSet().SerializeToString(), "no service")],
)
def test_what_describes_nothing_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(DescriptorError, match=words):
        methods_in(data)


def test_without_the_library_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "google.protobuf.descriptor_pb2", None)
    with pytest.raises(DescriptorError, match=r"protocol-inspect\[grpc\]"):
        methods_in(b"")
