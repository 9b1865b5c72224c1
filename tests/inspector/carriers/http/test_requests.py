from __future__ import annotations

import pytest

from inspector.carriers.http.requests import (
    metadata_of,
    pattern_of,
    query_of,
    shown_path,
)
from inspector.carriers.web.heads import Head, read_head
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, Json, loads
from tests.inspector.carriers.http.written import TRACE, asked


def _head(target: str, *fields: str, method: str = "GET") -> Head:
    head = read_head(asked(method, target, "", *fields), 0)
    assert head is not None
    return head


@pytest.mark.parametrize(
    ("target", "body", "pattern"),
    [
        ("/sum?num=1", UNDEFINED, "GET /sum"),
        ("/", UNDEFINED, "GET /"),
        ("http://u:p@api:80/sum?x", UNDEFINED, "GET /sum"),
        ("http://api", UNDEFINED, "GET /"),
        ("*", UNDEFINED, "GET *"),
        ("/graphql", {"query": "{ me }"}, "GET /graphql query me"),
        ("/graphql?query=%7Bme%7D", UNDEFINED, "GET /graphql query me"),
        ("/find?query=shoes", UNDEFINED, "GET /find"),
    ],
)
def test_a_pattern_is_a_method_and_a_path(
    target: str, body: Json, pattern: str
) -> None:
    assert pattern_of(_head(target), body) == pattern


def test_a_query_is_data() -> None:
    query = query_of(_head("/sum?num=1,2&a=%20&b=1&b=2&b=3&c="))
    assert query is not UNDEFINED
    assert loads(query) == {"num": "1,2", "a": " ", "b": ["1", "2", "3"], "c": ""}
    assert query_of(_head("/sum")) is UNDEFINED


def test_the_trace_and_the_proxies_are_metadata() -> None:
    head = _head("/", f"traceparent: {TRACE}", "TraceState: a=b", "Forwarded: for=1")
    metadata = metadata_of(head)
    assert metadata is not UNDEFINED
    assert loads(metadata) == {
        "traceparent": TRACE,
        "tracestate": "a=b",
        "forwarded": "for=1",
    }
    assert metadata_of(_head("/")) is UNDEFINED


def test_what_looks_like_a_secret_in_a_path_is_hidden() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl"  # noqa: S105 — no secret
    path = f"/reset/{token}/now".encode()
    shown = shown_path(path, Redaction(["auto"]))
    assert shown == b"/reset/" + b"x" * len(token) + b"/now"
    assert shown_path(b'/a"b/c', Redaction(["auto"])) == b"/xxx/c"
