"""Exchanges are kept, sorted, found around others, and forgotten."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from inspector.browser.ordering import SORTED_BY
from inspector.browser.schema import is_failed
from inspector.browser.store import (
    FAILED,
    NOTED,
    Store,
    selected,
)
from inspector.calls.exchanges import Outcome
from protocol import JsonText
from tests.inspector.browser.piloted import NASTY, ROOT, SLOW, exchanges_of

if TYPE_CHECKING:
    from pathlib import Path


def _filled(most: int | None = None) -> Store:
    store = Store(most=most)
    for each in exchanges_of(SLOW):
        store.add(each)
    store.flush()
    return store


def test_every_order_is_that_of_python() -> None:
    store, exchanges = _filled(), exchanges_of(SLOW)
    known = {each.number: each for each in exchanges}

    assert (store.count, store.highest) == (600, 600)
    for key in SORTED_BY:
        assert sorted(store.order(key)) == sorted(known)
    slowest = [known[number].latency_ns or 0 for number in store.order("latency")]
    assert slowest == sorted(slowest, reverse=True)
    assert list(store.order("time")) == sorted(known)
    names = [known[number].route or "" for number in store.order("pattern")]
    assert names == sorted(names)
    assert store.order("latency") is store.order("latency")  # which is made once
    store.close()


@pytest.mark.parametrize(
    "capture",
    [SLOW, NASTY, ROOT / "captures" / "showcase-nest12.pcap"],
    ids=lambda each: each.name,
)
def test_the_first_page_is_the_beginning_of_the_order(capture: Path) -> None:
    store, exchanges = Store(), exchanges_of(capture)
    orphan = replace(exchanges[0], number=9_000, route=None)
    odd = replace(exchanges[0], number=9_001, data=JsonText(b'"' + b"\xff" * 30 + b'"'))
    for each in [*exchanges, orphan, odd]:
        store.add(each)
    store.flush()

    for key in SORTED_BY:
        assert store.first(key, 10_000) == store.order(key), key
        assert store.first(key, 9) == store.order(key)[:9], key
    assert store.order("pattern")[-1] == 9_000
    store.close()


def test_the_latest_are_kept_and_one_is_replaced() -> None:
    store = _filled(most=100)

    assert store.count == 100
    assert min(store.order("number")) == 501
    assert store.exchange(500) is None
    again = store.exchange(600)
    assert again is not None
    before = store.version
    store.add(again)
    store.flush()
    assert store.count == 100
    assert store.version == before + 1
    assert len(store.order("number")) == 100
    store.close()


def test_neighbours_and_connections() -> None:
    store = _filled()

    assert store.around(422, 2) == [398, 410, 422, 434, 446]
    assert store.on_connection(2, 3) == [2, 14, 26]
    used = store.used(3)
    assert [row[1] for row in used] == [50, 50, 50]
    assert len(store.ends(5)) == 6
    assert store.connection(2).client_text == "10.1.0.11:41001"
    assert {route for _, route in store.routes()} >= {'{"cmd":"orders.create"}'}
    store.close()


@pytest.mark.parametrize("capture", ["nats/nats-nest12", "mqtt/mqtt-qos-nest12"])
def test_a_connection_has_the_failures_that_are_gone_to(capture: str) -> None:
    store, failed = Store(), Counter[int]()
    exchanges = exchanges_of(ROOT / "captures" / f"{capture}.pcap")
    waits = replace(exchanges[0], outcome=Outcome.UNANSWERED, in_flight=True)
    for each in [*exchanges[1:], waits]:
        store.add(each)
        failed[each.connection.number] += is_failed(each)

    assert {row[0]: row[2] for row in store.used(100)} == dict(failed)
    numbers = store.order("number")
    marked = sum(store.marked(number, FAILED) for number in numbers)
    assert marked == failed.total()
    store.close()


def test_marks_and_what_is_selected_by_flags() -> None:
    store = _filled()
    failed = [
        number for number in store.order("number") if store.marked(number, FAILED)
    ]
    assert len(failed) == 12
    assert not store.marked(422, NOTED)
    store.mark(422, NOTED)
    assert store.marked(422, NOTED)
    assert not store.marked(10_000, NOTED)

    flags = bytearray(601)
    flags[422] = flags[7] = 1
    assert list(selected(store.order("latency"), flags)) == [422, 7]
    store.close()
