from __future__ import annotations

import pytest

from servers.replaying.pacing import Pace, Schedule

_START, _SECOND = 1_700_000_000_000_000_000, 1_000_000_000


@pytest.mark.parametrize(
    ("pace", "due"),
    [
        (Pace(), [0, 1, 3, 3]),
        (Pace(speed=2), [0, 0.5, 1.5, 1.5]),
        (Pace(speed=0.5), [0, 2, 6, 6]),
        (Pace(rate=10), [0, 0.1, 0.2, 0.3]),
    ],
)
def test_each_is_due_at_its_time(pace: Pace, due: list[float]) -> None:
    schedule = Schedule(pace)
    times = [_START + seconds * _SECOND for seconds in (0, 1, 3, 2)]

    assert [schedule.due(each) for each in times] == due


def test_what_has_no_time_follows_at_once() -> None:
    schedule = Schedule(Pace())

    times = [None, _START, None, _START + _SECOND, None]
    assert [schedule.due(each) for each in times] == [0, 0, 0, 1, 1]
