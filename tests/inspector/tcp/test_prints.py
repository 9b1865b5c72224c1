from __future__ import annotations

from inspector.sources.records import ETHERNET, PacketRecord
from inspector.tcp.prints import print_in, sample
from tests.inspector.conversation import Wire


def _talk(calls: int) -> Wire:
    wire = Wire()
    call = wire.connect()
    for number in range(calls):
        call.ask("sum", f"identity {number}").answer(f"identity {number}", 1)
    return wire


def test_a_packet_has_one_print_wherever_it_is_captured() -> None:
    first, second, *_ = _talk(1).records
    hop = bytearray(first.data)
    hop[0:12] = bytes(12)  # other link addresses
    hop[22] -= 1  # one hop further

    assert print_in(PacketRecord(9, 1, ETHERNET, bytes(hop), 99)) == print_in(first)
    assert print_in(second) != print_in(first)


def test_what_is_no_tcp_has_none() -> None:
    assert print_in(PacketRecord(1, 0, ETHERNET, b"\x00" * 60, 60)) is None
    assert print_in(PacketRecord(1, 0, ETHERNET, b"", 0)) is None


def test_samples_of_one_traffic_hold_the_same_packets() -> None:
    records = _talk(2_000).records
    one, other = sample(records, 256), sample(records[500:], 256)

    assert 64 < len(one) <= 256
    assert len(one.keys() & other.keys()) > len(one) // 2


def test_what_occurs_twice_tells_no_time() -> None:
    records = _talk(1).records

    assert len(sample(records, 100)) == len(records)
    assert sample([*records, records[0]], 100).keys() == sample(records[1:], 99).keys()
