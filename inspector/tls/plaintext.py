"""What a record carries, in the packets that carried the record.

A cipher keeps places: byte n of what a record carries lies n bytes after the beginning
of its ciphertext. So every packet gets what it carried itself. One that carried nothing
but the head or the tag of a record gets a byte of its neighbour's all the same: without
it the record could not be read, and it counts for what is in that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.streams.packets import DataPacket


def split(
    plain: bytes, begin: int, parts: Sequence[tuple[DataPacket, int]]
) -> list[tuple[DataPacket, bytes]]:
    """Return what a record carries, in the packets that carried it.

    Args:
        plain: What it carries.
        begin: How many bytes of the record come before that.
        parts: The packets, each with the bytes of the record in it.

    Returns:
        Each packet with at least a byte, as far as there are enough.
    """
    if len(parts) == 1:
        return [(parts[0][0], plain)] if plain else []
    size, count = len(plain), len(parts)
    ends, place = [], -begin
    for index, (_packet, length) in enumerate(parts):
        place += length
        least = min(index + 1, size)
        most = max(size - (count - 1 - index), least)
        ends.append(min(max(place, least), most, size))
    ends[-1] = size
    found, low = [], 0
    for (packet, _length), high in zip(parts, ends, strict=True):
        if high > low:
            found.append((packet, plain[low:high]))
            low = high
    return found
