"""A part of the connections of a capture, for one of several that read it together.

Ports of clients follow each other, with every second one left out on Linux; so what
counts is in which of two, and of those which.
"""

from __future__ import annotations

from typing import NamedTuple

_REMEMBERED = 4096


class Share(NamedTuple):
    """One of several parts, each connection being in one of them.

    Attributes:
        part: Which it is, from 0.
        parts: How many there are.
    """

    part: int
    parts: int


WHOLE = Share(0, 1)
"""All connections."""


class Lacking(dict[bytes, bool]):
    """Flow → whether it belongs to another part, as its other direction then does.

    It is asked for every packet, and a dictionary is the quickest to answer.

    Args:
        share: Of which nothing is lacking.
    """

    def __init__(self, share: Share) -> None:
        super().__init__()
        self._share = share

    def __missing__(self, flow: bytes) -> bool:
        if len(self) >= _REMEMBERED:
            self.clear()
        part, parts = self._share
        ports = flow[-3] + flow[-1]
        self[flow] = lacking = (ports ^ ports >> 1) % parts != part
        return lacking
