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
    encode_packet,
    route,
)
from servers import InvalidMessageError, PatternError
from servers.client.packets import event_frame, identities, request_frame

_json = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
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

    assert request_frame(pattern, data, metadata, "00a") == encode_packet(packet)


@given(_patterns, _json, _metadata)
def test_an_event_carries_its_route(pattern: Json, data: Json, metadata: Json) -> None:
    name = pattern if isinstance(pattern, str) else route(pattern)
    packet = Event(name, _text(data), _text(metadata))

    assert event_frame(pattern, data, metadata) == encode_packet(packet)


@pytest.mark.parametrize("nothing", [None, UNDEFINED])
def test_null_and_undefined_are_refused_as_nest_refuses_them(nothing: Json) -> None:
    for pattern, data in ((nothing, 1), ("a", nothing)):
        with pytest.raises(InvalidMessageError):
            request_frame(pattern, data, UNDEFINED, "1")
        with pytest.raises(InvalidMessageError):
            event_frame(pattern, data, UNDEFINED)


@pytest.mark.parametrize(
    "pattern",
    [object(), b"a", float("nan"), {"a": object()}, {1, 2}, {"a": float("inf")}],
)
def test_what_is_no_pattern_is_refused(pattern: Json) -> None:
    with pytest.raises(PatternError):
        request_frame(pattern, 1, UNDEFINED, "1")
    with pytest.raises(PatternError):
        event_frame(pattern, 1, UNDEFINED)


@pytest.mark.parametrize("data", [float("nan"), [float("-inf")], object(), print])
def test_what_json_cannot_hold_is_refused(data: Json) -> None:
    with pytest.raises(EncodeError):
        request_frame("a", data, UNDEFINED, "1")
    with pytest.raises(EncodeError):
        event_frame("a", data, UNDEFINED)
    with pytest.raises(EncodeError):
        request_frame("a", 1, {"a": data}, "1")


def test_falsy_data_is_sent() -> None:
    falsy: list[Json] = ["", 0, False, [], {}]
    for data in falsy:
        assert b'"data":%b' % dumps(data) in request_frame("", data, UNDEFINED, "1")


def test_ids_look_like_nests_and_never_repeat() -> None:
    ids = [*islice(identities(), 1_000), *islice(identities(), 1_000)]

    assert len(set(ids)) == 2_000
    assert {len(each) for each in ids} == {21}
    assert not set("".join(ids)) - set("0123456789abcdef")
