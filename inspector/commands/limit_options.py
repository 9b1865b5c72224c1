"""The limits of an inspection, as options of every command over captures."""

from __future__ import annotations

from typing import Any

import click

from inspector.limits import MEBIBYTE, Limits
from protocol.named_tuple import NamedTuple

from .quantities import NUMBER


class _Limit(NamedTuple):
    """A limit as an option: its field, and what it is called and counted in."""

    field: str
    option: str
    unit: int
    metavar: str
    meaning: str


_LIMITS = (
    _Limit(
        "connection_memory",
        "--max-connection-memory",
        MEBIBYTE,
        "MIB",
        "Memory for bytes of one connection that wait for earlier bytes.",
    ),
    _Limit(
        "memory",
        "--max-memory",
        MEBIBYTE,
        "MIB",
        "The same for all connections together.",
    ),
    _Limit(
        "frame_memory",
        "--max-frame-memory",
        MEBIBYTE,
        "MIB",
        "Memory for all incomplete frames.",
    ),
    _Limit(
        "connections",
        "--max-connections",
        1,
        "COUNT",
        "Connections that are tracked at once.",
    ),
)


def _option(limit: _Limit) -> Any:  # noqa: ANN401 — a decorator of click
    default = getattr(Limits(), limit.field) // limit.unit
    return click.option(
        limit.option,
        f"max_{limit.field}",
        metavar=limit.metavar,
        type=NUMBER,
        help=f"{limit.meaning} Default: {default:,}.",
    )


limit_options = tuple(map(_option, _LIMITS))
"""What may be kept; reaching a limit is the finding ``analysis-limit``."""


def take_limits(given: dict[str, Any]) -> Limits:
    """Return the limits among the parameters of a command, and remove them there."""
    named = {limit: given.pop(f"max_{limit.field}") for limit in _LIMITS}
    return Limits(
        **{
            limit.field: value * limit.unit
            for limit, value in named.items()
            if value is not None
        }
    )
