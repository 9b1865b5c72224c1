from __future__ import annotations

from array import array

from inspector.browser.exchange_list import ExchangeList
from tests.inspector.browser.piloted import SLOW, session_of


def test_places_numbers_and_pages() -> None:
    session = session_of(SLOW)
    listed = ExchangeList(session)
    assert listed.count == 0
    assert listed.number(0) is None

    listed.numbers = session.store.order("latency")
    listed.sort("latency")
    assert listed.number(0) == 422
    assert listed.place(422) == 0
    assert listed.number(600) is None
    listed.sort("latency", turned=True)
    assert listed.number(599) == 422
    assert listed.place(422) == 599
    assert listed.first_order("latency") == "slowest, turned round"

    listed.numbers = array("I", [3, 5, 422])
    listed.sort("time")
    assert listed.place(5) == 1
    assert listed.place(4) is None
    assert listed.following(0, lambda number: number == 422) == 2
    assert listed.following(2, lambda number: number == 3) == 0
    assert listed.following(0, lambda _: False) is None
    assert listed.following(0, lambda number: number == 422, -1) == 2

    columns, rows = listed.page(1, 5, 120)
    assert [row[0].text for row in rows] == ["#5", "#422"]
    assert [column.header for column in columns][-3:] == ["packets", "", "bytes"]
    assert "packets" in listed.keys
    columns, rows = listed.page(2, 1, 70)
    assert list(listed.keys) == ["latency", "time", "pattern"]  # what is shown
    assert [column.header for column in columns][-1] == "ms"
    assert len(rows[0]) == len(columns)
    assert listed.key_of("ms") == "latency"
    assert listed.key_of("time s") == "time"
    assert listed.key_of("") is None
    session.stop()
