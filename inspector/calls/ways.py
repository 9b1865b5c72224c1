"""By what way the next chunk of a direction may be read, if by a quicker one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from inspector.carriers.base import Express
    from inspector.carriers.framed import Frames
    from inspector.streams.connections import Direction

    from .tracking import Track

T = TypeVar("T")


class Ways:
    """The directions that have such a way now.

    Attributes:
        lanes: Directions whose next chunk may be one plain packet → what reads it.
        frames: Directions whose next chunk may be one plain frame → what reads it.
        hops: Directions whose next chunk may be one plain hop, or a step of a plain
            call → what is read there.
    """

    def __init__(self) -> None:
        self.lanes: dict[Direction, Express] = {}
        self.frames: dict[Direction, Frames] = {}
        self.hops: dict[Direction, Track] = {}

    def stand_by(self, track: Track) -> None:
        """Let the next chunk take the express way, if its carrier has one now."""
        direction, talk = track.direction, track.talk
        if track.hopping is not None:
            _note(self.hops, direction, track if track.may_hop() else None)
        elif track.framed is not None:
            _note(self.frames, direction, track.framed.frames(direction.side))
        elif track.unary is not None:
            _note(self.hops, direction, track if track.may_step() else None)
        else:
            express = None if talk is None else talk.express(direction.side)
            _note(self.lanes, direction, express)

    def forget(self, direction: Direction) -> None:
        """Let the next chunk of a direction be read the ordinary way."""
        self.lanes.pop(direction, None)
        self.frames.pop(direction, None)
        self.hops.pop(direction, None)


def _note(ways: dict[Direction, T], direction: Direction, way: T | None) -> None:
    """Note by what way a direction may be read now, if by any."""
    if way is not None:
        ways[direction] = way
    else:
        ways.pop(direction, None)
