"""tshark's dissector of WebSocket cuts the same frames from every capture."""

from __future__ import annotations

import subprocess
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from inspector.carriers.web.cutting import Cutter, Frame
from inspector.carriers.web.heads import END
from inspector.listening import Tap
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from inspector.streams.items import Chunk
from tests.inspector.gateway_evidence import GATEWAYS, evidence
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.streams.items import StreamItem

_FIELDS = ("tcp.srcport", "websocket.opcode", "websocket.payload_length")


class _Streams(Tap):
    """Puts the bytes of each direction together, by the port of its sender."""

    def __init__(self) -> None:
        self.bytes: dict[tuple[int, int], bytearray] = defaultdict(bytearray)

    def items(self, items: Iterator[StreamItem]) -> Iterator[StreamItem]:
        for item in items:
            if isinstance(item, Chunk):
                direction = item.direction
                sender = direction.connection.endpoints[direction.side]
                number = direction.connection.number
                self.bytes[number, sender.port] += item.data
            yield item


def _ours(capture: Path) -> Counter[tuple[str, str, str]]:
    """Return port, opcode and length of the frames after the heads of HTTP."""
    streams, found = _Streams(), Counter[tuple[str, str, str]]()
    list(Pipeline(taps=[streams]).inspect(read_capture(str(capture))))
    for (_, port), data in streams.bytes.items():
        if b"pgrade: websocket\r\n" not in data or b"HTTP/1.1 40" in data:
            continue
        cutter = Cutter()
        cutter.feed(bytes(data[data.rindex(END) + len(END) :]))
        while isinstance(piece := cutter.cut(), Frame):
            length = {2: len(piece.payload), 4: 126, 10: 127}
            size = piece.head.size - len(piece.head.mask)
            found[str(port), str(piece.head.opcode), str(length[size])] += 1
    return found


def _theirs(capture: Path) -> Counter[tuple[str, str, str]]:
    port = evidence(capture).manifest["port"]
    words = ["tshark", "-n", "-r", str(capture), "-d", f"tcp.port=={port},http"]
    words += ["-Y", "websocket", "-T", "fields"]
    words += [word for field in _FIELDS for word in ("-e", field)]
    printed = subprocess.run(
        words, check=True, capture_output=True, encoding="utf-8", timeout=PATIENCE
    ).stdout
    found = Counter[tuple[str, str, str]]()
    for line in printed.splitlines():
        sender, opcodes, lengths = line.split("\t")
        for frame in zip(opcodes.split(","), lengths.split(","), strict=True):
            found[sender, *frame] += 1
    return found


@pytest.mark.parametrize(
    "capture",
    [each for each in GATEWAYS if "polling" not in each.name],
    ids=lambda each: each.name.partition(".")[0],
)
def test_tshark_cuts_the_same_frames(capture: Path) -> None:
    ours = _ours(capture)
    assert ours
    assert ours == _theirs(capture)
