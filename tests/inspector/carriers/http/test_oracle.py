"""h11 reads what is generated as we do: every message, with all of its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h11
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Transfer
from inspector.carriers.http.bodies import MOST
from protocol import UNDEFINED, Json, Request, Response, dumps, loads
from tests.inspector.carriers.http.written import (
    CHUNKED,
    answered,
    asked,
    began,
    chunks,
    read,
)
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from collections.abc import Iterator

_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
_texts = st.one_of(
    st.just(""),
    _values.map(lambda value: dumps(value).decode()),
    st.sampled_from(["long", "longer", "longest"]),
)
_LONG = {"long": MOST // 2, "longer": MOST, "longest": 3 * MOST // 2}
_exchanges = st.tuples(
    st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE"]),
    _texts,
    st.sampled_from([200, 201, 204, 304, 400, 404, 500]),
    _texts,
    st.lists(st.integers(1, 40), max_size=4),
    st.booleans(),
)


def _body(text: str) -> str:
    return "z" * _LONG[text] if text in _LONG else text


def _in_chunks(text: str, sizes: list[int]) -> bytes:
    parts, place = [], 0
    for size in [*sizes, len(text)]:
        if part := text[place : place + size]:
            parts.append(part)
        place += size
    return chunks(*parts)


def _turns(
    exchanges: list[tuple[str, str, int, str, list[int], bool]],
) -> Iterator[tuple[int, bytes]]:
    for number, (method, out, status, back, sizes, whole) in enumerate(exchanges):
        sent, said = _body(out), _body(back)
        if sizes:
            head = asked(method, f"/{number}", "", CHUNKED)
            yield CLIENT, head + _in_chunks(sent, sizes)
        else:
            yield CLIENT, asked(method, f"/{number}", sent)
        if sizes and whole:
            yield SERVER, began("100 Continue")
        empty = method == "HEAD" or status in {204, 304}
        if empty:
            yield SERVER, began(f"{status} Status", "Content-Length: 0")
        elif sizes:
            yield (
                SERVER,
                began(f"{status} Status", CHUNKED) + _in_chunks(said, sizes),
            )
        else:
            yield SERVER, answered(said, f"{status} Status")


def _by_h11(turns: list[tuple[int, bytes]]) -> list[tuple[int, str, int]]:
    """Return side, target or status, and bytes of the body, of each message."""
    server = h11.Connection(h11.SERVER)
    client = h11.Connection(h11.CLIENT)
    readers = {CLIENT: server, SERVER: client}
    found: list[tuple[int, str, int]] = []
    for side, data in turns:
        reader = readers[side]  # type: ignore[index]
        other = client if reader is server else server
        reader.receive_data(data)
        while True:
            event = reader.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                break
            if isinstance(event, h11.Request):
                found.append((side, event.target.decode(), 0))
                other.send(event)
            elif isinstance(event, h11.Response):
                found.append((side, f"{event.status_code}", 0))
                server.send(
                    h11.Response(
                        status_code=event.status_code, headers=list(event.headers)
                    )
                )
            elif isinstance(event, h11.Data):
                found[-1] = (*found[-1][:2], found[-1][2] + len(event.data))
                other.send(h11.Data(data=bytes(event.data)))
            elif isinstance(event, h11.EndOfMessage):
                other.send(h11.EndOfMessage())
        if client.our_state is client.their_state is h11.DONE:
            client.start_next_cycle()
            server.start_next_cycle()
    return found


@given(st.lists(_exchanges, min_size=1, max_size=5))
def test_h11_finds_the_same_messages(
    exchanges: list[tuple[str, str, int, str, list[int], bool]],
) -> None:
    turns = list(_turns(exchanges))
    units = read(turns)
    packets = [unit.packet for unit in units if isinstance(unit, Transfer)]
    ours = [
        (
            (CLIENT, f"{each.pattern}".partition(" ")[2])
            if isinstance(each, Request)
            else (SERVER, f"{loads(each.status)}")  # type: ignore[union-attr, arg-type]
        )
        for each in packets
    ]
    theirs = _by_h11(turns)
    assert ours == [each[:2] for each in theirs]
    assert [_value(each) for each in packets] == _expected(exchanges)
    for side in (CLIENT, SERVER):
        places = [0]
        for unit in units:
            if unit.side == side:
                assert unit.begin == places[-1]
                places.append(unit.end)
        assert places[-1] == sum(len(data) for each, data in turns if each == side)


def _value(packet: object) -> Json:
    if isinstance(packet, Request):
        return UNDEFINED if packet.data is UNDEFINED else loads(packet.data)
    assert isinstance(packet, Response)
    text = packet.response if packet.err is UNDEFINED else UNDEFINED
    return UNDEFINED if text is UNDEFINED else loads(text)


def _expected(
    exchanges: list[tuple[str, str, int, str, list[int], bool]],
) -> list[Json]:
    found: list[Json] = []
    for method, sent, status, said, _, _ in exchanges:
        found.append(_read(sent))
        empty = method == "HEAD" or status in {204, 304, 400, 404, 500}
        found.append(UNDEFINED if empty else _read(said))
    return found


def _read(text: str) -> Json:
    return UNDEFINED if not text or text in _LONG else loads(text)
