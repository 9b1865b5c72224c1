from __future__ import annotations

from inspector.page.page_limits import PageLimits
from tests.inspector.conversation import SERVER
from tests.inspector.page.pages import calls, made


def test_every_packet_is_there_with_what_it_carried() -> None:
    wire = calls(2)
    packets = made(wire.records).gathered.packets

    rows = packets.rows()

    assert packets.seen == len(rows) == len(wire.records)
    assert [row.number for row in rows] == [record.number for record in wire.records]
    assert rows[3].words == "request sum #1"
    assert rows[4].words == "reply sum #1"
    assert (rows[3].side, rows[4].side) == (0, int(SERVER))
    assert rows[3].members(rows[0].time_ns)[1] == rows[3].time_ns - rows[0].time_ns


def test_of_too_many_those_of_failures_stay_then_the_newest() -> None:
    wire = calls(100, failing=[1])
    packets = made(wire.records, PageLimits(packets=20)).gathered.packets

    rows = packets.rows()

    assert (len(rows), packets.seen) == (20, len(wire.records))
    assert [row.number for row in rows][:3] == [4, 5, len(wire.records) - 17]
    assert rows[1].words == "reply sum #1"
