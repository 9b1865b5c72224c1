"""No secret of an HTTP request or response is in what is shown or written."""

from __future__ import annotations

import gzip
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from protocol import dumps
from tests.inspector.carriers.http.written import (
    CHUNKED,
    EVENTS,
    JSON,
    TRACE,
    answered,
    asked,
    began,
    chunks,
)
from tests.inspector.carriers.websocket.written import said, switched, upgrade
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, cut
from tests.inspector.over_http import API, called
from tests.inspector.planted import (
    HIDDEN,
    Planter,
    check_that_none_is_shown_or_written,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inspector.conversation import Conversation, Side

_CONNECTIONS = 260
_ASKED = ("--carrier", f"http:{API.rpartition(':')[2]}")
_HIDDEN = (*HIDDEN, *_ASKED)
_WAYS = (
    ("exchanges", "--json"),
    ("exchanges",),
    ("packets", "--json", "--where", "carrier == 'http'"),
    ("ladder",),
    ("show", "1"),
    ("follow", "1"),
    ("--json",),
)


def _fields(secret: Planter) -> tuple[str, ...]:
    return (
        f"Authorization: Bearer {secret()}",
        f"Proxy-Authorization: Basic {secret()}",
        f"Cookie: session={secret()}; b={secret()}",
        f"X-Api-Key: {secret()}",
        f"Referer: https://api/?token={secret()}",
        f"traceparent: {TRACE}",
        f"tracestate: a={secret()}",
    )


def _send(link: Conversation, side: Side, data: bytes, *places: int) -> None:
    """Send bytes in several segments, of which none ends in a secret."""
    ends = [data.index(b" ", place) for place in places if b" " in data[place:]]
    for part in cut(data, *ends):
        link.send(side, part)


def _posted(link: Conversation, secret: Planter) -> None:
    """A login: JSON that is sent, and JSON that comes back in chunks."""
    body = dumps({"password": secret(), "user": "reader", "q": [{"token": secret()}]})
    data = asked(
        "POST",
        f"/in?token={secret()}&{secret()}",
        body.decode(),
        JSON,
        *_fields(secret),
    )
    _send(link, CLIENT, data, 40, 300)
    link.send(SERVER, began("103 Early Hints", f"Link: {secret()}"))
    parts = [f'{{"access_token":"{secret()}",', f'"secret":"{secret()}"}}']
    ends = [f"X-Sum: {secret()}", secret()]
    back = chunks(*parts, extension=f";a={secret()}", trailers=ends)
    head = began("200 OK", JSON, CHUNKED, f"Set-Cookie: id={secret()}")
    _send(link, SERVER, head + back, 30, len(head) + 4)


def _others(link: Conversation, secret: Planter) -> None:
    """Forms, texts, errors with a reason, redirects, what is compressed."""
    form = f"password={secret()}&user={secret()}"
    link.send(CLIENT, asked("POST", "/form", form))
    link.send(SERVER, answered(f"<p>{secret()}</p>", f"403 {secret()}"))
    link.send(CLIENT, asked("GET", f"http://u:{secret()}@api/a", ""))
    link.send(SERVER, answered("", "302 Found", f"Location: /b?c={secret()}"))
    link.send(CLIENT, asked("GET", f"/reset/{_token(secret())}"))
    data = gzip.compress(dumps({"token": "x" * 9}), mtime=0)
    link.send(SERVER, answered(data, "200 OK", "Content-Encoding: gzip"))
    document = f'{{ in(password: "{secret()}", b: """{secret()}""") }}'
    graphql = {"query": document, "variables": {"password": secret()}}
    link.send(CLIENT, asked("POST", "/graphql", dumps(graphql).decode(), JSON))
    error = {"errors": [{"message": "no", "token": secret()}]}
    link.send(SERVER, answered(dumps(error), "200 OK", JSON))


def _token(text: str) -> str:
    return f"eyJhbGciOiJIUzI1NiJ9.{text}.c2lnbmF0dXJlc2lnbmF0dXJl"


def _long(link: Conversation, secret: Planter) -> None:
    """Bodies of which no more than a part is kept, and events."""
    text = " ".join(secret() for _ in range(9_000))
    places = range(1_000, 120_000, 30_000)
    _send(link, CLIENT, asked("PUT", "/file", text), *places)
    _send(link, SERVER, began("200 OK", CHUNKED) + chunks(text), *places)


def _streamed(link: Conversation, secret: Planter) -> None:
    link.send(CLIENT, asked("GET", "/events"))
    events = [
        f'data: {{"password":"{secret()}"}}\n\n',
        f"id: {secret()}\ndata: {secret()}\ndata: {secret()}\n\n",
        f": {secret()}\n\n",
    ]
    link.send(SERVER, began("200 OK", EVENTS, CHUNKED) + chunks(*events))


def _subscribed(link: Conversation, secret: Planter) -> None:
    field = "Sec-WebSocket-Protocol: graphql-transport-ws"
    link.send(CLIENT, upgrade("/graphql", field, f"Cookie: {secret()}"))
    link.send(SERVER, switched(field))
    login = {"type": "connection_init", "payload": {"token": secret()}}
    link.send(SERVER, said(SERVER, dumps(login)))
    value = {"id": "1", "type": "next", "payload": {"data": {"token": secret()}}}
    link.send(SERVER, said(SERVER, dumps(value)))


def _planted(wire: Wire) -> int:
    """Plant secrets wherever there is a place for one; return how many."""
    secret = Planter()
    called(wire)
    for port in range(_CONNECTIONS):
        link = wire.connect(client=f"10.0.0.1:{20_000 + port}", server=API)
        _posted(link, secret)
        _others(link, secret)
        if port == 1:
            _long(link, secret)
        _streamed(link, secret)
        _subscribed(link, secret)
    return secret.planted


def _told(capture: Path, *options: str) -> Counter[tuple[str, ...]]:
    lines = run("exchanges", capture, "--json", *options).lines
    return Counter(
        (
            f"{line.get('pattern')}",
            line["outcome"],
            f"{line.get('data')}",
            f"{line['replies']}",
            f"{line.get('metadata')}",
            f"{line['packets']}",
        )
        for line in lines
        if line["type"] == "exchange"
    )


def test_of_ten_thousand_that_were_planted_none_is_shown_or_written(
    tmp_path: Path,
) -> None:
    wire = Wire()
    planted = _planted(wire)

    assert planted > 10_000
    written = check_that_none_is_shown_or_written(
        wire, planted, tmp_path, _WAYS, _HIDDEN
    )

    told = _told(tmp_path / "planted.pcap", *_HIDDEN)
    assert _told(written, *_ASKED) == told
    assert told.total() == 1 + 8 * _CONNECTIONS + 1


@pytest.mark.parametrize("before", [True, False])
def test_what_was_held_is_written_too(tmp_path: Path, *, before: bool) -> None:
    wire, secret = Wire(), Planter()
    if before:
        called(wire)
    link = wire.connect(client="10.0.0.1:20000", server=API)
    _posted(link, secret)
    _others(link, secret)
    link.close()
    if not before:
        called(wire)
    written = check_that_none_is_shown_or_written(
        wire, secret.planted, tmp_path, (), _HIDDEN
    )
    assert _told(written, *_ASKED) == _told(tmp_path / "planted.pcap", *_HIDDEN)


def test_of_some_requests_only_those_are_written(tmp_path: Path) -> None:
    wire, secret = Wire(), Planter()
    called(wire)
    link = wire.connect(client="10.0.0.1:20000", server=API)
    _posted(link, secret)
    _others(link, secret)
    capture, written = tmp_path / "planted.pcap", tmp_path / "some.pcapng"
    check_that_none_is_shown_or_written(wire, secret.planted, tmp_path, (), _HIDDEN)
    some = ("--where", "route == 'POST /graphql query in' or carrier == 'tcp'")
    wanted = _told(capture, *some, *_ASKED)
    assert run("exchanges", capture, *some, *_ASKED, "--write", written).code == 0
    assert _told(written, *_ASKED) == wanted
