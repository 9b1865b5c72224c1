from __future__ import annotations

from inspector.calls.exchanges import Ledger
from inspector.calls.waiting import Calls


def test_the_newest_call_that_is_over_is_known_while_it_is_remembered() -> None:
    calls = Calls()
    assert calls.newest == 0
    for number in (1, 3, 2):
        calls.end(str(number), Ledger(number))

    assert calls.newest == 3
    assert calls.ended("2") is not None
    assert calls.ended("4") is None


def test_what_the_capture_lacks_puts_all_before_it_in_doubt() -> None:
    calls = Calls()
    assert (calls.gap, calls.doubt) == (-1, -1)
    calls.lack(7)

    assert (calls.gap, calls.doubt) == (7, 7)
