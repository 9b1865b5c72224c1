"""Every connection is in one part, whichever way its packets go."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.capture.segments import SegmentDecoder, reverse_flow
from inspector.capture.shares import WHOLE, Lacking, Share
from tests.inspector.conversation import Wire

_flows = st.one_of(
    st.binary(min_size=12, max_size=12), st.binary(min_size=36, max_size=36)
)


@given(_flows, st.integers(1, 5))
def test_both_directions_are_in_exactly_one_part(flow: bytes, count: int) -> None:
    parts = [Lacking(Share(index, count)) for index in range(count)]

    assert sum(not part[flow] for part in parts) == 1
    assert all(part[flow] == part[reverse_flow(flow)] for part in parts)


@pytest.mark.parametrize("step", [1, 2])
def test_the_ports_that_systems_give_are_in_equal_parts(step: int) -> None:
    part = Lacking(Share(0, 2))
    ports = range(32_768, 32_768 + 400 * step, step)
    flows = [bytes(8) + struct.pack(">HH", port, 3000) for port in ports]

    assert sum(part[flow] for flow in flows) == 200


def test_flows_are_remembered_in_bounded_memory() -> None:
    part = Lacking(Share(0, 2))
    for number in range(10_000):
        assert part[number.to_bytes(12)] == Lacking(Share(0, 2))[number.to_bytes(12)]

    assert len(part) < 5_000


def test_a_decoder_gives_the_segments_of_its_part_and_counts_all_records() -> None:
    wire = Wire()
    for port in (40_000, 40_002, 40_004):
        wire.connect(client=f"10.0.0.1:{port}").emit("log", 1)
    decoders = [SegmentDecoder(share=share) for share in (Share(0, 2), Share(1, 2))]
    found = [[each.number for each in d.decode(wire.records)] for d in decoders]
    whole = [each.number for each in SegmentDecoder(share=WHOLE).decode(wire.records)]

    assert all(found)
    assert sorted(found[0] + found[1]) == whole
    assert [decoder.records for decoder in decoders] == [len(wire.records)] * 2
