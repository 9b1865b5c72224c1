"""What a service tells the log about itself: what it handles, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .routes import Routes


def handled(routes: Routes) -> str:
    """Return how many handlers there are, as ``3 messages, 1 event``."""
    events = [handler.is_event for handler in routes]
    kinds = {"message": events.count(False), "event": events.count(True)}
    counts = [_counted(count, kind) for kind, count in kinds.items() if count]
    return ", ".join(counts) or "no handlers"


def ended(finished: int, cut: int) -> str:
    """Return how a service stopped.

    Args:
        finished: Number of calls that were in flight, and ended within the grace.
        cut: Number of those that were cancelled after it.
    """
    was = "was" if cut == 1 else "were"
    if finished and cut:
        return f"stopped: {_counted(finished, 'call')} finished, {cut} {was} cut"
    if cut:
        return f"stopped: {_counted(cut, 'call')} {was} cut"
    return f"stopped: {_counted(finished, 'call')} finished" if finished else "stopped"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
