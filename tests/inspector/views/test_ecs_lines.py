"""Lines of the Elastic Common Schema hold to its fields, types and allowed values."""

from __future__ import annotations

import json
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.filters.projection import compile_fields
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from inspector.streams.names import Names
from inspector.views.ecs_lines import (
    VERSION,
    capture_line,
    exchange_line,
    finding_line,
    waiting_line,
)
from inspector.views.live_status import LiveStatus
from protocol import JsonText
from tests.inspector.captures import CAPTURES, ROOT, SHOWCASE
from tests.inspector.conversation import Wire
from tests.inspector.views.ecs_fields import ALLOWED, ARRAYS, TYPES, flattened

if TYPE_CHECKING:
    from inspector.findings.finding import Finding

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")


def fits(kind: str, value: object) -> bool:
    if kind == "long":
        return type(value) is int and 0 <= value < 2**63
    if kind == "date":
        return isinstance(value, str) and _DATE.fullmatch(value) is not None
    if kind == "ip":
        return isinstance(value, str) and bool(ip_address(value))
    return isinstance(value, str)


def checked(line: bytes) -> dict[str, Any]:
    """Return a document, every field of which is one of ECS."""
    document: dict[str, Any] = json.loads(line)
    assert b"\n" not in line
    fields = flattened(document)
    for name, value in fields.items():
        assert isinstance(value, list) == (name in ARRAYS), name
        for each in value if isinstance(value, list) else [value]:
            assert fits(TYPES[name], each), (name, each)
            assert each in ALLOWED.get(name, {each}), (name, each)
    assert fields["ecs.version"] == VERSION
    assert document["source"] == document["client"] or "rule" in document
    for key, value in document["nest"].items():  # so that no index refuses another
        assert not isinstance(value, dict), key
    return document


def items_of(name: str, options: Options | None = None) -> list[Exchange | Finding]:
    return list(Pipeline(options).inspect(read_capture(name)))


def test_every_field_of_every_capture_is_one_of_the_schema() -> None:
    seen: set[str] = set()
    names = Names({"127.0.0.1": "localhost", ":8888": "calc"})
    for capture in CAPTURES:
        for item in items_of(str(capture), Options(names=names))[:300]:
            if isinstance(item, Exchange):
                seen |= set(flattened(checked(exchange_line(item))))
            else:
                seen |= set(flattened(checked(finding_line(item))))

    assert set(TYPES) - seen <= {"error.code", "span.id", "trace.id"}


def test_a_call_is_what_its_json_line_says() -> None:
    call = next(each for each in items_of(str(SHOWCASE)) if isinstance(each, Exchange))
    document = checked(exchange_line(call))

    assert document["event"]["duration"] == call.duration_ns
    assert document["event"]["outcome"] == "success"
    assert document["network"] == {
        "transport": "tcp",
        "type": "ipv4",
        "protocol": "nest",
        "bytes": call.request_bytes + call.reply_bytes,
        "packets": call.packets,
    }
    assert document["server"]["port"] == 8900
    assert document["nest"]["data"] == "[1,2,3]"
    assert document["nest"]["replies"] == ["6"]
    assert "error" not in document


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.COMPLETED, "success"),
        (Outcome.SENT, "unknown"),
        (Outcome.INCOMPLETE, "unknown"),
        (None, "unknown"),
        (Outcome.UNANSWERED, "failure"),
        (Outcome.NO_HANDLER, "failure"),
        (Outcome.REJECTED, "failure"),
    ],
)
def test_an_outcome_is_one_of_three(outcome: Outcome | None, said: str) -> None:
    call = items_of(str(SHOWCASE))[0]
    assert isinstance(call, Exchange)
    changed = msgspec.structs.replace(call, outcome=outcome)
    document = checked(exchange_line(changed))

    assert document["event"]["outcome"] == said
    assert ("error" in document) == (said == "failure")
    document = checked(exchange_line(msgspec.structs.replace(changed, in_flight=True)))
    assert document["event"]["outcome"] == "unknown"
    assert "error" not in document


