from __future__ import annotations

import pytest

from inspector.carriers.web.cutting import Cutter, Frame
from inspector.carriers.web.heads import read_head
from inspector.carriers.web.upkeep import control_unit, head_unit
from tests.inspector.carriers.websocket.written import CLOSE, PING, PONG, frame, upgrade

_CLOSED = (1000).to_bytes(2) + b"secret"


@pytest.mark.parametrize(
    ("first", "payload", "verb", "hidden"),
    [
        (PING, b"secret", "ping", b"xxxxxx"),
        (PONG, b"", "pong", b""),
        (CLOSE, b"", "close", b""),
        (CLOSE, _CLOSED[:2], "close 1000", _CLOSED[:2]),
        (CLOSE, _CLOSED, "close 1000", _CLOSED[:2] + b"xxxxxx"),
    ],
)
def test_a_control_frame_is_written_without_what_it_carries(
    first: int, payload: bytes, verb: str, hidden: bytes
) -> None:
    sent = frame(payload, first, masked=True)
    cutter = Cutter()
    cutter.feed(sent)
    cut = cutter.cut()
    assert isinstance(cut, Frame)
    unit = control_unit(0, cut, hides=True, shown=True)
    assert (unit.verb, unit.original) == (verb, sent)
    assert unit.text == frame(hidden, first, masked=True)
    assert not control_unit(0, cut, hides=True, shown=False).text

    bare = control_unit(0, cut, hides=False, shown=True)
    assert (bare.text, bare.original) == (sent, b"")
    assert bare.verb == (f"{verb} secret" if payload == _CLOSED else verb)


def test_a_head_is_written_without_its_secrets() -> None:
    data = upgrade("/?token=abc")
    head = read_head(data, 10)
    assert head is not None
    unit = head_unit(0, head, "GET upgrade")
    assert (unit.begin, unit.end, unit.text) == (10, 10 + len(data), data)
    assert [data[each.begin - 10 : each.end - 10] for each in unit.secret] == [b"abc"]
    assert not head_unit(0, head, "GET", shown=False).text
