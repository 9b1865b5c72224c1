"""``--write``: the packets of the chosen exchanges as a capture of their own.

The captures are read twice: what a packet carried is known long after it has passed.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.headers.links import NotTcpError
from inspector.redaction.rewriting import with_payload
from inspector.sources.files import STDIN
from inspector.sources.reading import Reading
from inspector.sources.writing import PcapngWriter
from inspector.tcp.segments import decode_segment
from inspector.tcp.taps import read_taps
from inspector.words import plural

from .standard_output import check_no_input, check_writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inspector.redaction.patches import PatchTap
    from inspector.sources.records import PacketRecord

_OPTION = "--write"
_ENCRYPTED = (
    "a part of what TLS protects cannot be decrypted again; without a filter, the "
    "capture and its key log are all there is to share"
)


def check_output(file: str, captures: Sequence[str]) -> None:
    """Make sure that a subset of the captures can be written to a file.

    Raises:
        InspectorError: They come through a pipe, or the file is one of them.
        UnwritableOutputError: The file cannot be written.
    """
    if STDIN in captures:
        raise InspectorError(_OPTION, "reads twice, which a pipe cannot; name a file")
    check_no_input(_OPTION, file, captures)
    check_writable(_OPTION, file)


# decision 181
def refuse_encrypted(asked: str = _OPTION) -> NoReturn:
    """Write no packets of which some had to be decrypted.

    Args:
        asked: What asked for them.

    Raises:
        InspectorError: Always.
    """
    raise InspectorError(asked, _ENCRYPTED)


# decision 43: Packets that came in IP fragments are not written
def write_subset(
    file: str,
    captures: Sequence[str],
    patches: PatchTap,
    *,
    redacted: bool,
    comment: str = "",
) -> int:
    """Write the packets that are wanted, as far as they can be written.

    Args:
        file: Where to.
        captures: Where they are.
        patches: Which are wanted, and what they hold instead.
        redacted: Whether secrets are hidden.
        comment: What the file says of itself.

    Returns:
        How many of them are left out, since they came in IP fragments.

    Raises:
        UnwritableOutputError: The file takes no more.
    """
    wanted, written = patches.wanted(), 0
    records = read_taps(captures, [], Reading(), [])
    chosen = (record for record in records if record.number in wanted)
    try:
        with Path(file).open("wb", buffering=0) as opened:
            writer = PcapngWriter(opened, comment)
            for record in _whole(chosen, patches if redacted else None):
                writer.write(record)
                written += 1
            writer.flush()
    except OSError as error:
        raise UnwritableOutputError.of(f"{_OPTION}: {file}", error) from None
    return len(wanted) - written


def left_out_words(count: int) -> str:
    """Return what to say of packets that were left out."""
    return f"{_OPTION}: left out {plural(count, 'packet')} that came in IP fragments"


def _whole(
    records: Iterable[PacketRecord], patches: PatchTap | None
) -> Iterator[PacketRecord]:
    """Yield the packets that hold a whole segment, without secrets if those are hidden.

    An IP fragment holds a part of one: what is put together from several is not a
    packet that could be written.
    """
    for record in records:
        try:
            segment = decode_segment(record)
        except (NotTcpError, struct.error):
            continue
        shown = segment.payload if patches is None else patches.patched(segment)
        yield with_payload(record, segment, shown)
