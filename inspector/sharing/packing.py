"""What a part found, as bytes for another process.

Connections leave behind what matters only while segments come, and exchanges the row
of the report that they were counted in.
"""

from __future__ import annotations

import io
import pickle
from types import MappingProxyType
from typing import Any

from inspector.analysis.exchanges import Ledger
from inspector.capture.connections import Connection, Direction
from protocol import DecodeError

_FIGURES = tuple(name for name in Connection.__slots__ if name != "directions")


def pack(item: object) -> bytes:
    """Return anything that an inspection yields as bytes."""
    packed = io.BytesIO()
    _Packer(packed, pickle.HIGHEST_PROTOCOL).dump(item)
    return packed.getvalue()


def unpack(packed: bytes) -> Any:  # noqa: ANN401 — whatever was packed
    """Return what was packed, in a process of the same program."""
    return pickle.loads(packed)  # noqa: S301 — our own process made it


class _Packer(pickle.Pickler):
    def reducer_override(self, item: object) -> Any:  # noqa: ANN401 — as it is defined
        if isinstance(item, Connection):
            return _connection, tuple(getattr(item, name) for name in _FIGURES)
        if isinstance(item, Direction):
            return _direction, (item.connection, item.side)
        if isinstance(item, Ledger):
            return Ledger, (item.number, item.kind, item.route)
        if isinstance(item, DecodeError):
            return _error, (type(item), item.reason, item.offset)
        if isinstance(item, MappingProxyType):
            return _read_only, (dict(item),)
        return NotImplemented


def _connection(*figures: object) -> Connection:
    connection = Connection.__new__(Connection)
    for name, figure in zip(_FIGURES, figures, strict=True):
        setattr(connection, name, figure)
    connection.directions = first, second = (
        Direction(connection, 0),
        Direction(connection, 1),
    )
    first.opposite, second.opposite = second, first
    return connection


def _error(kind: type[DecodeError], reason: str, offset: int) -> DecodeError:
    return kind(reason, offset=offset)


def _read_only(members: dict[str, object]) -> MappingProxyType[str, object]:
    return MappingProxyType(members)  # which pickle cannot find by its name


def _direction(connection: Connection, side: int) -> Direction:
    return connection.directions[side]
