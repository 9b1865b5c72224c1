from __future__ import annotations

from copy import copy

import pytest

from inspector.fleet.readdressing import Readdressing
from inspector.fleet.trails import Readdressed, Trail
from inspector.sources.records import ETHERNET, PacketRecord
from inspector.tcp.segments import decode_segment
from tests.inspector.crafting import Header, packet
from tests.inspector.translated import in_vxlan, talk, translated

_ENDS = ("10.0.0.1", 4000), ("10.0.0.2", 8888)
_OTHER = ("10.9.0.1", 61_000), ("10.96.0.9", 80)
_SIX = ("fd00::1", 4000), ("fd00::2", 8888)
_OTHER_SIX = ("fd00::9:1", 61_000), ("fd00::9:2", 80)


def _record(
    ends: tuple[tuple[str, int], ...], seq: int, *, back: bool = False
) -> PacketRecord:
    source, target = reversed(ends) if back else ends
    data = packet(Header(source, target, seq, 1, "A", 9), b"bytes", 7)
    return PacketRecord(1, 1, ETHERNET, data, len(data))


def _flow(ends: tuple[tuple[str, int], ...]) -> bytes:
    return decode_segment(_record(ends, 0)).flow


@pytest.mark.parametrize(("ends", "other"), [(_ENDS, _OTHER), (_SIX, _OTHER_SIX)])
@pytest.mark.parametrize("back", [False, True])
def test_a_packet_has_the_addresses_that_count(
    ends: tuple[tuple[str, int], ...], other: tuple[tuple[str, int], ...], *, back: bool
) -> None:
    trail = Trail(_flow(ends), (100, 2**32 - 50), (200, 100), 0, 1)
    readdressing = Readdressing([Readdressed(trail, _flow(other), _flow(other))])
    seq = 20 if back else 99  # after the wrap of its numbers; and a SYN
    record = _record(ends, seq, back=back)
    readdressing.apply(record)

    expected = decode_segment(_record(other, seq, back=back))
    assert decode_segment(record) == expected
    far = _record(ends, 1 << 31, back=back)  # of a later connection with the same ports
    kept = copy(far.data)
    readdressing.apply(far)
    assert far.data == kept


def test_the_nearest_of_several_connections_counts() -> None:
    first = Trail(_flow(_ENDS), (100, 0), (10_000_000, 0), 0, 1)
    second = Trail(_flow(_ENDS), (20_000_000, 0), (100, 0), 0, 1)
    third = ("10.9.0.1", 1), ("10.96.0.9", 80)
    readdressing = Readdressing(
        [
            Readdressed(first, _flow(_OTHER), _flow(_ENDS)),
            Readdressed(second, _flow(third), _flow(_ENDS)),
        ]
    )
    for seq, ends in ((90, _OTHER), (12_000_000, _OTHER), (19_999_999, third)):
        record = _record(_ENDS, seq)
        readdressing.apply(record)
        assert decode_segment(record).flow == _flow(ends)


def test_the_inner_addresses_of_a_tunnel_are_meant() -> None:
    own = talk(1)
    outer = in_vxlan(translated(own))
    flow = decode_segment(own[0]).flow
    trail = Trail(decode_segment(outer[0]).flow[:-5], (7_001, 90_001), (999, 999), 0, 1)
    readdressing = Readdressing([Readdressed(trail, trail.flow, flow)], whole=True)
    for one, other in zip(own, outer, strict=True):
        before = len(other.data)
        readdressing.apply(other)
        assert decode_segment(other).flow[:-5] == decode_segment(one).flow
        assert (len(other.data), other.data[26:34]) == (
            before,
            bytes([192, 168, 0, 1, 192, 168, 0, 2]),
        )


def test_what_is_no_packet_of_tcp_stays() -> None:
    readdressing = Readdressing([])
    record = PacketRecord(1, 1, ETHERNET, b"\x01" * 40, 40)
    readdressing.apply(record)
    assert record.data == b"\x01" * 40
