"""What a capture says of itself that is a part of another: what was left out of it.

``--write`` leaves packets out on purpose. A comment in the section header of the pcapng
file says so, and by which options exchanges were chosen, so that nobody takes what is
missing for lost.

Source: draft-ietf-opsawg-pcapng, sections 3.5 (opt_comment) and 4.1 (section header).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN = "protocol-inspect: other packets were left out"
_COMMENT, _END = 1, 0
_HEADER = 24  # bytes of a section header before its options
_LONGEST = 200  # characters of a choice that are shown


def omission(choice: str) -> str:
    """Return the comment of a capture that holds the packets of chosen exchanges.

    Args:
        choice: The options that chose them; empty where they are not to be shown.
    """
    return f"{_BEGIN} by {choice}" if choice else _BEGIN


def omitted(order: str, block: bytes) -> str | None:
    """Return by what packets were left out of a capture, from its section header.

    Args:
        order: The byte order of the section, ``<`` or ``>``.
        block: The block.

    Returns:
        The options that chose exchanges, empty where those are not known; None where
        nothing is known to be left out.
    """
    for code, value in _options(order, block[_HEADER:-4]):
        text = value.decode("utf-8", "replace")
        if code == _COMMENT and text.startswith(_BEGIN):
            choice = text.removeprefix(_BEGIN).removeprefix(" by ")
            return choice if len(choice) <= _LONGEST else choice[:_LONGEST] + "…"
    return None


def _options(order: str, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the options of a block, by their codes; of damaged ones the first."""
    place, head = 0, struct.Struct(order + "HH")
    while place + head.size <= len(data):
        code, size = head.unpack_from(data, place)
        if code == _END:
            return
        place += head.size
        yield code, data[place : place + size]
        place += size + -size % 4
