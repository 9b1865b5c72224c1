from __future__ import annotations

from inspector.carriers.base import Idle, Remark
from inspector.carriers.grpc.frames import Frame, Type, read_head
from inspector.carriers.grpc.making import Maker
from inspector.carriers.grpc.others import GOAWAY, of_connection
from inspector.redaction.texts import Redaction
from tests.inspector.carriers.grpc.written import frame


def _frame(kind: int, flags: int = 0, payload: bytes = b"") -> Frame:
    data = frame(kind, flags, 0, payload)
    return Frame(read_head(data), 0, data)


def test_frames_of_a_connection_are_idle() -> None:
    said = [_frame(Type.SETTINGS), _frame(Type.PING, 1, bytes(8)), _frame(42)]
    units = [of_connection(0, each, Maker(None))[0] for each in said]
    assert all(isinstance(unit, Idle) for unit in units)
    verbs = [unit.verb for unit in units if isinstance(unit, Idle)]
    assert verbs == ["SETTINGS", "PING ack", "frame of type 42"]


def test_a_connection_is_given_up_with_an_error_and_its_words() -> None:
    payload = (7).to_bytes(4, "big") + (11).to_bytes(4, "big") + b"too_many_pings"
    unit, remark = of_connection(1, _frame(Type.GOAWAY, 0, payload), Maker(None))
    assert isinstance(unit, Idle)
    assert unit.verb == "GOAWAY ENHANCE_YOUR_CALM"
    assert isinstance(remark, Remark)
    said = remark.code, remark.subject, remark.detail
    assert said == (GOAWAY, "ENHANCE_YOUR_CALM", "too_many_pings")
    conceal = Redaction(["auto"])
    unit, remark = of_connection(1, _frame(Type.GOAWAY, 0, payload), Maker(conceal))
    assert isinstance(unit, Idle)
    assert b"pings" not in unit.text
    assert isinstance(remark, Remark)
    assert not remark.detail


def test_to_end_without_an_error_is_worth_no_word() -> None:
    (unit,) = of_connection(1, _frame(Type.GOAWAY, 0, bytes(8)), Maker(None))
    assert isinstance(unit, Idle)
    assert unit.verb == "GOAWAY NO_ERROR"
