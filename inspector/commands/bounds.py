"""The limits of an inspection, as options of every command over captures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from inspector.limits import MEBIBYTE, Limits

from .choice import current_choice


def _limit(name: str, option: str, unit: int, metavar: str, meaning: str) -> Any:  # noqa: ANN401 — a decorator of click
    default = getattr(Limits(), name) // unit

    def set_limit(_: click.Context, __: click.Parameter, value: int | None) -> None:
        if value is not None:
            choice = current_choice()
            choice.limits = replace(choice.limits, **{name: value * unit})

    return click.option(
        option,
        metavar=metavar,
        type=click.IntRange(min=1),
        expose_value=False,
        callback=set_limit,
        help=f"{meaning} Default: {default:,}.",
    )


limit_options = (
    _limit(
        "connection_memory",
        "--max-connection-memory",
        MEBIBYTE,
        "MIB",
        "What one connection may keep that waits for bytes before it.",
    ),
    _limit(
        "memory",
        "--max-memory",
        MEBIBYTE,
        "MIB",
        "What all connections may keep so.",
    ),
    _limit(
        "frame_memory",
        "--max-frame-memory",
        MEBIBYTE,
        "MIB",
        "What all frames that are not complete may keep.",
    ),
    _limit(
        "connections",
        "--max-connections",
        1,
        "COUNT",
        "Connections that are followed at once.",
    ),
)
"""What may be kept; reaching a limit is the finding ``analysis-limit``."""
