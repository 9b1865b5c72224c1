"""Packets of Socket.IO as text, without attachments.

==================  ====================================
packet              text
==================  ====================================
CONNECT             ``0/main,{"sid":"…"}``
DISCONNECT          ``1/main,``
EVENT               ``2/main,["said","hello"]``
… that asks         ``2/main,7["asked"]``
ACK                 ``3/main,7["hello"]``
CONNECT_ERROR       ``4/main,{"message":"Unauthorized"}``
==================  ====================================

In the namespace ``/`` neither it nor the comma is written.

Source: the Socket.IO protocol, revision 5, "Packet encoding".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import dumps
from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protocol import Json

_OWN = frozenset({"connect", "connect_error", "disconnect", "disconnecting"})
"""Events that Socket.IO has itself, and refuses to send."""


def connect_text(namespace: str, identity: str) -> str:
    """Return what lets a client in."""
    return _packet(0, namespace) + dumps({"sid": identity}).decode()


def disconnect_text(namespace: str) -> str:
    """Return what sends a client away."""
    return _packet(1, namespace)


def event_text(
    namespace: str, event: str, data: Iterable[bytes], number: int | None = None
) -> str:
    """Return an event.

    Args:
        namespace: Where it is sent.
        event: Its name.
        data: JSON texts.
        number: By which the client is to acknowledge it; None if it is not.

    Raises:
        UsageError: The event is one of Socket.IO's own.
    """
    if event in _OWN:
        raise UsageError(f"{event!r} is an event of Socket.IO itself")
    return _packet(2, namespace, number) + _list([dumps(event), *data])


def ack_text(namespace: str, number: int, data: Iterable[bytes]) -> str:
    """Return an acknowledgement of so many JSON texts."""
    return _packet(3, namespace, number) + _list(data)


def refusal_text(namespace: str, reason: Json) -> str:
    """Return what refuses a client."""
    return _packet(4, namespace) + dumps(reason).decode()


def _packet(kind: int, namespace: str, number: int | None = None) -> str:
    place = "" if namespace == "/" else f"{namespace},"
    return f"{kind}{place}{'' if number is None else number}"


def _list(texts: Iterable[bytes]) -> str:
    return (b"[%b]" % b",".join(texts)).decode()
