from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.tcp.segments import decode_segment
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire, inspected

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.sources.records import PacketRecord

_SERVICE, _POD = "10.96.0.10:8888", "10.244.1.7:3000"
_NEAR, _NODE = "10.244.0.5:40000", "192.168.0.2:51000"


def _talk(
    server: str, client: str = _NEAR, *, calls: int = 3, isns: tuple[int, int] = (7, 9)
) -> list[PacketRecord]:
    wire = Wire()
    call = wire.connect(client=client, server=server, isns=isns)
    for number in range(calls):
        call.ask("sum", f"identity {number}").ack(SERVER)
        call.answer(f"identity {number}", number).ack(CLIENT)
    call.finish(CLIENT).finish(SERVER).ack(CLIENT)
    return wire.records


def _from_client(record: PacketRecord, client: str) -> bool:
    port = int(client.rpartition(":")[2])
    return decode_segment(record).flow[-4:-2] == port.to_bytes(2)


def _numbered(records: list[PacketRecord]) -> list[PacketRecord]:
    for number, record in enumerate(records, start=1):
        record.number = number
    return records


def _translated(
    near: list[PacketRecord], far: list[PacketRecord], after_ns: int = 20_000
) -> list[PacketRecord]:
    """Return packets before and after translation, in the order of their ways."""
    mixed = []
    for one, other in zip(near, far, strict=True):
        first, second = (one, other) if _from_client(one, _NEAR) else (other, one)
        second.time_ns = first.time_ns + after_ns
        mixed += [first, second]
    return _numbered(mixed)


@pytest.mark.parametrize(
    "far", [_talk(_POD), _talk(_SERVICE, _NODE)], ids=["target", "source"]
)
def test_a_translated_connection_counts_once(far: list[PacketRecord]) -> None:
    seen = inspected(_translated(_talk(_SERVICE), far))
    alone = inspected(_talk(_SERVICE))

    assert [line["server"] for line in seen.lines] == [_SERVICE] * 3
    assert seen.codes == []
    assert seen.summary["packet_records"] == 2 * alone.summary["packet_records"]
    other = {"packet_records", "health"}  # of which the latter tells latencies
    assert {key: value for key, value in seen.summary.items() if key not in other} == {
        key: value for key, value in alone.summary.items() if key not in other
    }
    assert seen.report.translated.total() == 1


@settings(max_examples=30)
@given(calls=st.integers(0, 6), isns=st.tuples(*[st.integers(0, 2**32 - 1)] * 2))
def test_a_proxy_has_numbers_of_its_own(calls: int, isns: tuple[int, int]) -> None:
    far = _talk(_POD, calls=calls, isns=isns)
    seen = inspected(_translated(_talk(_SERVICE, calls=calls), far))
    once = isns == (7, 9)

    assert seen.report.translated.total() == once
    assert seen.summary["messages"] == calls * (2 - once)


def test_both_parts_of_the_handshake_have_to_be_the_same() -> None:
    far = _talk(_POD, isns=(7, 10_000))

    assert inspected(_translated(_talk(_SERVICE), far)).summary["messages"] == 6


def test_a_connection_that_is_alike_later_is_another() -> None:
    far = _talk(_POD)
    mixed = _translated(_talk(_SERVICE), far, after_ns=2 * MILLISECOND)

    assert inspected(mixed).summary["messages"] == 6


def test_two_ends_that_differ_are_no_translation() -> None:
    far = _talk(_POD, _NODE)

    assert inspected(_translated(_talk(_SERVICE), far)).summary["messages"] == 6


def test_ports_that_are_used_anew_are_translated_anew() -> None:
    first = _translated(_talk(_SERVICE), _talk(_POD))
    pairs = _talk(_SERVICE, isns=(500, 600)), _talk(_POD, isns=(500, 600))
    second = _translated(*pairs)
    seen = inspected(_numbered([*first, *second]))

    assert seen.summary["completed"] == seen.summary["messages"] == 6
    assert seen.report.translated == {(_SERVICE, _POD): 2}


def test_the_heading_says_what_is_translated_to_what(tmp_path: Path) -> None:
    file = tmp_path / "nat.pcap"
    file.write_bytes(pcap_bytes(_translated(_talk(_SERVICE), _talk(_POD))))

    assert (
        "1 connection before and after address translation, counted once: "
        f"{_SERVICE} is {_POD}"
    ) in run(file, width=120).out
