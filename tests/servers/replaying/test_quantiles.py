from __future__ import annotations

import pytest

from servers.replaying.quantiles import Quantiles


def test_quantiles_are_within_half_a_per_cent() -> None:
    quantiles = Quantiles()
    for number in range(1, 1_001):
        quantiles.add(number * 1_000)

    assert quantiles.count == 1_000
    for share in (0.0, 0.5, 0.99, 1.0):
        exact = max(round(share * 1_000), 1) * 1_000
        assert quantiles.quantile(share) == pytest.approx(exact, rel=0.006)


def test_there_may_be_none_and_none_is_below_a_nanosecond() -> None:
    quantiles = Quantiles()
    assert quantiles.quantile(0.5) is None
    quantiles.add(0)
    assert quantiles.quantile(0.5) == 1
