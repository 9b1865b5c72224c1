"""A span has the times, the kind and the attributes of its exchange."""

from __future__ import annotations

from msgspec.structs import replace
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.telemetry.conventions import is_wrong
from inspector.telemetry.spans import span_of, times_of
from inspector.telemetry.traces import Place
from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.telemetry.collector import values_of
from tests.inspector.telemetry.found import CHAIN, GRPC, NATS, exchanges_of, route_of

PLACE = Place(b"t" * 16, b"s" * 8)


def spanned(exchange: Exchange) -> Span:
    return span_of(exchange, PLACE)


def test_a_call_is_a_span_of_who_serves() -> None:
    call = route_of(SEED, "sum")[0]
    span = spanned(call)

    assert (span.name, span.kind) == ("sum", Span.SPAN_KIND_SERVER)
    assert span.start_time_unix_nano == call.asked_ns
    assert span.end_time_unix_nano == call.last_reply_ns
    assert (span.trace_id, span.span_id) == PLACE[:2]
    assert (span.parent_span_id, span.flags) == (b"", 0)
    assert span.status.code == Status.STATUS_CODE_UNSET
    said = values_of(span.attributes)
    assert said["rpc.method"] == "sum"
    assert said["protocol_inspect.exchange"] == call.number
    assert said["protocol_inspect.packets"] == call.packets
    assert said["protocol_inspect.latency_seconds"] == (call.latency_ns or 0) / 1e9
    assert not span.events


def test_a_parent_is_said_to_be_remote_or_not() -> None:
    call = route_of(SEED, "sum")[0]
    below = span_of(call, PLACE._replace(parent_id=b"p" * 8))
    remote = span_of(call, PLACE._replace(parent_id=b"p" * 8, remote=True))

    assert (below.parent_span_id, below.flags) == (b"p" * 8, 0x100)
    assert (remote.parent_span_id, remote.flags) == (b"p" * 8, 0x300)


def test_what_is_wrong_is_an_error_without_the_words_of_it() -> None:
    for call in [e for e in exchanges_of(NATS) if is_wrong(e)]:
        span = spanned(call)
        assert span.status.code == Status.STATUS_CODE_ERROR
        assert not span.status.message
        if call.last_reply_ns is None and call.kind is Kind.MESSAGE:
            assert span.end_time_unix_nano == call.ended_ns > call.asked_ns


def test_no_payload_is_in_any_span() -> None:
    for capture in (SHOWCASE, NATS, GRPC, CHAIN):
        for each in exchanges_of(capture):
            if each.kind is Kind.ORPHAN:
                continue
            payloads = [bytes(each.data)] if each.data else []
            payloads += [bytes(r.response) for r in each.replies if r.response]
            payloads += [bytes(r.err) for r in each.replies if r.err]
            sent = spanned(each).SerializeToString()
            texts = {p.strip(b'"') for p in payloads if len(p) > 8}
            named = (each.route or "").encode()  # that may be what was sent, too
            assert not [text for text in texts if text != named and text in sent]


def test_over_a_broker_a_span_has_its_stages() -> None:
    call = route_of(NATS, "sum")[0]
    span, passage = spanned(call), call.passage
    assert passage is not None

    assert [each.name for each in span.events] == [
        "request to broker",
        "request to handler",
        "reply to broker",
        "reply to caller",
    ]
    times = [each.time_unix_nano for each in span.events]
    assert times == sorted(times)
    said = values_of(span.attributes)
    for name in ("queue", "handler", "return"):
        expected = getattr(passage, f"{name}_ns") / 1e9
        assert said[f"protocol_inspect.{name}_seconds"] == expected


def test_an_event_lasts_until_a_handler_has_it() -> None:
    event = route_of(NATS, "log")[0]
    lost = next(e for e in exchanges_of(NATS) if e.outcome is Outcome.UNDELIVERED)
    direct = route_of(SEED, "log")[0]
    span, passage = spanned(event), event.passage
    assert passage is not None

    assert (span.name, span.kind) == ("receive log", Span.SPAN_KIND_CONSUMER)
    assert times_of(event) == (event.asked_ns, event.asked_ns + (passage.queue_ns or 0))
    assert spanned(lost).name == "send nope"
    assert spanned(lost).kind == Span.SPAN_KIND_PRODUCER
    assert times_of(direct) == (direct.asked_ns, direct.asked_ns)
    assert values_of(spanned(direct).attributes)["protocol_inspect.route"] == "log"


def test_a_stream_says_when_its_first_reply_came() -> None:
    call = next(each for each in exchanges_of(GRPC) if each.values > 2)

    (first,) = spanned(call).events
    assert (first.name, first.time_unix_nano) == ("first reply", call.first_reply_ns)


def test_times_that_contradict_each_other_make_no_negative_span() -> None:
    call = route_of(SEED, "sum")[0]
    earlier = replace(call, last_reply_ns=call.asked_ns - 5)

    assert times_of(earlier) == (call.asked_ns, call.asked_ns)
    assert times_of(replace(call, untimed=True)) == (call.asked_ns, call.asked_ns)
    assert (
        spanned(replace(call, asked_ns=-7, last_reply_ns=-7)).start_time_unix_nano == 0
    )
    late = spanned(replace(call, last_reply_ns=1 << 70))
    assert late.end_time_unix_nano == (1 << 64) - 1
