from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.carriers.opaque import OPAQUE_FRAME
from inspector.findings.habits import Habits
from inspector.findings.strangers import UNKNOWN, OwnSerializer, Strangers
from inspector.streams.packets import DataPacket
from tests.inspector.directions import direction

if TYPE_CHECKING:
    import pytest


def _frame(side: int, number: int, code: str = UNKNOWN) -> Anomaly:
    record = DataPacket(number, number * 10, 0, 0)
    return Anomaly(_ENDS[side], code, "a string, which is not a packet", record, 0)


_RECORD = DataPacket(1, 0, 0, 0)
_ENDS = [direction(), direction().opposite]
_ENDS[1] = _ENDS[0].opposite


def test_frames_of_one_side_are_returned_as_they_came() -> None:
    strangers, frames = Strangers(Habits()), [_frame(0, 1), _frame(0, 2)]

    assert all(map(strangers.hold, frames))
    assert strangers.settle(_ENDS[0].connection) == frames
    assert strangers.settle(_ENDS[0].connection) == []


def test_frames_of_both_sides_are_a_conversation_and_its_times_are_those_in_order() -> (
    None
):
    strangers = Strangers(Habits())
    client = _ENDS[0].connection.client or 0
    for number, side in enumerate([client, client, 1 - client, client, 1 - client]):
        assert strangers.hold(_frame(side, number))
    (found,) = strangers.settle(_ENDS[0].connection)

    assert isinstance(found, OwnSerializer)
    assert (found.asked, found.answered) == (3, 2)
    assert (found.shortest_ns, found.longest_ns) == (20, 30)


def test_other_anomalies_do_not_wait() -> None:
    assert not Strangers(Habits()).hold(_frame(0, 1, "invalid-json"))


def test_frames_that_are_not_json_are_a_conversation_whoever_else_speaks_nest() -> None:
    habits = Habits()
    strangers = Strangers(habits)
    for number, side in enumerate([0, 1, 0]):
        assert strangers.hold(_frame(side, number, OPAQUE_FRAME))
    (found,) = strangers.settle(_ENDS[0].connection)

    assert isinstance(found, OwnSerializer)
    assert (found.asked, found.answered, found.longest_ns) == (2, 1, 10)


def test_of_a_long_conversation_frames_are_counted_and_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inspector.findings.strangers.MOST", 4)
    strangers = Strangers(Habits())
    assert all(strangers.hold(_frame(n % 2, n)) for n in range(20))
    assert not strangers.hold(Anomaly(direction(), UNKNOWN, "", _RECORD, 0))
    (found,) = strangers.settle(_ENDS[0].connection)

    assert isinstance(found, OwnSerializer)
    assert (found.asked, found.answered) == (10, 10)
    assert strangers.hold(Anomaly(direction(), UNKNOWN, "", _RECORD, 0))


def test_frames_of_one_side_beyond_those_that_may_wait_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inspector.findings.strangers.MOST", 2)
    strangers = Strangers(Habits())

    assert [strangers.hold(_frame(0, n)) for n in range(3)] == [True, True, False]
