from __future__ import annotations

from captures.grpc_stage import PROTO
from inspector.carriers.base import Remark
from inspector.carriers.grpc.misfits import MISFIT
from inspector.carriers.grpc.schemas import Schemas
from inspector.redaction.texts import Redaction
from protocol import Request
from tests.inspector.carriers.grpc.written import HELLO, SUM, asks, data, message, read
from tests.inspector.carriers.grpc.written import words as text
from tests.inspector.conversation import CLIENT

_OTHER = "/shop.Shop/Buy"
_TURNS = [
    *HELLO,
    (CLIENT, asks(1, _OTHER) + data(1, message(text("a")), ends=True)),
    (CLIENT, asks(3, SUM) + data(3, message(text("a", 9)), ends=True)),
]


def _remarks(conceal: Redaction | None = None) -> list[Remark]:
    units = read(_TURNS, conceal, Schemas([str(PROTO)]))
    return [each for each in units if isinstance(each, Remark)]


def test_what_no_file_describes_is_said_of_each_call() -> None:
    method, fields = _remarks()
    assert (method.code, method.subject, method.size) == (MISFIT, _OTHER, 0)
    assert fields.size == 1
    assert (fields.code, fields.subject, fields.detail) == (MISFIT, "calc.Numbers", "9")
    assert isinstance(fields.packet, Request)
    assert fields.packet.pattern == SUM
    assert not [each for each in read(_TURNS) if isinstance(each, Remark)]


def test_hidden_parts_of_a_path_are_not_said() -> None:
    method, _ = _remarks(Redaction([], [">"]))
    assert len(method.subject) == len(_OTHER)
    assert "hop" not in method.subject
