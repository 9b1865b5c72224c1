"""Words in which carriers say alike what a unit is, for rows of packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import Event, Request

if TYPE_CHECKING:
    from .base import Transfer

MOST_SHOWN = 24
"""Characters of a channel that are shown; the last of more is an ellipsis."""


def kind_of(transfer: Transfer) -> str:
    """Return what a transfer carries: a request, an event or a reply."""
    if isinstance(transfer.packet, Request):
        return "request"
    return "event" if isinstance(transfer.packet, Event) else "reply"


def short(channel: str) -> str:
    """Return a channel, cut where it is long."""
    if len(channel) <= MOST_SHOWN:
        return channel
    return f"{channel[: MOST_SHOWN - 1]}…"
