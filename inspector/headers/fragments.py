"""IP fragments to the packets that they are parts of.

::

    offset 0, more │ offset 1480, more │ offset 2960, last      in any order
    ───────────────┴───────────────────┴─────────────────► payload of one IP packet

Memory is bounded: when too many packets are incomplete, the oldest is given up.
Overlapping fragments are not an accident, and their packet is given up too (RFC 5722).

Source: RFC 791, section 3.2; RFC 8200, section 4.5.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

_MAX_INCOMPLETE = 512
"""Packets that may be incomplete at once: 32 MiB at most, and usually far less."""
_MAX_PIECES = 64
"""Pieces of one packet; 65,535 bytes in pieces of a usual size are 45."""
_MAX_SIZE = 65_535


class Fragment(NamedTuple):
    """A piece of the payload of an IP packet.

    Attributes:
        key: What the pieces of one packet have in common.
        offset: Place of its first byte.
        more: Whether pieces follow it.
        payload: Its bytes.
        protocol: What the payload is; that of the first piece counts.
    """

    key: Hashable
    offset: int
    more: bool
    payload: bytes
    protocol: int


class Fragments:
    """Put packets together.

    Attributes:
        given_up: Pieces of packets that were never complete.
    """

    def __init__(self) -> None:
        self.given_up = 0
        self._incomplete: OrderedDict[Hashable, dict[int, Fragment]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """Pieces that wait for others."""
        return sum(map(len, self._incomplete.values()))

    def join(self, fragment: Fragment) -> tuple[bytes, int] | None:
        """Take a piece; return payload and protocol of the packet that it completes.

        None until there is one.
        """
        pieces = self._incomplete.setdefault(fragment.key, {})
        known = pieces.get(fragment.offset)
        if known is not None and known != fragment:
            # The number of the packet is used anew: the one before is lost.
            self._give_up(fragment.key)
            pieces = self._incomplete.setdefault(fragment.key, {})
        pieces[fragment.offset] = fragment
        ordered = sorted(pieces.values(), key=lambda piece: piece.offset)
        ends = [piece.offset + len(piece.payload) for piece in ordered]
        starts = [piece.offset for piece in ordered]
        if any(end > start for end, start in zip(ends, starts[1:], strict=False)) or (
            ends[-1] > _MAX_SIZE or len(pieces) > _MAX_PIECES
        ):
            self._give_up(fragment.key)
        elif starts == [0, *ends[:-1]] and not ordered[-1].more:
            del self._incomplete[fragment.key]
            payload = b"".join(piece.payload for piece in ordered)
            return payload, ordered[0].protocol
        elif len(self._incomplete) > _MAX_INCOMPLETE:
            self._give_up(next(iter(self._incomplete)))
        return None

    def _give_up(self, key: Hashable) -> None:
        self.given_up += len(self._incomplete.pop(key))
