from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.fleet.resuming import ResumablePipeline
from inspector.fleet.trails import Trails
from inspector.pipeline import Options
from inspector.tcp.segments import endpoints
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.translated import talk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.fleet.trails import Trail
    from inspector.sources.records import PacketRecord


def _trails(records: Iterable[PacketRecord]) -> list[Trail]:
    pipeline = ResumablePipeline(Options())
    pipeline.read(records)
    pipeline.finish()
    list(pipeline.connections.scopes())
    return pipeline.connections.trails.kept


def test_a_trail_has_the_numbers_of_both_sides() -> None:
    records = talk(2)
    (trail,) = _trails(records)

    assert [str(each) for each in endpoints(trail.flow)] == [
        "10.1.0.1:40000",
        "10.96.0.1:80",
    ]
    assert trail.starts == (7_001, 90_001)
    asked = sum(len(each.data) - 54 for each in records if each.data[36:38] == b"\0P")
    assert trail.sizes[0] == asked
    assert (trail.first_ns, trail.last_ns) == (records[0].time_ns, records[-2].time_ns)


def test_a_capture_that_begins_with_a_reply_has_the_same_ends() -> None:
    records = talk(3)
    (whole,), (later,) = _trails(records), _trails(records[5:])

    assert later.flow == whole.flow
    for side in (0, 1):
        end = whole.starts[side] + whole.sizes[side]
        assert later.starts[side] + later.sizes[side] == end
    assert later.starts[0] > whole.starts[0]
    assert later.starts[1] == whole.starts[1]


def test_connections_that_are_over_have_trails_and_only_so_many_are_kept() -> None:
    wire = Wire()
    for number in range(3):
        call = wire.connect(client=f"10.0.0.1:{4000 + number}")
        call.ask("sum", "a").ack(SERVER).answer("a", 1).ack(CLIENT).close()

    assert len(_trails(wire.records)) == 3
    few = Trails(2)
    pipeline = ResumablePipeline(Options())
    pipeline.read(wire.records)
    for each in pipeline.connections.known:
        few.add(each)
    assert (len(few.kept), few.left_out) == (2, 1)
