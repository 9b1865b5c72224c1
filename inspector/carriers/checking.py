"""Whether what a third-party carrier returns can be used by what follows.

Types are those that ``base`` states; what is compared by its hash has one, what is
shown as JSON has a JSON text, and no number is negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

from protocol import UNDEFINED, Event, JsonText, Request, Response, dumps, loads

from .base import Cost, Errand, Idle, Recognition, Remark, Transfer, Trouble, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .base import Side

_PAYLOADS = ("data", "metadata", "response", "err", "status")
_NOTHING = type(None)
_TEXT = (str, _NOTHING)
_BYTES = (bytes, bytearray, memoryview)
_PLACE = (int, _NOTHING)
# What is not named here is checked otherwise, or only for its hash.
_TYPES: dict[type[Unit], dict[str, tuple[type, ...]]] = {
    Transfer: {
        "body": _BYTES,
        "body_begin": _PLACE,
        "original": (*_BYTES, _NOTHING),
        "channel": _TEXT,
        "reply_channel": _TEXT,
        "destination": _TEXT,
        "facts": (Mapping, _NOTHING),
    },
    Errand: {
        "verb": (str,),
        "about": (tuple,),
        "channels": (tuple,),
        "text": _BYTES,
    },
    Idle: {"verb": (str,), "channels": (tuple,), "text": _BYTES},
    Trouble: {"code": (str,), "detail": (str,), "lost": (int,), "about": (tuple,)},
    Remark: {
        "code": (str,),
        "subject": (str,),
        "detail": (str,),
        "size": (int,),
        "duration_ns": (int,),
    },
}
_HASHED = ("correlation", "subscription", "tag", "exact", "about", "channels")
_COUNTS = ("lost", "size", "duration_ns")
_UNITS_OF_A_BYTE = 4
_MORE_UNITS = 64
"""A byte ends one unit, and there may be remarks on it, and some of no extent."""


def checked_place(found: object, data: bytes) -> Recognition:
    """Return a place at which a unit begins.

    Raises:
        ValueError: It is not a place in the bytes.
        TypeError: It is not a number.
    """
    if not isinstance(found, Recognition) or not 0 <= found.place < len(data):
        raise ValueError(f"{found!r} is not a place in {len(data)} bytes")
    _check_type(found, "place", (int,))
    return found


def checked_cost(cost: object) -> Cost | None:
    """Return a cost that can be.

    Raises:
        TypeError: It is not a Cost, or has malformed parts.
        ValueError: It is negative.
    """
    if cost is None:
        return None
    if not isinstance(cost, Cost):
        raise TypeError(f"{type(cost).__name__} is not a Cost")
    _check_type(cost, "packets", (int,))
    _check_type(cost, "words", (str,))
    if cost.packets < 0:
        raise ValueError(f"a cost of {cost.packets} packets")
    return cost


def checked_units(
    units: Iterable[Unit], side: Side, fresh: int, given: int
) -> list[Unit]:
    """Return units that can be.

    Args:
        units: What a talk returned.
        side: Whose bytes they are.
        fresh: How many bytes may have ended them.
        given: How many bytes of the side it was given.

    Raises:
        TypeError: Something in them is of a type that it cannot have.
        ValueError: A place is not in what was received, a payload is not JSON, or
            there are more of them than bytes.
    """
    most = _UNITS_OF_A_BYTE * fresh + _MORE_UNITS
    checked = list(islice(units, most + 1))
    if len(checked) > most:
        raise ValueError(f"more than {most} units of {fresh} bytes")
    for unit in checked:
        if not isinstance(unit, Unit):
            raise TypeError(f"{type(unit).__name__} is not a unit")
        _check_extent(unit, side, given)
        _check_parts(unit)
        if isinstance(unit, Transfer):
            check_packet(unit.packet)
    return checked


def check_packet(packet: object) -> None:
    """Check that a packet can be shown.

    Raises:
        TypeError: It is not a packet, or a payload is not JsonText.
        ValueError: A payload is not JSON.
        EncodeError: The pattern or the id has no JSON text.
    """
    if not isinstance(packet, Request | Event | Response):
        raise TypeError(f"{type(packet).__name__} is not a packet")
    for name in ("pattern", "id"):
        value = getattr(packet, name, UNDEFINED)
        if value is not UNDEFINED:
            dumps(value)
    if not isinstance(packet.extra, Mapping):
        raise TypeError(f"extra is a mapping, not {type(packet.extra).__name__}")
    payloads = [getattr(packet, name, UNDEFINED) for name in _PAYLOADS]
    for payload in (*payloads, *packet.extra.values()):
        if payload is UNDEFINED:
            continue
        if not isinstance(payload, JsonText):
            raise TypeError(f"a payload is a JsonText, not {type(payload).__name__}")
        loads(payload)


def _check_extent(unit: Unit, side: Side, given: int) -> None:
    for place in (unit.begin, unit.end):
        if not isinstance(place, int):
            raise TypeError(f"a place is a number, not {type(place).__name__}")
    if unit.side != side or not 0 <= unit.begin <= unit.end <= given:
        raise ValueError(f"a unit at {unit.begin} to {unit.end} of {given} bytes")
    for begin, end in unit.secret:
        if not unit.begin <= begin <= end <= unit.end:
            raise ValueError(f"a secret at {begin} to {end} outside of its unit")


def _check_parts(unit: Unit) -> None:
    for kind, parts in _TYPES.items():
        if isinstance(unit, kind):
            for name, types in parts.items():
                _check_type(unit, name, types)
    for name in _HASHED:
        hash(getattr(unit, name, None))
    for name in _COUNTS:
        if getattr(unit, name, 0) < 0:
            raise ValueError(f"{name} is negative")
    if isinstance(unit, Errand):
        dumps(unit.value)
    if isinstance(unit, Transfer) and unit.facts is not None:
        dumps(dict(unit.facts))
    if isinstance(unit, Remark) and unit.packet is not None:
        check_packet(unit.packet)


def _check_type(thing: object, name: str, types: tuple[type, ...]) -> None:
    value = getattr(thing, name)
    if not isinstance(value, types):
        kind, owner = type(value).__name__, type(thing).__name__
        raise TypeError(f"{name} of {owner} is of type {kind}")
