"""Compare the scan in C with the one in Python on damaged captures, or starve it.

    python -m tests.native.scanning EXTENSION [--count N] [--seed N]
    python -m tests.native.scanning EXTENSION --starve ALLOCATOR

Starved, every allocation fails once, each in its turn (``failing.c``): there is a
MemoryError then, and nothing is held.
"""

from __future__ import annotations

import argparse
import gc
import random
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.sources.files import read_capture
from tests.inspector.captures import CAPTURES, pcap_bytes, pcapng_packet
from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.scans import PCAP, PCAPNG, WORDS, check_scans
from tests.native.fuzz import damaged, stream
from tests.native.loading import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.reading import Layout, Scan
    from inspector.sources.records import PacketRecord

_NAME = "inspector.sources._scan"
_HEADER = 24  # bytes of the header of a file
_RECORDS = 12  # of a block
_FAR = 1 << 40  # no number that Python keeps ready


def main() -> None:
    """Compare, or starve, and say how often."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("extension", type=Path)
    parser.add_argument("--count", type=int, default=10_000, help="blocks to compare")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--starve", type=Path, metavar="ALLOCATOR")
    options = parser.parse_args()
    scan: Scan = load(options.extension, _NAME).scan
    if options.starve is not None:
        print(f"{starve(scan, load(options.starve, 'failing'))} allocations failed")
        return
    for data, layout in _blocks(options.seed, options.count):
        check_scans(scan, data, layout)
    print(f"{options.count:,} blocks are scanned alike by C and by Python")


def _blocks(seed: int, number: int) -> Iterator[tuple[bytes, Layout]]:
    """Yield blocks of captures, most of them damaged, the same ones for a seed."""
    chance = random.Random(seed)  # noqa: S311 — not for secrets
    known = [list(read_capture(str(each))) for each in CAPTURES]
    for _ in range(number):
        records = _said(chance) if chance.random() < 0.5 else chance.choice(known)
        first = chance.randrange(max(1, len(records) - _RECORDS))
        chosen = [_cut(chance, each) for each in records[first : first + _RECORDS]]
        yield _block(chance, chosen)


def _cut(chance: random.Random, record: PacketRecord) -> PacketRecord:
    """Return a record, now and then without its end."""
    if chance.random() < 0.9:
        return record
    size = chance.randint(1, min(len(record.data), 70))
    return msgspec.structs.replace(record, data=record.data[:size])


def _said(chance: random.Random) -> list[PacketRecord]:
    """Return packets that carry frames, and what resembles them."""
    wire = Wire()
    call = wire.connect()
    for _ in range(chance.randrange(1, 5)):
        call.send(CLIENT, stream(chance) or b"x").ack(CLIENT)
    return wire.records


def _block(chance: random.Random, records: list[PacketRecord]) -> tuple[bytes, Layout]:
    """Return some records as a part of a file, of either format and byte order."""
    order = chance.choice("<>")
    if chance.random() < 0.5:
        data, layout = pcap_bytes(records, order=order)[_HEADER:], PCAP
    else:
        packets = (pcapng_packet(e.data, e.time_ns, order=order) for e in records)
        data, layout = b"".join(packets), PCAPNG
    return damaged(chance, data), layout._replace(big_endian=order == ">")


def starve(scan: Scan, failing: Any) -> int:  # noqa: ANN401 — a module in C
    """Fail each allocation of a scan once; return how many it has."""
    wire = Wire()
    call = wire.connect()
    for body in (b"x" * 300, b'{"token":1}', "é".encode() * 400):
        call.send(CLIENT, b"%d#%b" % (len(body.decode()), body))
    data = pcap_bytes(wire.records)[_HEADER:]
    failing.install()
    for number in count():
        held = failing.held()
        failing.fail_at(number)
        try:
            result: object = scan(data, 0, _FAR, PCAP, 14, 12, WORDS)
        except MemoryError:
            failing.fail_at(-1)
            result = None
        else:
            if failing.waiting():
                failing.fail_at(-1)
                return number
        del result
        gc.collect()
        assert failing.held() <= held + 2, "something is left over"
    raise AssertionError


if __name__ == "__main__":
    main()
