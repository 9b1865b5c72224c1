from __future__ import annotations

from inspector.filters.quantities import (
    COUNTED,
    SIZED,
    WRITTEN,
    Quantity,
    named_quantity,
)


def test_a_total_measures_what_its_name_ends_in() -> None:
    assert named_quantity("gap_bytes") == SIZED
    assert named_quantity("pure_acks") == COUNTED


def test_every_quantity_says_how_it_is_written() -> None:
    assert WRITTEN.keys() == set(Quantity)
