"""What carries frames as Nest's TCP has them, ``length#json``, lets others cut them.

::

    packet before it ─► one frame and nothing else? ─► Frames.read ─► its packet
                            │ no
                            └─► Talk.receive, as with any carrier
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from .base import Talk

if TYPE_CHECKING:
    from protocol import Packet

    from .base import Side, Trouble
    from .unary import UnaryTalk


class Frames(Protocol):
    """Reads frames that somebody else has cut, each from a packet of its own.

    Attributes:
        any_text: Whether such a frame may hold text that is not ASCII.
    """

    @property
    def any_text(self) -> bool: ...  # noqa: D102 — see the class

    def read(self, body: bytes, size: int) -> Packet | Trouble | None:
        """Return the packet in a frame, or what is wrong with it.

        None where :meth:`Talk.receive` has to read it after all. After anything but a
        packet :meth:`FramedTalk.frames` has to be asked again.

        Args:
            body: Its JSON text.
            size: Bytes of the frame.
        """

    def pass_over(self, size: int) -> None:
        """Learn that a frame of so many bytes was read by somebody else."""


# decision 132
@runtime_checkable
class FramedTalk(Talk, Protocol):
    """A talk whose plain units are frames as Nest's TCP has them: ``length#json``.

    Whoever sees packets before it may cut them.
    """

    def frames(self, side: Side) -> Frames | None:
        """Return what reads frames of a side, if the next bytes may be one."""


def framed(talk: Talk) -> FramedTalk | None:
    """Return a talk if others may cut its frames, else None.

    One method distinguishes it from other talks. isinstance() would look for each that
    a protocol has, and take as long for a connection as twenty of its packets.
    """
    return cast("FramedTalk", talk) if hasattr(talk, "frames") else None


def unary(talk: Talk) -> UnaryTalk | None:
    """Return a talk likewise, if its plain calls can be read step by step."""
    return cast("UnaryTalk", talk) if hasattr(talk, "unary") else None
