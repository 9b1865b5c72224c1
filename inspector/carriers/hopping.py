"""What reads a plain hop over a broker in one go, for whoever wants figures alone.

::

    packet before it ─► one plain hop, and nothing else? ─► Hops.read ─► PlainHop
                            │ no
                            └─► Talk.receive, as with any carrier

A carrier may offer this, none must.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import msgspec

from protocol import UNDEFINED, UndefinedType

from .base import Talk

if TYPE_CHECKING:
    from collections.abc import Hashable

    from protocol import Packet

    from .base import Side

ASKED: Final = 0
"""A request that the broker is handed."""
ANSWERED: Final = 1
"""A reply that it is handed."""
EMITTED: Final = 2
"""An event that it is handed."""
LEFT: Final = 3
"""Nobody listens for replies any more: an errand."""
POLLED: Final = 4
"""The broker is asked for what there is: idle, unless that brings something."""
SETTLED: Final = 5
"""It is told that somebody is done with one that was handed on: an errand."""
TO_BROKER: Final = 5
"""The last of those that go to the broker; the others come from it."""
ASKED_OF: Final = 6
"""A request that the broker hands on."""
TOLD: Final = 7
"""A reply that it hands on."""
SPREAD: Final = 8
"""An event that it hands on."""
CONFIRMED: Final = 9
"""What it says of one that it was handed: an errand."""
NOTHING: Final = 10
"""What it says where there is nothing to hand on: idle."""
NOTED: Final = 11
"""What it says to who is done with one that was handed on: an errand."""


class Identified(msgspec.Struct, gc=False):
    """What joins request and reply where that is in their JSON.

    Attributes:
        id: It; UNDEFINED for an event.
    """

    id: str | UndefinedType = UNDEFINED


decode_identified = msgspec.json.Decoder(Identified).decode
"""Reads that of a JSON text; raises what ``REFUSED`` names for any other."""


class PlainHop(msgspec.Struct, gc=False):
    """One transfer, or the end of what a caller listened on, in one data packet.

    Attributes:
        what: Which of :data:`ASKED` … :data:`NOTED` it is.
        channel: Where it was sent to.
        reply_channel: Where replies to a request are to go …
        reply_part: … and to which part of that, if that is said.
        subscription: What on this connection it is for, or opens, or ends, or confirms;
            what at this broker somebody is done with.
        body: Its JSON text, which is an object; nothing else is known of it.
        size: Bytes of the transfer that it is; 0 for an errand, and what is idle.
        verb: That of the errand before a request in the same packet, by which its
            caller begins to listen on ``reply_channel``, or that of the errand that it
            is; empty for none.
        destination: The group that shares a delivery, if any …
        since_ns: … and when that was subscribed to; 0 where it is not known.
        correlation: What joins request and reply; None for an event.
        shared: Whether that is the id in the JSON, so that replies to others may go to
            the same channel.
        dual: Whether its sender listens on another connection of its own.
        bare: Whether the JSON of a reply has no id, as something else joins it.
        packet: What it says, where that is not all in ``body``.
        likeness: What tells its body from the same of others, if anything does.
        exact: What identifies a record that is handed on, or was handed in and is
            confirmed, on both sides of its broker; see :class:`~.base.Transfer`.
        owed: How often somebody is to say that he is done with what is identified so.
        polled: What asks for a delivery, or has asked for it; see :class:`~.base.Idle`.
    """

    what: int
    channel: str
    reply_channel: str | None = None
    subscription: Hashable = ""
    body: bytes = b""
    size: int = 0
    verb: str = ""
    destination: str | None = None
    since_ns: int = 0
    correlation: Hashable = None
    shared: bool = False
    dual: bool = False
    bare: bool = False
    packet: Packet | None = None
    likeness: int | None = None
    exact: Hashable | None = None
    owed: int = 0
    polled: Hashable | None = None
    reply_part: str | None = None

    @property
    def alike(self) -> int:
        """The hash of its body as it travels, by which events are alike."""
        likeness = self.likeness
        return hash(self.body) if likeness is None else hash((self.body, likeness))


class Hops(Protocol):
    """Reads data packets of one side that hold one plain hop each."""

    def read(self, data: bytes) -> PlainHop | None:
        """Return the hop that some bytes are; None where :meth:`Talk.receive` reads it.

        Nothing is noted of it.

        Args:
            data: Consecutive bytes, carried by one captured packet.
        """

    def pass_by(self, hop: PlainHop, size: int, time_ns: int) -> Hashable | None:
        """Learn that a hop was counted: what :meth:`Talk.receive` would note of it.

        Args:
            hop: What :meth:`read` has returned for the next bytes.
            size: How many those are.
            time_ns: When they came, in nanoseconds since 1970.

        Returns:
            What one confirm is to refer to on this connection; None where none comes.
        """


# decision 138
@runtime_checkable
class HoppingTalk(Talk, Protocol):
    """A talk over a broker whose plain hops can be read in one go."""

    def hops(self, side: Side) -> Hops | None:
        """Return what reads hops of a side, if the next bytes may be one."""
