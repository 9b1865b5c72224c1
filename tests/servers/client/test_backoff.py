from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers import Backoff


@given(st.integers(1, 100_000))
def test_waits_stay_within_their_bounds(failures: int) -> None:
    backoff = Backoff(first=0.1, factor=2, longest=5, jitter=0.5)
    most = min(0.1 * 2 ** min(failures - 1, 10), 5)

    assert most / 2 <= backoff.wait(failures) <= most


def test_waits_grow_to_the_longest() -> None:
    backoff = Backoff(first=0.1, factor=3, longest=1, jitter=0)
    waits = [backoff.wait(failures) for failures in range(1, 5)]

    assert waits == pytest.approx([0.1, 0.3, 0.9, 1])


def test_no_two_clients_come_back_together() -> None:
    assert len({Backoff().wait(3) for _ in range(50)}) > 40
