from __future__ import annotations

from functools import partial
from unittest.mock import patch

import pytest

from inspector.calls.exchanges import Exchange, Kind
from inspector.calls.requests import Requests, route_of
from inspector.findings.finding import Finding
from inspector.pipeline import Options, Pipeline
from protocol import UNDEFINED, loads
from tests.inspector.carriers.http.written import (
    CHUNKED,
    EVENTS,
    TRACE,
    answered,
    asked,
    began,
    chunks,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_http import called, exchanged, server


@pytest.mark.parametrize(
    ("pattern", "route"),
    [
        ("GET /users/7", "GET /users/:id"),
        ("GET /users/7/posts/8", "GET /users/:id/posts/:id"),
        ("GET /a/123e4567-e89b-12d3-a456-426614174000", "GET /a/:id"),
        ("GET /a/0123456789abcdef", "GET /a/:id"),
        ("GET /a/V1StGXR8Z5jdHi6BmyTa1", "GET /a/:id"),
        ("GET /v1/users", "GET /v1/users"),
        ("GET /internationalization-of-text", "GET /internationalization-of-text"),
        ("POST /graphql query users", "POST /graphql query users"),
        ("GET /", "GET /"),
    ],
)
def test_a_route_does_not_name_one_of_many(pattern: str, route: str) -> None:
    assert route_of(pattern) == route


def test_an_exchange_has_what_a_chain_needs() -> None:
    wire = Wire()
    link = server(wire)
    fields = (f"traceparent: {TRACE}", "tracestate: a=b")
    link.send(CLIENT, asked("POST", "/sum?a=1", "[1,2]", *fields))
    called(wire)
    link.send(SERVER, answered('{"message":"no"}', "500 Internal Server Error"))

    root, call = inspected(wire.records, beginnings=True).exchanges

    assert (root.carrier, root.kind, root.outcome) == ("http", "message", "error")
    assert (root.client_text, root.server_text) == ("10.0.0.1:50001", "10.0.0.9:3000")
    assert root.data is not UNDEFINED
    assert root.metadata is not UNDEFINED
    assert loads(root.data) == [1, 2]
    assert loads(root.metadata) == {"traceparent": TRACE, "tracestate": "a=b"}
    assert root.time_ns < call.time_ns < (root.last_reply_ns or 0) == root.ended_ns
    (reply,) = root.replies
    assert reply.err is not UNDEFINED
    assert reply.status is not UNDEFINED
    assert (loads(reply.err), loads(reply.status)) == ({"message": "no"}, 500)


def test_the_parts_of_a_long_body_count_with_its_exchange() -> None:
    wire = Wire()
    called(wire)
    link, size = server(wire), 200_000
    data = asked("POST", "/a", "x" * size)
    for place in range(0, len(data), 50_000):
        link.send(CLIENT, data[place : place + 50_000])
    back = answered("y" * size)
    for place in range(0, len(back), 50_000):
        link.send(SERVER, back[place : place + 50_000])

    _, root = inspected(wire.records, beginnings=True).exchanges

    assert root.request_bytes == len(data)
    assert root.reply_bytes == len(back)
    assert root.packets == 10
    assert (root.outcome, root.values) == ("completed", 1)


def test_events_are_values_until_the_client_leaves() -> None:
    wire = Wire()
    called(wire)
    link = server(wire)
    link.send(CLIENT, asked("GET", "/events"))
    link.send(SERVER, began("200 OK", EVENTS, CHUNKED))
    times = []
    for number in (1, 2, 3):
        wire.wait(1_000_000_000)
        link.send(SERVER, chunks(f"data: {number}\n\n")[: -len("0\r\n\r\n")])
        times.append(wire.now_ns)
    link.close()

    _, root = inspected(wire.linger().records, beginnings=True).exchanges

    assert (root.outcome, root.values) == ("incomplete", 3)
    assert [packet.time_ns for packet in root.reply_ends] == times
    assert [loads(each.response) for each in root.replies] == [1, 2, 3]  # type: ignore[arg-type]


def test_replies_of_nest_alone_are_counted() -> None:
    wire = Wire()
    called(wire)
    exchanged(server(wire))
    report = inspected(wire.records, beginnings=True).report
    assert (report.replies, report.frames) == (1, 2)


def test_of_one_side_alone_each_message_is_told() -> None:
    wire = Wire()
    called(wire)
    link = wire.join(client="10.0.0.1:50001", server="10.0.0.9:3000")
    link.send(SERVER, answered("1"))
    link.send(SERVER, answered("2", "404 Not Found"))
    other = wire.join(client="10.0.0.1:50002", server="10.0.0.9:3000")
    other.send(CLIENT, asked("GET", "/a"))

    _, *found = inspected(wire.linger().records, beginnings=True).exchanges

    assert [(each.kind, each.outcome) for each in found] == [
        (Kind.ORPHAN, "completed"),
        (Kind.ORPHAN, "error"),
        (Kind.MESSAGE, "unanswered"),
    ]


def test_of_requests_without_responses_only_so_many_are_kept() -> None:
    wire = Wire()
    called(wire)
    links = [server(wire, port) for port in (50_001, 50_002)]
    few = partial(Requests, most=4)
    for number in range(10):  # five on each, by turns
        links[number % 2].send(CLIENT, asked("GET", f"/{'abcdefghij'[number]}"))
    with patch("inspector.calls.dispatching.Requests", few):
        pipeline = Pipeline(Options(beginnings=True))
    found = list(pipeline.inspect(wire.records))
    told = [
        each for each in found if isinstance(each, Exchange) and each.carrier == "http"
    ]
    limits = [each for each in found if isinstance(each, Finding)]

    assert [each.route for each in told[:6]] == [f"GET /{name}" for name in "abcdef"]
    assert all(each.cause == "limit" and each.in_flight for each in told[:6])
    assert len(told) == 10
    assert {each.code for each in limits} == {"analysis-limit"}
    assert len(limits) == 6
    assert limits[0].hint == "capture for less long, or fewer services"
