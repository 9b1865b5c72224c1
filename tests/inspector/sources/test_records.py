from __future__ import annotations

from inspector.sources.files import read_capture
from inspector.sources.records import PacketRecord
from tests.inspector.captures import SEED


def test_a_record_knows_its_place_time_and_size() -> None:
    first, *others = read_capture(str(SEED))

    assert isinstance(first, PacketRecord)
    assert [record.number for record in (first, *others)] == list(
        range(1, len(others) + 2)
    )
    assert all(record.length >= len(record.data) for record in others)
    assert all(isinstance(record.time_ns, int) for record in others)
