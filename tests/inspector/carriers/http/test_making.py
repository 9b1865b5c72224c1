from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Idle, Transfer
from inspector.carriers.http.bodies import MOST
from inspector.carriers.http.making import Maker, skipped
from inspector.carriers.sessions import WrittenTransfer
from inspector.carriers.web.heads import Head, read_head
from inspector.redaction.texts import Redaction
from tests.inspector.carriers.http.written import (
    CHUNKED,
    EVENTS,
    TRACE,
    answered,
    asked,
    began,
    chunks,
    read,
    said,
)
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable

_HIDING = Redaction(["auto"])


def _head(data: bytes) -> Head:
    head = read_head(data, 0)
    assert head is not None
    return head


def _shown(data: bytes) -> bytes:
    return Maker(_HIDING).shown(_head(data)).data


def test_of_a_head_only_what_is_harmless_is_shown() -> None:
    data = asked(
        "GET",
        "http://u:S3cret@api/a?token=S3cret&S3cret&b",
        "",
        "Cookie: S3cret",
        "Proxy-Authorization: Basic S3cret",
        f"traceparent: {TRACE}",
        "tracestate: S3cret",
    )
    shown = _shown(data)
    assert len(shown) == len(data)
    assert b"S3cret" not in shown
    assert b"token=xxxxxx&xxxxxx&x HTTP" in shown
    assert TRACE.encode() in shown
    assert _shown(began("200 S3cret")) == began("200 xxxxxx")
    assert _shown(began("201 Created")) == began("201 Created")
    assert Maker(None).shown(_head(data)).data == data


def _written(turns: Iterable[tuple[int, bytes]]) -> bytes:
    """Return what is written of the units of both sides, one after the other."""
    parts = []
    for unit in read(turns, _HIDING):
        if isinstance(unit, WrittenTransfer):
            assert len(unit.shown) == len(unit.sent)
            parts.append(unit.shown)
        elif isinstance(unit, Errand | Idle):
            parts.append(unit.text)
    return b"".join(parts)


def test_what_is_written_says_the_same_again() -> None:
    turns = [
        (CLIENT, asked("POST", "/in?key=S3cret", '{"password":"S3cret"}')),
        (SERVER, began("100 Continue", "X-Key: S3cret")),
        (
            SERVER,
            began("200 OK", CHUNKED)
            + chunks(
                '{"token":"S3',
                'cret"}',
                extension=";a=S3cret",
                trailers=("X: S3cret", "S3cret"),
            ),
        ),
        (CLIENT, asked("POST", "/form", "password=S3cret")),
        (SERVER, answered("S3cret", "403 Forbidden")),
    ]
    written = _written(turns)
    assert b"S3cret" not in written
    assert len(written) == sum(len(data) for _, data in turns)
    place, again = 0, []
    for side, data in turns:
        again.append((side, written[place : place + len(data)]))
        place += len(data)
    assert said(read(again)) == said(read(turns, _HIDING))


def test_parts_of_a_long_body_are_written_in_their_chunks() -> None:
    head, body = began("200 OK", CHUNKED), chunks("S3cret" * MOST)
    written = _written([(CLIENT, asked()), (SERVER, head + body)])
    again = written.removeprefix(asked())
    assert len(again) == len(head + body)
    assert b"S3cret" not in again
    kinds = [type(unit) for unit in read([(CLIENT, asked()), (SERVER, again)])]
    assert kinds.count(Errand) == 6


def test_events_are_written_without_their_secrets() -> None:
    stream = chunks('data: {"password":"S3cret"}\n\n: S3cret\n\n', "data: S3cret")
    written = _written(
        [(CLIENT, asked()), (SERVER, began("200 OK", EVENTS, CHUNKED) + stream)]
    )
    assert b"S3cret" not in written
    assert b'{"password":"xxxxxx"}' in written


def test_nothing_is_kept_of_bytes_that_are_not_read() -> None:
    unit = skipped(CLIENT, 3, 5)
    assert (unit.begin, unit.end) == (3, 5)
    assert not isinstance(unit, Transfer)
