"""How many units were read, by what they are and by their carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.carriers.base import Talk

    from .tracking import Track


class UnitCounts(msgspec.Struct):
    """What was read by one carrier.

    Attributes:
        transfers: Packets of Nest's on their way, malformed ones included.
        errands: Units for the sake of those.
        idle: Units of the connections alone.
    """

    transfers: int = 0
    errands: int = 0
    idle: int = 0


def counted(
    over: dict[str, UnitCounts], tracks: Iterable[Track]
) -> dict[str, UnitCounts]:
    """Return by carrier what was read.

    Args:
        over: Of connections that are closed.
        tracks: The directions of the others.
    """
    counts = {name: msgspec.structs.replace(each) for name, each in over.items()}
    for track in tracks:
        count(counts, track)
    return counts


def count(counts: dict[str, UnitCounts], track: Track) -> None:
    """Add what was read of a direction to the counts of its carrier."""
    carrier = track.direction.connection.carrier
    if track.talk is None or not carrier or track.begins:
        return
    own = counts.setdefault(track.carrier, UnitCounts())
    own.transfers += track.frames + _plain(track.talk, track.direction.side)
    own.errands += track.errands
    own.idle += track.idle


def _plain(talk: Talk, side: int) -> int:
    """Return what the express way has read, counted with the first direction."""
    return 0 if side else talk.plain
