"""What keeps a connection secret: said with its packets, and where it ends badly."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.carriers.base import Idle
from inspector.streams.items import Alarm, Handshake, Unread

from .seen import SECRECY, Upkeep

if TYPE_CHECKING:
    from .foreign import ForeignTraffic
    from .seen import Seen

Secret: TypeAlias = Handshake | Alarm | Unread
SECRET = Handshake, Alarm, Unread
"""The same, to be asked for."""


def heed(item: Secret, foreign: ForeignTraffic) -> list[Seen]:
    """Return what there is to say of a connection that is kept secret.

    Args:
        item: What was read of that.
        foreign: Knows whether the port is Nest's.
    """
    if isinstance(item, Handshake):
        unit = Idle(side=item.direction.side, begin=-1, end=-1, verb=item.words)
        return [Upkeep(item.direction, unit, item.packets, carrier=SECRECY)]
    if isinstance(item, Alarm):
        return [*foreign.on_alarm(item)]
    return [*foreign.on_unread(item)]
