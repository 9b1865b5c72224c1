"""What our streams hold is what tshark follows, whatever the network did to them."""

from __future__ import annotations

import functools
import re
import subprocess
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from inspector.streams.items import Chunk, Gap
from tests.inspector.assembled import reassemble
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import CLIENT, Line, Wire, inspected
from tests.inspector.scrambled import Call, Scrambled, scramble
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inspector.sources.records import PacketRecord

_BATCHES = range(8)
_CONVERSATIONS = 65  # of each batch: 520 in all
_MISSING = "[{} bytes missing in capture file]\0"
_TRAILING = re.compile(rb"\[\d+ bytes missing in capture file\]\0\Z")

Streams = dict[tuple[int, int], bytes]
"""Number of the connection, from 0, and side of its first packet or other → bytes."""

each_batch = pytest.mark.parametrize("batch", _BATCHES)


@functools.cache
def scrambled(batch: int) -> tuple[Wire, list[Scrambled]]:
    return scramble(batch, _CONVERSATIONS)


def follow(capture: Path, count: int) -> Streams:
    """Let tshark follow all connections of a capture at once."""
    taps = [f"-zfollow,tcp,raw,{number}" for number in range(count)]
    printed = subprocess.run(
        ["tshark", "-n", "-q", "-r", capture, *taps],  # noqa: S607
        check=True,
        capture_output=True,
        encoding="ascii",
        timeout=PATIENCE,
    ).stdout
    streams: Streams = {}
    for text in printed.split("Filter: tcp.stream eq ")[1:]:
        number, _node, _other, *lines = text.partition("\n===")[0].splitlines()
        for side in (0, 1):
            own = [line for line in lines if line.startswith("\t") == bool(side)]
            streams[int(number), side] = bytes.fromhex("".join(own))
    return streams


def reassembled(records: Iterable[PacketRecord]) -> Streams:
    """Return our bytes, with tshark's words where the capture lacks some."""
    streams: defaultdict[tuple[int, int], bytes] = defaultdict(bytes)
    for item in reassemble(records):
        if isinstance(item, Chunk | Gap):
            direction = item.direction
            key = direction.connection.number - 1, direction.side
            streams[key] += (
                item.data
                if isinstance(item, Chunk)
                else _MISSING.format(item.size).encode()
            )
    # tshark says nothing of a hole that only a FIN tells of.
    return {key: _TRAILING.sub(b"", data) for key, data in streams.items()}


@each_batch
def test_the_bytes_of_every_direction_are_those_that_tshark_follows(
    batch: int, tmp_path: Path
) -> None:
    records = scrambled(batch)[0].records
    capture = tmp_path / "scrambled.pcap"
    capture.write_bytes(pcap_bytes(records))
    followed = follow(capture, _CONVERSATIONS)
    ours = reassembled(records)

    assert len(followed) == 2 * _CONVERSATIONS
    for key, data in followed.items():
        assert ours.get(key, b"") == data, key


@each_batch
def test_the_exchanges_are_those_whose_frames_the_capture_holds(batch: int) -> None:
    wire, conversations = scrambled(batch)
    result = inspected(wire.records)
    found: defaultdict[str, list[Call]] = defaultdict(list)
    for line in result.lines:
        found[line["client"]].append(_call(line))

    for each in conversations:
        client = f"{each.call.addresses[CLIENT]}:{each.call.ports[CLIENT]}"
        if not each.garbled:
            assert Counter(found[client]) == Counter(each.calls()), client


@each_batch
def test_every_packet_is_counted_once_or_is_a_copy(batch: int) -> None:
    wire, _ = scrambled(batch)
    report = inspected(wire.records).report

    copies = sum(connection.counts.copies for connection in report.nest)
    assert report.counts.packets == len(wire.records)
    assert copies > 0


def test_the_conversations_have_every_trouble() -> None:
    conversations = [each for batch in _BATCHES for each in scrambled(batch)[1]]

    assert len(conversations) >= 500
    for trouble in ("lossy", "garbled", "late"):
        assert sum(getattr(each, trouble) for each in conversations) > 50


def _call(line: Line) -> Call:
    values = tuple(str(reply.get("response")) for reply in line["replies"])
    return Call(line["kind"], line.get("id"), line.get("pattern"), values)
