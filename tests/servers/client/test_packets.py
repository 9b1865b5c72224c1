from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import (
    UNDEFINED,
    EncodeError,
    Event,
    Json,
    Request,
    dumps,
    encode_frame,
    encode_packet,
    route,
)
from servers import InvalidMessageError, PatternError
from servers.client.packets import event_body, identities, request_body

_texts = st.text(st.characters(exclude_categories=[]))  # lone surrogates too
_json = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | _texts | st.sampled_from(["null"]),
    lambda inner: st.lists(inner | st.none()) | st.dictionaries(_texts, inner),
    max_leaves=8,
)
_patterns = (
    st.text() | st.integers(0, 999) | st.dictionaries(st.text(), _json, max_size=3)
)
_metadata = st.just(UNDEFINED) | st.dictionaries(st.text(), st.text(), max_size=2)


def _text(value: Json) -> Json:
    return UNDEFINED if value is UNDEFINED else dumps(value)


@given(_patterns, _json, _metadata)
def test_a_request_is_what_the_protocol_writes(
    pattern: Json, data: Json, metadata: Json
) -> None:
    packet = Request(pattern, "00a", _text(data), _text(metadata))

    body = request_body(pattern, data, metadata, "00a")

    assert encode_frame(body) == encode_packet(packet)


@given(_patterns, _json, _metadata)
def test_an_event_carries_its_route(pattern: Json, data: Json, metadata: Json) -> None:
    name = pattern if isinstance(pattern, str) else route(pattern)
    packet = Event(name, _text(data), _text(metadata))

    assert encode_frame(event_body(pattern, data, metadata)) == encode_packet(packet)


@pytest.mark.parametrize("nothing", [None, UNDEFINED])
def test_null_and_undefined_are_refused_as_nest_refuses_them(nothing: Json) -> None:
    for pattern, data in ((nothing, 1), ("a", nothing)):
        with pytest.raises(InvalidMessageError):
            request_body(pattern, data, UNDEFINED, "1")
        with pytest.raises(InvalidMessageError):
            event_body(pattern, data, UNDEFINED)


@pytest.mark.parametrize(
    "pattern",
    [object(), b"a", float("nan"), {"a": object()}, {1, 2}, {"a": float("inf")}],
)
def test_what_is_no_pattern_is_refused(pattern: Json) -> None:
    with pytest.raises(PatternError):
        request_body(pattern, 1, UNDEFINED, "1")
    with pytest.raises(PatternError):
        event_body(pattern, 1, UNDEFINED)


@pytest.mark.parametrize("data", [float("nan"), [float("-inf")], object(), print])
def test_what_json_cannot_hold_is_refused(data: Json) -> None:
    with pytest.raises(EncodeError):
        request_body("a", data, UNDEFINED, "1")
    with pytest.raises(EncodeError):
        event_body("a", data, UNDEFINED)
    with pytest.raises(EncodeError):
        request_body("a", 1, {"a": data}, "1")


def test_the_keys_stand_as_nest_writes_them() -> None:
    request = request_body({"b": 1, "a": 2}, [None], {"m": 1}, "9")
    event = event_body({"b": 1, "a": 2}, [None], {"m": 1})

    assert request == (
        b'{"pattern":{"b":1,"a":2},"data":[null],"metadata":{"m":1},"id":"9"}'
    )
    assert (
        event == b'{"pattern":"{\\"a\\":2,\\"b\\":1}","data":[null],"metadata":{"m":1}}'
    )


@pytest.mark.parametrize("pattern", [True, False])
def test_booleans_are_not_turned_into_routes(pattern: Json) -> None:
    assert event_body(pattern, 1, UNDEFINED) == b'{"pattern":%b,"data":1}' % dumps(
        pattern
    )


def test_numbers_are() -> None:
    assert event_body(1.0, 1, UNDEFINED) == b'{"pattern":"1","data":1}'
    assert request_body(1.5, 1, UNDEFINED, "1") == b'{"pattern":1.5,"data":1,"id":"1"}'


@pytest.mark.parametrize("metadata", [None, 0, "", {}])
def test_metadata_that_is_nearly_nothing_is_written(metadata: Json) -> None:
    written = b',"metadata":%b' % dumps(metadata)

    assert written in request_body("a", 1, metadata, "1")
    assert written in event_body("a", 1, metadata)


def test_falsy_data_is_sent() -> None:
    falsy: list[Json] = ["", 0, False, [], {}]
    for data in falsy:
        assert b'"data":%b' % dumps(data) in request_body("", data, UNDEFINED, "1")


def test_ids_look_like_nests_and_never_repeat() -> None:
    ids = [*islice(identities(), 1_000), *islice(identities(), 1_000)]

    assert len(set(ids)) == 2_000
    assert {len(each) for each in ids} == {21}
    assert not set("".join(ids)) - set("0123456789abcdef")
