"""What is unpacked says the same as what was packed, on every carrier."""

from __future__ import annotations

import pytest

from inspector.browser.store import Store
from inspector.calls.chains.sought import with_possible_parents
from inspector.calls.exchanges import Exchange
from inspector.filters.keys import KEYS
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.pipeline import Options
from inspector.views.clock import Clock
from inspector.views.exchanges_view import ExchangeCells
from tests.inspector.browser.piloted import CASES, NASTY, ROOT

_CAPTURES = [
    ROOT / "captures" / "showcase-nest12.pcap",
    NASTY,
    CASES / "misc-v12.pcap",
    *(
        ROOT / "captures" / name
        for name in (
            "nats/nats-fan-out-nest12.pcap",
            "mqtt/mqtt-shared-nest12.pcap",
            "grpc/grpc-nest12.pcap.gz",
            "kafka/kafka-two-groups-nest12.pcap",
        )
    ),
    *sorted((ROOT / "captures").glob("redis/*-nest12.pcap"))[:4],
]


@pytest.mark.parametrize("capture", _CAPTURES, ids=lambda each: each.name)
def test_every_key_and_every_cell_is_the_same(capture: object) -> None:
    store = Store()
    items = Pass(Captures([str(capture)]), Options()).items()
    found = [
        each for each in with_possible_parents(items) if isinstance(each, Exchange)
    ]
    for each in found:
        store.add(each)
    store.flush()

    back = list(store.exchanges([each.number for each in found]))

    assert len(back) == len(found) > 0
    cells = ExchangeCells(found, Clock(0), 200)
    for one, other in zip(found, back, strict=True):
        assert cells.row(one) == cells.row(other)
        for key in KEYS:
            assert key.read(one) == key.read(other), key.name
    store.close()
