from __future__ import annotations

from inspector.carriers.base import Transfer
from inspector.carriers.grpc.calls import Call
from inspector.carriers.grpc.making import Maker
from inspector.carriers.grpc.side import Part
from inspector.carriers.streamed import UNREAD_STATUS
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, Request, Response, loads
from tests.inspector.carriers.grpc.written import SUM

_PARTS = [Part(0, b"abc", b"xxx")]


def _ended(said: dict[str, str]) -> Transfer:
    unit = Maker(None).end(1, 3, said, _PARTS)
    assert isinstance(unit, Transfer)
    return unit


def _error(said: dict[str, str]) -> object:
    packet = _ended(said).packet
    assert isinstance(packet, Response)
    return loads(packet.err) if packet.err is not UNDEFINED else None


def test_a_status_is_an_error_or_the_end() -> None:
    assert _error({"grpc-status": "0"}) is None
    assert _error({"grpc-status": "5", "grpc-message": "no%20gr%C3%B6%C3%9Fe"}) == {
        "code": 5,
        "status": "NOT_FOUND",
        "message": "no größe",
    }
    assert _error({":status": "503"}) == {
        "code": 14,
        "status": "UNAVAILABLE",
        "message": "HTTP 503",
    }
    assert _ended({}).facts == {UNREAD_STATUS: True}
    assert _ended({"grpc-status": "0"}).facts is None


def test_metadata_of_a_request_is_what_an_application_says() -> None:
    said = {
        ":path": SUM,
        "te": "trailers",
        "grpc-timeout": "150m",
        "grpc-encoding": "identity",
        "authorization": "Bearer abcdef",
    }
    for maker, shown in (
        (Maker(None), "Bearer abcdef"),
        (Maker(Redaction(["auto"])), "x" * 13),
    ):
        unit = maker.request(0, 1, Call(SUM), said, UNDEFINED, _PARTS)
        assert isinstance(unit, Transfer)
        assert isinstance(unit.packet, Request)
        metadata = unit.packet.metadata
        assert metadata is not UNDEFINED
        assert loads(metadata) == {"grpc-timeout": "150m", "authorization": shown}
