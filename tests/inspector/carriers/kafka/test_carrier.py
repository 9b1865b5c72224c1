from __future__ import annotations

import pytest

from inspector.carriers.base import Cost, Remark, Taken, Transfer, Unit
from inspector.carriers.kafka.carrier import carrier
from inspector.carriers.registry import carriers, loaded
from tests.inspector.carriers.kafka.written import (
    ASKS,
    BROKER,
    CLIENT,
    batch,
    commit,
    fetch,
    fetched,
    heartbeat,
    produce,
    produced,
    read,
    record,
)

_PASSED = "Produce, its response, Fetch, its response, OffsetCommit, its response"
_SERVED = "Produce response", "Fetch", "OffsetCommit", "OffsetCommit response"


def test_it_is_registered() -> None:
    assert loaded(carriers()["kafka"]) is carrier


@pytest.mark.parametrize(
    ("taken", "cost"),
    [
        (Taken("message"), Cost(12, f"2 × ({_PASSED})")),
        (Taken("event"), Cost(6, _PASSED)),
        (Taken("message", 4, _SERVED * 2), Cost(12, f"2 × ({_PASSED})")),
        (Taken("event", 2, _SERVED), Cost(6, _PASSED)),
        (
            Taken("event", 1, ("Produce response",)),
            Cost(2, "1 × Produce or Fetch response, Produce response"),
        ),
        (
            Taken("event", 3, (*_SERVED, "Fetch")),
            Cost(
                8,
                "3 × Produce or Fetch response, Produce response, 2 × Fetch, "
                "OffsetCommit, OffsetCommit response",
            ),
        ),
        (Taken("orphan"), None),
    ],
)
def test_an_exchange_takes_a_packet_for_each_hop_and_errand(
    taken: Taken, cost: Cost | None
) -> None:
    assert carrier.cost(taken) == cost


def test_units_are_explained_in_a_few_words() -> None:
    units = read(
        (CLIENT, produce(1, "sum", batch(record("[1]", ASKS)))),
        (BROKER, produced(1, "sum")),
        (CLIENT, fetch(2, "log")),
        (BROKER, fetched(2, "log", batch(record("a")))),
        (CLIENT, commit(3, "log", 1)),
        (CLIENT, heartbeat(4)[0]),
    )
    assert list(map(carrier.explain, units)) == [
        "Produce request",
        "Produce response",
        "Fetch",
        "Fetch response event",
        "OffsetCommit",
        "Heartbeat workers",
    ]
    some: Unit = Remark(side=0, begin=0, end=0, code="none")
    assert carrier.explain(some) == ""


def test_it_counts_bytes() -> None:
    (unit,) = read((CLIENT, produce(1, "log", batch(record("a")))))
    assert isinstance(unit, Transfer)
    assert carrier.measure(unit) == ""
