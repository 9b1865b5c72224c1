"""A span has the parent that is on the wire, or one beyond doubt, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from inspector.telemetry.traces import (
    Place,
    Remote,
    is_sampled,
    place_of,
    remote_in,
    remote_of,
)
from protocol import UNDEFINED, JsonText
from tests.inspector.telemetry.found import CHAIN, NATS, TRACED, exchanges_of, route_of

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"
REMOTE = Remote(bytes.fromhex(TRACE), bytes.fromhex(SPAN))


def saying(metadata: bytes) -> Exchange:
    return replace(exchanges_of(TRACED)[0], metadata=JsonText(metadata))


@pytest.mark.parametrize(
    "text",
    [PARENT, f"00-{TRACE}-{SPAN}-00", f"01-{TRACE}-{SPAN}-01-more", f"fe{PARENT[2:]}"],
)
def test_what_a_traceparent_names_is_the_parent(text: str) -> None:
    assert remote_in(text) == REMOTE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00-abc-def-01",
        f"ff{PARENT[2:]}",
        f"{PARENT}-more",
        PARENT.upper(),
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"{PARENT}more",
    ],
)
def test_one_that_is_malformed_names_nothing(text: str) -> None:
    assert remote_in(text) is None


@pytest.mark.parametrize(
    "metadata",
    [
        b'{"traceparent":"%s"}',
        b'{"a":1,"Traceparent":"%s"}',
        b'{"headers":{"traceparent":["%s"]}}',
    ],
)
def test_it_is_in_the_metadata_of_a_request(metadata: bytes) -> None:
    assert remote_of(saying(metadata % PARENT.encode())) == REMOTE


@pytest.mark.parametrize(
    "metadata",
    [b"[]", b"1", b'{"headers":[]}', b'{"traceparent":[]}', b'{"traceparent":7}'],
)
def test_other_metadata_says_nothing(metadata: bytes) -> None:
    assert remote_of(saying(metadata)) is None
    padded = b'{"a":"%s","traceparent":"%s"}' % (b"x" * (1 << 14), PARENT.encode())
    assert remote_of(saying(padded)) is None


def test_real_services_send_it_over_tcp() -> None:
    assert {remote_of(each) for each in exchanges_of(TRACED)} == {REMOTE}


def test_over_a_broker_it_is_in_the_headers() -> None:
    call = route_of(NATS, "sum")[0]
    passage = call.passage
    assert passage is not None
    assert remote_of(call) is None
    asked = replace(call, passage=replace(passage, trace=PARENT), metadata=UNDEFINED)

    assert remote_of(asked) == REMOTE
    broken = replace(asked, passage=replace(passage, trace="00-abc-def-01"))
    assert remote_of(broken) is None


def test_ids_are_those_of_an_exchange_whenever_it_is_sent() -> None:
    places = [place_of(each, None, None) for each in exchanges_of(CHAIN)]

    assert len({each.span_id for each in places}) == len(places)
    assert len({each.trace_id for each in places}) == len(places)
    assert {(len(p.trace_id), len(p.span_id), p.parent_id) for p in places} == {
        (16, 8, b"")
    }
    assert places == [place_of(each, None, None) for each in exchanges_of(CHAIN)]


def test_the_parent_is_on_the_wire_or_beyond_doubt() -> None:
    call = exchanges_of(TRACED)[0]
    own = place_of(call, None, None)
    above = Place(b"t" * 16, b"s" * 8)
    other = Remote(b"t" * 16, b"o" * 8)

    assert place_of(call, REMOTE, None) == Place(*REMOTE)._replace(
        span_id=own.span_id, parent_id=REMOTE.span_id, remote=True
    )
    below = Place(above.trace_id, own.span_id, above.span_id)
    assert place_of(call, None, (None, above)) == below
    # What somebody else has passed on unchanged names the span above both …
    assert place_of(call, REMOTE, (REMOTE, above)) == below
    # … and what names another span is from who has made that.
    assert place_of(call, REMOTE, (other, above)).parent_id == REMOTE.span_id


@given(st.binary(min_size=16, max_size=16), st.floats(0, 1), st.floats(0, 1))
def test_of_two_shares_the_larger_has_all_of_the_smaller(
    trace_id: bytes, one: float, other: float
) -> None:
    assert is_sampled(trace_id, 1)
    assert not is_sampled(trace_id, 0)
    small, large = sorted((one, other))
    assert is_sampled(trace_id, small) <= is_sampled(trace_id, large)


def test_a_share_is_about_that_many() -> None:
    traces = [place_of(e, None, None).trace_id for e in exchanges_of(NATS)]
    spread = [bytes([*each[:9], n, *each[10:]]) for each in traces for n in range(256)]

    assert sum(is_sampled(each, 0.25) for each in spread) == len(traces) * 64
