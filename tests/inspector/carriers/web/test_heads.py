from __future__ import annotations

import pytest

from inspector.carriers.base import Span
from inspector.carriers.web.heads import Head, read_head
from tests.inspector.carriers.websocket.written import (
    answered,
    asked,
    engine,
    switched,
    upgrade,
)


def _head(data: bytes) -> Head:
    head = read_head(data[: data.index(b"\r\n\r\n") + 4], 100)
    assert head is not None
    return head


def test_a_request_has_a_target_and_says_what_it_asks_for() -> None:
    head = _head(upgrade(engine(sid="abc")))
    assert (head.method, head.path, head.status) == ("GET", "/socket.io/", 0)
    assert head.parameters == {"EIO": "4", "transport": "websocket", "sid": "abc"}
    assert head.upgrades


def test_a_response_has_a_status() -> None:
    head = _head(switched())
    assert (head.status, head.reason) == (101, "Switching Protocols")
    assert (head.method, head.upgrades) == ("", True)
    assert not _head(answered("ok")).upgrades


def test_the_length_of_a_body_is_read() -> None:
    assert _head(asked("POST", body="40")).length == 2
    assert _head(asked("GET")).length is None
    chunked = _head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
    assert (chunked.length, chunked.chunked) == (None, True)
    odd = _head(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")
    assert odd.length is None


def _secrets(data: bytes) -> list[bytes]:
    head = _head(data)
    return [data[begin - 100 : end - 100] for begin, end in head.secret]


def test_values_that_are_not_known_to_be_harmless_are_secret() -> None:
    data = upgrade(
        engine(sid="s", more="&token=t0k&room=tea"),
        "Cookie: a=b; c=d",
        "authorization:Bearer x ",
        "X-Api-Key: k",
        "Sec-WebSocket-Protocol: jwt.in.it",
        "User-Agent: me",
        "Sec-WebSocket-Extensions: permessage-deflate",
    )
    assert _secrets(data) == [
        b"t0k",
        b"tea",
        b"a=b; c=d",
        b"Bearer x",
        b"k",
        b"jwt.in.it",
    ]
    assert _secrets(switched("Set-Cookie: a=b")) == [b"a=b"]


def test_all_after_a_line_that_is_no_field_is_secret() -> None:
    data = b"GET / HTTP/1.1\r\nHost: g\r\nX Y: 1\r\nCookie: a=b\r\n\r\n"
    assert _secrets(data) == [b"X Y: 1\r\nCookie: a=b\r\n"]
    assert _head(data).fields == {"host": "g"}


def test_only_a_query_of_engine_io_has_names_of_its_own() -> None:
    assert _secrets(upgrade("/chat?sid=a&t=b&EIO")) == [b"a", b"b"]
    assert _secrets(upgrade("/chat?EIO=4&sid=a&t=b&T=c")) == [b"c"]


def test_places_count_from_where_the_head_begins() -> None:
    head = _head(b"GET /?a=b HTTP/1.1\r\n\r\n")
    assert (head.begin, head.end, head.secret) == (100, 122, (Span(108, 109),))


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/2\r\n\r\n", b"get / HTTP/1.1\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n"]
)
def test_what_is_no_head_is_none(data: bytes) -> None:
    assert read_head(data, 0) is None
