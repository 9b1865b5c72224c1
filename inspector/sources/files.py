"""Capture files, in the format that their first bytes show; so is compression.

Source: draft-ietf-opsawg-pcap, section 4; draft-ietf-opsawg-pcapng, section 4.1.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from heapq import heappop, heappush
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

from inspector.errors import InspectorError, UnreadableCaptureError
from protocol.on_demand import on_demand

from . import pcap
from .blocks import BlockReader
from .compression import decompressor
from .reading import Reading
from .scanning import PCAPNG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from .blocks import Readable
    from .pcapng import read_pcapng
    from .records import PacketRecord
else:  # decision 158
    read_pcapng = on_demand("inspector.sources.pcapng:read_pcapng")

STDIN = "-"
"""The name of a capture that comes through a pipe."""


_CONVERTED = {
    b"\x04\x22\x4d\x18": "compressed with lz4; lz4 -dc FILE | protocol-inspect -",
    b"snoo": "a capture of snoop; editcap -F pcapng FILE OTHER.pcapng converts it",
    b"GMBU": "a capture of Network Monitor; editcap -F pcapng FILE OTHER.pcapng "
    "converts it",
    b"RTSS": "a capture of Network Monitor; editcap -F pcapng FILE OTHER.pcapng "
    "converts it",
    b'{"': "JSON, no capture; protocol-call replay and protocol-serve --from read what "
    "exchanges --json and fixture write",
    b"PK\x03\x04": "a zip archive; unzip -p FILE | protocol-inspect -",
    b"7z\xbc\xaf": "a 7z archive; 7z x -so FILE | protocol-inspect -",
}
"""How a file begins that cannot be read → what it is, and what makes it readable."""


def read_capture(name: str, reading: Reading | None = None) -> Iterator[PacketRecord]:
    """Yield the records of a capture file, or of stdin for ``-``.

    Args:
        name: The file; it may be compressed, with gzip, zstd, xz or bzip2.
        reading: Of which this is a part, if somebody follows or stops it.

    Raises:
        UnreadableCaptureError: There is no such file, or it is not a capture.
        DamagedCaptureError: It can be read up to a point, and no further; what
            stands before that was yielded.
    """
    with _open(name) as file:
        yield from read_stream(file, _called(name), reading)


def read_stream(
    file: Readable, name: str, reading: Reading | None = None
) -> Iterator[PacketRecord]:
    """Return the records of what is open already.

    Args:
        file: What to read.
        name: What to call it in an error.
        reading: Of which this is a part, if somebody follows or stops it.

    Raises:
        UnreadableCaptureError: It is not a capture.
        DamagedCaptureError: It can be read up to a point, and no further.
    """
    return _read(unpacked(BlockReader(file, name, reading)))


def unpacked(blocks: BlockReader) -> BlockReader:
    """Return what reads a file without its compression, if it has one."""
    compressed = decompressor(blocks)
    if compressed is not None:
        file_itself, blocks = blocks, BlockReader(compressed, blocks.name)
        blocks.omissions = file_itself.omissions
        blocks.secrets = file_itself.secrets
        blocks.scan, blocks.words = file_itself.scan, file_itself.words
        blocks.records_before = file_itself.records_before
    return blocks


def _read(blocks: BlockReader) -> Iterator[PacketRecord]:
    magic = blocks.peek(4)
    if magic in pcap.MAGICS:
        return pcap.read_pcap(blocks)
    if magic == PCAPNG:
        return read_pcapng(blocks)
    raise UnreadableCaptureError(blocks.name, blocks.problem or _why_unreadable(magic))


@contextmanager
def _open(name: str) -> Iterator[BinaryIO]:
    if name == STDIN:
        yield sys.stdin.buffer
        return
    path = Path(name)
    if S_ISDIR(_mode_of(name)):
        raise UnreadableCaptureError(name, f"a directory; try {path / '*.pcap'}")
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise UnreadableCaptureError(name, "no such file") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnreadableCaptureError(name, reason) from error
    except ValueError as error:  # a name with a NUL in it
        raise UnreadableCaptureError(name, str(error)) from error
    with file:
        yield file


def _called(name: str) -> str:
    """Return what to call a capture in an error."""
    return "stdin" if name == STDIN else name


def _why_unreadable(magic: bytes) -> str:
    if not magic:
        return "empty; tcpdump buffers, unless it runs with -U"
    for beginning, what in _CONVERTED.items():
        if magic.startswith(beginning):
            return what
    first = chr(magic[0])
    begins = f"{first!r}" if first.isascii() and first.isprintable() else magic.hex(" ")
    return f"not a capture: it begins with {begins}"


def read_captures(
    names: Sequence[str],
    problems: list[InspectorError],
    reading: Reading | None = None,
) -> Iterator[PacketRecord]:
    """Return the records of several captures as one, in time order.

    Args:
        names: The captures; records are numbered through in the order they are
            yielded, as Wireshark numbers merged files.
        problems: Takes the errors; what can be read is yielded nevertheless.
        reading: To follow and to stop it; to be stopped is not an error.
    """
    reading = reading or Reading()
    if len(names) == 1:
        return until_problem(names[0], problems, reading)
    return _numbered(
        merge(
            [begins_ns(name) for name in names],
            lambda place: until_problem(names[place], problems, reading),
        )
    )


def _numbered(records: Iterable[tuple[int, PacketRecord]]) -> Iterator[PacketRecord]:
    for number, (_, record) in enumerate(records, start=1):
        record.number = number
        yield record


def merge(
    begins: Sequence[int], read: Callable[[int], Iterator[PacketRecord]]
) -> Iterator[tuple[int, PacketRecord]]:
    """Yield the records of several captures in time order, each with its capture.

    A capture is opened when its first record is due: the files of a ring buffer,
    however many, are read one after another.

    Args:
        begins: When each begins.
        read: Opens the capture at a place.
    """
    unopened = sorted((begin, place) for place, begin in enumerate(begins))
    unopened.reverse()
    current: list[tuple[int, int, PacketRecord, Iterator[PacketRecord]]] = []
    while unopened or current:
        while unopened and (not current or unopened[-1][0] <= current[0][0]):
            _, place = unopened.pop()
            _push(current, place, read(place))
        if current:
            _, place, record, records = heappop(current)
            yield place, record
            _push(current, place, records)


def _push(
    current: list[tuple[int, int, PacketRecord, Iterator[PacketRecord]]],
    place: int,
    records: Iterator[PacketRecord],
) -> None:
    """Put the next record of a capture among the others; of equal times by place."""
    record = next(records, None)
    if record is not None:
        heappush(current, (record.time_ns, place, record, records))


def begins_ns(name: str) -> int:
    """Return when the first record was captured; 0 where one cannot know beforehand."""
    if name == STDIN or not S_ISREG(_mode_of(name)):
        return 0
    try:
        first = next(read_capture(name), None)
    except InspectorError:
        return 0
    return 0 if first is None else first.time_ns


def until_problem(
    name: str, problems: list[InspectorError], reading: Reading
) -> Iterator[PacketRecord]:
    """Yield the records of a capture; ``problems`` takes what keeps the rest back."""
    try:
        # As read_capture does; every record would pass one generator more.
        with _open(name) as file:
            yield from read_stream(file, _called(name), reading)
    except InspectorError as problem:
        if not reading.stopped:
            problems.append(problem)


def hold_secrets(names: Sequence[str]) -> bool:
    """Whether captures begin with the secrets of what TLS protects in them.

    Only pcapng can; what can be read only once is not asked.
    """
    return any(_holds_secrets(name) for name in names if not is_read_once(name))


def _holds_secrets(name: str) -> bool:
    reading = Reading()
    try:
        with _open(name) as file:
            blocks = unpacked(BlockReader(file, name, reading))
            if blocks.peek(4) == PCAPNG:
                next(read_pcapng(blocks), None)
    except InspectorError:
        pass  # whoever reads it will say so
    return bool(reading.secrets)


def size_of(names: Sequence[str]) -> int | None:
    """Return the bytes of some captures; None when one of them is not a plain file."""
    if STDIN in names or not all(S_ISREG(_mode_of(name)) for name in names):
        return None
    return sum(Path(name).stat().st_size for name in names)


def is_read_once(name: str) -> bool:
    """Whether a capture is stdin, a pipe or a device, gone once it is read."""
    mode = _mode_of(name)
    return name == STDIN or bool(mode and not S_ISREG(mode) and not S_ISDIR(mode))


def _mode_of(name: str) -> int:
    """Return what kind of file it is, as stat has it; 0 for none that can be looked at.

    :meth:`Path.is_file` raises an error for a name that is too long.
    """
    try:
        return Path(name).stat().st_mode
    except (OSError, ValueError):
        return 0