def test_an_error_has_its_words_and_its_status() -> None:
    found = [each for each in items_of(str(SHOWCASE)) if isinstance(each, Exchange)]
    call = next(each for each in found if each.route == "refuse")
    document = checked(exchange_line(call))
    assert document["error"] == {"type": "error", "message": "refused on purpose"}

    err = JsonText(b'{"statusCode":404,"message":"no such user"}')
    replies = [msgspec.structs.replace(call.replies[-1], err=err)]
    document = checked(exchange_line(msgspec.structs.replace(call, replies=replies)))
    assert document["error"] == {
        "type": "error",
        "message": "no such user",
        "code": "404",
    }


@pytest.mark.parametrize(
    ("metadata", "trace"),
    [
        (f'{{"traceparent":"00-{"a" * 32}-{"b" * 16}-01"}}', "a" * 32),
        (f'{{"traceparent":"ff-{"a" * 32}-{"b" * 16}-01"}}', None),
        ('{"traceparent":7}', None),
        ('["traceparent"]', None),
        ("null", None),
    ],
)
def test_a_trace_is_that_of_the_metadata(metadata: str, trace: str | None) -> None:
    call = items_of(str(SHOWCASE))[0]
    assert isinstance(call, Exchange)
    sent = JsonText(metadata.encode())
    document = checked(exchange_line(msgspec.structs.replace(call, metadata=sent)))

    assert document.get("trace") == (None if trace is None else {"id": trace})
    assert document.get("span") == (None if trace is None else {"id": "b" * 16})
    assert document["nest"]["metadata"] == metadata


def test_columns_are_what_is_under_nest() -> None:
    call = items_of(str(SHOWCASE))[0]
    assert isinstance(call, Exchange)
    columns = compile_fields("route, data, latency_ns, data.missing")
    document = checked(exchange_line(call, columns))

    assert document["nest"] == {
        "route": '{"cmd":"sum"}',
        "data": "[1,2,3]",
        "latency_ns": call.latency_ns,
    }


def test_what_waits_has_no_outcome_and_no_error() -> None:
    call = items_of(str(SHOWCASE))[0]
    assert isinstance(call, Exchange)
    waiting = msgspec.structs.replace(
        call, outcome=None, replies=[], last_reply_ns=None
    )
    document = checked(waiting_line(waiting, 1_500_000_000))

    assert document["event"]["outcome"] == "unknown"
    assert document["event"]["duration"] == 1_500_000_000
    assert document["event"]["type"] == ["start"]
    assert document["message"].endswith(" waits for 1.50 s")


def test_the_end_of_a_run_is_a_metric() -> None:
    pipeline = Pipeline()
    for _ in pipeline.inspect(read_capture(str(SHOWCASE))):
        pass
    status = LiveStatus(10**18, 5, 2, [])
    document = json.loads(capture_line("lo", status, pipeline.report(), ["a.pcapng"]))

    assert document["@timestamp"] == "2001-09-09T01:46:40.000000000Z"
    assert document["event"]["kind"] == "metric"
    assert document["nest"]["dropped"] == 2
    assert document["nest"]["complete"] is False
    assert document["nest"]["messages"] == 210


def test_texts_of_any_kind_are_lines_that_elasticsearch_reads() -> None:
    wire = Wire()
    wire.connect().ask("\ud800\n", "1", "\u2028").answer("1", "x\ny")
    call = next(iter(Pipeline().inspect(wire.records)))
    assert isinstance(call, Exchange)
    document = checked(exchange_line(call))
    assert document["nest"]["route"] == "?\n"

    far = msgspec.structs.replace(call, time_ns=2**70, kind=Kind.ORPHAN, route=None)
    assert checked(exchange_line(far))["@timestamp"] == "1970-01-01T00:00:00.000000000Z"


def test_over_a_broker_its_channel_and_the_times_of_its_stages_are_under_nest() -> None:
    captures = sorted((ROOT / "captures" / "mqtt").glob("*.pcap"))
    assert captures
    found = [
        checked(exchange_line(each))
        for capture in captures[:4]
        for each in items_of(str(capture))
        if isinstance(each, Exchange)
    ]

    assert {each["network"]["protocol"] for each in found} >= {"mqtt"}
    calls = [each for each in found if "handler_ns" in each["nest"]]
    assert calls
    for call in calls:
        assert call["nest"]["channel"]
        assert isinstance(call["nest"]["handler_ns"], int)
