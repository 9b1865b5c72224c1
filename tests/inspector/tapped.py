"""One traffic as two points see it, each with a clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from inspector.sources.records import PacketRecord
from inspector.tcp.segments import decode_segment
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import START

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

_SERVER = (8888).to_bytes(2, "big")
FAR = True


class Tap(NamedTuple):
    """Where packets are captured, and by which clock.

    Attributes:
        offset_ns: How far the clock is ahead.
        drift: What it gains.
        far: Whether it stands at the server, and not at the client.
        delay_ns: What a packet takes from one point to the other.
        missed: The numbers of records that it lacks.
    """

    offset_ns: int = 0
    drift: float = 0.0
    far: bool = False
    delay_ns: int = 0
    missed: Collection[int] = ()

    def see(self, records: Iterable[PacketRecord]) -> list[PacketRecord]:
        """Return the records of this point, in the order in which it saw them."""
        seen = [self._see(each) for each in records if each.number not in self.missed]
        seen.sort(key=lambda each: each.time_ns)
        for number, record in enumerate(seen, start=1):
            record.number = number
        return seen

    def _see(self, record: PacketRecord) -> PacketRecord:
        from_client = decode_segment(record).flow[-2:] == _SERVER
        passed = record.time_ns + self.delay_ns * (from_client == self.far)
        time_ns = passed + self.offset_ns + round(self.drift * (passed - START))
        return PacketRecord(
            record.number, time_ns, record.link_type, record.data, record.length
        )


def written(folder: Path, *taps: list[PacketRecord]) -> list[str]:
    """Write what some taps saw; return the names of the files."""
    names = []
    for place, records in enumerate(taps):
        file = folder / f"tap{place}.pcap"
        file.write_bytes(pcap_bytes(records))
        names.append(str(file))
    return names
