from __future__ import annotations

from inspector.calls.seen import Anomaly
from inspector.findings.habits import Habits
from inspector.findings.strangers import UNKNOWN, OwnSerializer, Strangers
from inspector.streams.packets import DataPacket
from tests.inspector.directions import direction


def _frame(side: int, number: int, code: str = UNKNOWN) -> Anomaly:
    record = DataPacket(number, number * 10, 0, 0)
    return Anomaly(_ENDS[side], code, "a string, which is not a packet", record, 0)


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
