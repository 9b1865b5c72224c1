"""What a scan has taken apart is the segment that the record holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from inspector.sources.files import read_capture
from inspector.sources.reading import Layout
from inspector.sources.records import ETHERNET, Batch
from inspector.sources.scanning import scan, scan_in_python
from inspector.tcp.scans import payload_in, record_in, segment_in
from inspector.tcp.segments import decode_segment
from tests.inspector.captures import CAPTURES, name_of, pcap_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.sources.reading import Scan

_HEADER = 24  # bytes of the header of a file


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
@pytest.mark.parametrize("scanner", [scan, scan_in_python], ids=["here", "in Python"])
def test_an_entry_is_the_segment_of_its_record_or_the_record_itself(
    capture: Path, scanner: Scan
) -> None:
    records = list(read_capture(str(capture)))
    data = pcap_bytes(records)[_HEADER:]
    entries, _ = scanner(data, 0, 0, Layout(False, False, 1), 14, 12, (b"key",))  # noqa: FBT003
    batch = Batch(ETHERNET, data, entries)

    for entry, record in zip(entries, records, strict=True):
        if entry[2] is None:
            assert record_in(entry, batch) == msgspec.structs.replace(
                record, link_type=ETHERNET
            )
            continue
        segment = decode_segment(record)
        assert segment_in(entry) == msgspec.structs.replace(segment, header=-1)
        assert payload_in(entry) == segment.payload
