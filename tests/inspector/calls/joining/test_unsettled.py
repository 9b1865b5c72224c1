from __future__ import annotations

from inspector.calls.joining.unsettled import MAX_UNSETTLED, Unsettled


def test_few_that_may_come_back_are_remembered() -> None:
    unsettled = Unsettled()
    for place in range(MAX_UNSETTLED + 1):
        unsettled.add(place)
    unsettled.settle(0, requeued=True)
    assert unsettled.take_again(0) == 1
    unsettled.settle(1, requeued=False)
    unsettled.settle(2, requeued=True)
    assert unsettled.take_again(7) == 7
    assert Unsettled().take_again(0) is None
