"""A part notes what the whole has to judge, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.analysis import habits
from inspector.analysis.exchanges import Exchange
from inspector.capture.limits import Limits
from inspector.capture.shares import Share
from inspector.sharing import part as parts
from inspector.sharing.packing import unpack
from inspector.sharing.part import Part, PartialInspection, UnshareableError
from protocol import NEWEST
from tests.inspector.conversation import CLIENT, Wire

if TYPE_CHECKING:
    from inspector.capture.records import PacketRecord

_MINE, _OTHERS = "10.0.0.1:40000", "10.0.0.1:40002"


def _part(records: list[PacketRecord], part: int = 0) -> Part:
    share = Share(part, 2)
    return PartialInspection(share, frozenset(), NEWEST, Limits()).part(records)


def _noted(part: Part) -> list[Any]:
    return [unpack(note.packed)[0] for note in part.notes]


def _calls(wire: Wire, count: int, data: object = None) -> None:
    call = wire.connect(client=_MINE)
    for number in range(count):
        call.ask("sum", f"{number}", data).answer(f"{number}", number)


def test_of_equal_exchanges_the_first_is_noted() -> None:
    wire = Wire()
    _calls(wire, 5)
    part = _part(wire.records)

    assert len(part.exchanges) == 5
    assert [note.deed for note in part.notes] == ["welcome", "investigate"]
    assert [each.number for each in _noted(part) if isinstance(each, Exchange)] == [1]


def test_a_payload_that_only_looks_like_a_credential_is_not_noted() -> None:
    wire = Wire()
    _calls(wire, 5, {"monkey": "business"})

    assert len(_part(wire.records).notes) == 2


def test_every_exchange_with_a_finding_is_noted() -> None:
    wire = Wire()
    _calls(wire, 5, {"password": "hunter2"})

    assert len(_part(wire.records).notes) == 1 + 5


def test_connections_of_others_are_counted_by_nobody_twice() -> None:
    wire = Wire()
    wire.connect(client=_MINE).emit("log", 1)
    wire.connect(client=_OTHERS).emit("log", 1)
    wire.add(b"x" * 40)
    first, second = (_part(wire.records, part) for part in (0, 1))

    assert (first.records, second.records) == (len(wire.records),) * 2
    assert [len(each.connections) for each in (first, second)] == [1, 1]
    figures = [
        (
            part.report.packet_records,
            sum((part.report.skipped + part.report.not_understood).values()),
        )
        for part in (first, second)
    ]
    assert figures == [(len(wire.records), 1), (0, 0)]


def test_what_is_over_with_the_capture_comes_behind_its_last_record() -> None:
    wire = Wire()
    wire.connect(client=_MINE).ask("sum", "1")
    wire.connect(client=_OTHERS).ask("sum", "1")
    notes = [_part(wire.records, part).notes[-1] for part in (0, 1)]

    assert {note.moment for note in notes} == {
        len(wire.records) + 1,
        len(wire.records) + len(wire.records) // 2 + 1,
    }


def test_what_comes_late_is_told() -> None:
    wire = Wire()
    call = wire.connect(client=_MINE).emit("log", 1).close()
    wire.connect(client=_OTHERS).emit("log", 1)
    before = _part(wire.records).latest
    call.ack(CLIENT)

    assert before <= 1
    assert _part(wire.records).latest > before


@pytest.mark.parametrize(
    ("module", "limit", "most"),
    [
        (parts, "MAX_NOTES", 4),
        (parts, "MAX_NOTED", 1_000),
        (parts, "MAX_PATTERNS", 5),
        (habits, "MAX_ROUTES", 3),
        (habits, "MAX_SERVICES", 3),
    ],
    ids=["notes", "bytes", "patterns", "routes", "services"],
)
def test_too_much_to_remember_is_not_for_parts(
    module: Any,  # noqa: ANN401
    limit: str,
    most: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire()
    call = wire.connect(client=_MINE, server="10.0.0.2:3000")
    call.ask("a", "1").answer("1", 1).ask("b", "1").answer("1", 1)
    wire.connect(client=_MINE, server="10.0.0.2:3004").emit("c", 1)
    assert len(_part(wire.records).report.patterns) == 3
    monkeypatch.setattr(module, limit, most)

    with pytest.raises(UnshareableError):
        _part(wire.records)
