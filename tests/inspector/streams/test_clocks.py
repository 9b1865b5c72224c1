from __future__ import annotations

from inspector.streams.clocks import Clock


def test_a_time_is_told_as_the_leading_clock_has_it() -> None:
    clock = Clock("b", leading="a", offset_ns=50, drift=0.01, at_ns=1_000)

    assert clock.leading_ns(1_000) == 950
    assert clock.leading_ns(2_000) == 1_940
    assert Clock("a").leading_ns(7) == 7
