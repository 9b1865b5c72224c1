from __future__ import annotations

from inspector.columnar.reading import (
    any_failed,
    any_has,
    durations,
    latencies,
    packets,
)
from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.columnar.seen import seen


def test_what_is_read_at_once_is_what_each_exchange_says() -> None:
    exchanges = seen(str(SHOWCASE))

    assert latencies(exchanges) == [each.latency_ns for each in exchanges]
    assert durations(exchanges) == [each.duration_ns for each in exchanges]
    assert packets(exchanges) == [each.packets for each in exchanges]


def test_what_few_have_is_known_before_it_is_read() -> None:
    assert any_failed(seen(str(SHOWCASE)))
    assert not any_failed(seen(str(SEED)))
    assert not any_has("passage")(seen(str(SEED)))
