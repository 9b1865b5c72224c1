"""Names of clients and servers in the room that there is: both of their ends are kept.

Addresses of one network begin alike, and their ports come last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cells import cell_len, set_cell_size
from .rendering import ELLIPSIS, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAST = 24
"""Cells that a client and a server have together, however narrow the screen is."""
_HEAD = 3  # a third of a name that is cut is its beginning


def without_host(name: str, host: str) -> str:
    """Return a name without a host in front of its port: ``:8888``.

    Args:
        name: An address with or without a port, or what people call it.
        host: The host that need not be said; empty for none.
    """
    return name.removeprefix(host) if host and name.startswith(f"{host}:") else name


def end_rooms(
    clients: Iterable[str], servers: Iterable[str], room: int
) -> tuple[int, int]:
    """Return the cells of clients and of servers: those of the widest, if they fit.

    Args:
        clients: Their names.
        servers: Theirs.
        room: Cells that both have together.
    """
    left = max(map(cell_len, clients), default=0)
    right = max(map(cell_len, servers), default=0)
    room = max(room, _LEAST)
    if left + right > room:
        left = min(left, max(room // 2, room - right))
        right = min(right, room - left)
    return left, right


def cut_end(name: str, room: int) -> str:
    """Return a name in exactly some cells, cut in its middle where it is too long."""
    if cell_len(name) <= room:
        return fit(name, room)
    head = (room - 1) // _HEAD
    tail = room - 1 - head
    over = len(name) - tail  # names are of single cells, but for what cannot be one
    return set_cell_size(name[:head] + ELLIPSIS + name[over:], room)
