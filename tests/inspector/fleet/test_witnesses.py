from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.fleet.sources import find_sources
from inspector.fleet.tasks import Work
from inspector.fleet.witnesses import MOST_PACKETS, Question, witnesses
from inspector.pipeline import Options
from inspector.tcp.segments import decode_segment
from tests.inspector.translated import sources, talk, translated

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.fleet.witnesses import Witnesses
    from inspector.sources.records import PacketRecord

_SIZE = 1 << 20


def _asked(folder: Path, records: list[PacketRecord]) -> dict[int, Witnesses]:
    (source,) = find_sources([str(each) for each in sources(folder, records)])
    work = Work(Options(), "asked", str(folder))
    flow = decode_segment(records[0]).flow
    return witnesses(
        work,
        source,
        [
            Question(4, flow, (7_001, 90_001), (_SIZE, _SIZE)),
            Question(6, flow, (7_001, 90_001), (30, 0)),
            Question(8, bytes(12), (0, 0), (_SIZE, _SIZE)),
        ],
    )


def test_views_with_other_addresses_name_the_same_packets(tmp_path: Path) -> None:
    records = talk(40)
    near = _asked(tmp_path / "near", records)
    far = _asked(tmp_path / "far", translated(records, later_ns=20_000))

    assert len(near[4]) == MOST_PACKETS
    assert near[4].keys() == far[4].keys()
    assert {far[4][each] - near[4][each] for each in near[4]} == {20_000, -20_000}
    # Of which bytes is asked, and nothing of other connections.
    assert [(asks, seq) for asks, seq, *_ in near[6]] == [(True, 7_001)]
    assert near[8] == {}


def test_a_view_that_lacks_some_has_most_of_them(tmp_path: Path) -> None:
    records = talk(40)
    near = _asked(tmp_path / "near", records)
    some = [each for each in records if each.number % 5]
    for each in some:  # captured without what follows the first bytes of frames
        each.data = each.data[: 54 + 70]
    far = _asked(tmp_path / "far", some)

    assert 8 <= len(near[4].keys() & far[4].keys()) < MOST_PACKETS
