"""The options at the end of a block of pcapng.

::

    code │ length │ value … │ padding      one after the other, until code 0
    2 B     2 B                to 4 B

Source: draft-ietf-opsawg-pcapng, section 3.5.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = 0  # opt_endofopt


def options_in(order: str, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield code and value of each option; of damaged ones those that come first.

    Args:
        order: The byte order of the section, ``<`` or ``>``.
        data: The bytes of a block in which its options are.
    """
    place, head = 0, struct.Struct(order + "HH")
    while place + head.size <= len(data):
        code, size = head.unpack_from(data, place)
        if code == _END:
            return
        place += head.size
        yield code, data[place : place + size]
        place += size + -size % 4
