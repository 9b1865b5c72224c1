"""JSON values, packet numbers and figures as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.registry import carriers
from inspector.shorthand import short, short_value
from inspector.words import significant
from protocol import (
    UNDEFINED,
    Json,
    JsonText,
    UndefinedType,
    dumps,
    escape_controls,
    escape_controls_in_lines,
    loads,
)

from .cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.streams.packets import DataPacket

ELLIPSIS = "…"
CANNOT_BE = "–"
"""Shown for a figure that does not exist, such as the latency of an event."""

_LONG_STRING = 200
_HEAD = 4
_MAX_TEXT = 4096  # bytes of a payload that are worth reading for one line
_LISTED_PACKETS = 3

safe = escape_controls
"""A text with what a terminal would obey as escapes."""
safe_lines = escape_controls_in_lines
"""… and bytes, whose lines are kept."""


def carrier_title(carrier: str) -> str:
    """Return what a carrier is called in a view: ``TCP``, ``NATS``.

    One that is unknown comes from a file that anybody may have written.
    """
    known = carriers().get(carrier)
    return safe(carrier.upper()) if known is None else known.title


def route_over(route: str, carrier: str, *, several: bool) -> str:
    """Return a route written short, with its carrier where there are several."""
    name = short(route)
    return f"{name} over {carrier_title(carrier)}" if several else name


def value_text(payload: JsonText | UndefinedType) -> str:
    """Return a payload as compact JSON on one line, long strings cut."""
    if payload is UNDEFINED:
        return ""
    text = bytes(payload)
    if len(text) <= _MAX_TEXT or text.startswith(b'"'):
        value = loads(text)
        if isinstance(value, str) and len(value) > _LONG_STRING:
            return safe(f'"{value[:_HEAD]}{ELLIPSIS}" ({len(value):,})')
        return safe(dumps(value).decode())
    return safe(text[:_MAX_TEXT].decode("utf-8", "replace")) + ELLIPSIS


def short_text(payload: JsonText | UndefinedType) -> str:
    """Return a payload as lists show it: as :func:`value_text`, written short."""
    if payload is UNDEFINED or len(text := bytes(payload)) > _MAX_TEXT:
        return value_text(payload)
    value = loads(text)
    if isinstance(value, str) and len(value) > _LONG_STRING:
        return value_text(payload)
    return safe(short_value(value))


def cell_text(value: Json) -> str:
    """Return a value as the cell of a table: a string as it is, all else as JSON."""
    if value is UNDEFINED:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return dumps(value).decode()


def pattern_text(pattern: Json, route: str | None) -> str:
    """Return a pattern written short, or a dash where its route is not known."""
    if route is None:
        return CANNOT_BE
    return safe(short(route)) if pattern is not UNDEFINED else "undefined"


def fit(text: str, width: int) -> str:
    """Return a text in exactly ``width`` cells, cut with one ellipsis."""
    if text.isascii():  # nearly every text is, and has as many cells as characters
        head = text[: max(width - 1, 0)] if len(text) > width else text.ljust(width)
        return head if len(head) == width else head + ELLIPSIS
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    head = set_cell_size(text, max(width - 1, 0))
    return head + (" " if head.endswith(ELLIPSIS) else ELLIPSIS)


def cut_middle(text: str, width: int) -> str:
    """Return a text in exactly ``width`` cells, cut before its end: names differ there.

    A quarter of what is shown is the end.
    """
    if cell_len(text) <= width:
        return fit(text, width)
    tail = width // 4
    end = text[len(text) - tail :]
    while cell_len(end) > tail:
        end = end[1:]
    head = set_cell_size(text, max(width - 1 - tail, 0)).rstrip()
    return fit(head + ELLIPSIS + end, width)


def packet_numbers(packets: Sequence[DataPacket], of: Exchange | None = None) -> str:
    """Return ``9 11``, ``16–19`` or ``4…32``; a ``*`` marks those that are shared.

    Args:
        packets: The packets.
        of: Whose they are. Over a broker, what its carrier does for an exchange shares
            packets with it, which says nothing: others of them are marked alone.
    """
    ordered = sorted(packets, key=lambda packet: packet.number)
    crowded = [each for each in ordered if each.frames > 1]
    if crowded and of is not None and of.passage is not None:
        crowded = of.shared_packets
    shared = {id(each) for each in crowded}
    if len(ordered) <= _LISTED_PACKETS:
        return " ".join(
            f"{each.number}{'*' * (id(each) in shared)}" for each in ordered
        )
    first, last = ordered[0].number, ordered[-1].number
    consecutive = last - first == len(ordered) - 1
    mark = "*" * any(id(each) in shared for each in ordered)
    return f"{first}{CANNOT_BE if consecutive else ELLIPSIS}{last}{mark}"


def milliseconds(time_ns: int | None) -> str:
    """Return a duration for a column of milliseconds."""
    return CANNOT_BE if time_ns is None else significant(time_ns / 1e6)


def gap(time_ns: int) -> str:
    """Return the time between two packets for a column of milliseconds.

    It has the decimals of a capture. Where packets are not in the order of time there
    is none.
    """
    return CANNOT_BE if time_ns < 0 else f"{time_ns / 1e6:.3f}"


def seconds(time_ns: int) -> str:
    """Return a time with six decimals, as Wireshark's Time column."""
    sign, microseconds = ("-" if time_ns < 0 else ""), abs(time_ns) // 1000
    return f"{sign}{microseconds // 1_000_000}.{microseconds % 1_000_000:06}"


def align_decimals(column: Sequence[str]) -> list[str]:
    """Return figures padded at the right so that their decimal points agree."""
    room = max(map(decimals, column), default=0)
    return [pad_decimals(figure, room) for figure in column]


def pad_decimals(figure: str, room: int) -> str:
    """Return a figure padded at the right to some cells from its decimal point on."""
    return figure if figure == CANNOT_BE else figure + " " * (room - decimals(figure))


def decimals(figure: str) -> int:
    """Return how many cells a figure has from its decimal point on."""
    return len(figure) - figure.index(".") if "." in figure else 0
