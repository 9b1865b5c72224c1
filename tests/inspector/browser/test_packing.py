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
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected

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


def _framed(text: bytes) -> bytes:
    return b"%d#%b" % (len(text), text)


def test_lone_surrogates_of_names_are_kept() -> None:
    wire = Wire()
    link = wire.connect()
    link.send(CLIENT, _framed(rb'{"pattern":"a\ud800","data":1,"id":"1"}'))
    reply = rb'{"response":1,"isDisposed":true,"id":"1","\ud801":2}'
    link.send(SERVER, _framed(reply))
    (exchange,) = inspected(wire.records).exchanges
    store = Store()
    store.add(exchange)
    store.flush()

    (back,) = store.exchanges([exchange.number])

    assert back.route == exchange.route == "a\ud800"
    assert list(back.replies[0].extra or ()) == ["\ud801"]
    store.close()
