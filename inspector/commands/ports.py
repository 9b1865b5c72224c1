"""Ports at which a live run answers beside its view: where, and who listens there."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.streams.endpoints import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.views.output_format import LiveView

    Observe = Callable[[LiveView, str], LiveView]
    """Returns a view that something else sees too, given it and its source's name."""

_HERE = "127.0.0.1"
_WAITING = 128
"""Connections that wait to be accepted; of few more some are a second late."""


def port_endpoint(option: str, text: str) -> Endpoint:
    """Read ``PORT``, which is one of the loopback interface, or ``HOST:PORT``.

    Raises:
        InspectorError: It is neither.
    """
    try:
        return Endpoint.parse(text if ":" in text else f"{_HERE}:{text}")
    except ValueError:
        raise InspectorError(f"{option} {text}", "not PORT or HOST:PORT") from None


def listen(where: Endpoint) -> socket.socket:
    """Return a socket that listens.

    Args:
        where: The port; 0 for one that is free.

    Raises:
        InspectorError: It cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in where.address else socket.AF_INET
    try:
        return socket.create_server(where, family=family, backlog=_WAITING)
    except OSError as error:
        # Python adds where it was, which the line says already.
        reason = (error.strerror or str(error)).partition(" (while")[0].lower()
        raise InspectorError(str(where), f"cannot listen: {reason}") from None


def endpoint_of(listener: socket.socket) -> Endpoint:
    """Return where a socket listens."""
    address = listener.getsockname()
    return Endpoint(address[0], address[1])
