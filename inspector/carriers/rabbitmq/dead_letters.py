"""What a message says of the queues that did not keep it.

Source: ``rabbitmq.com/docs/dlx``: the header ``x-death`` has a table for each queue and
reason, the latest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.carriers.detours import Death

if TYPE_CHECKING:
    from .properties import Properties

_REJECTED = "rejected"


def death_of(properties: Properties) -> Death | None:
    """Return where a message was before; None for one that came straight."""
    headers = properties.facts.get("headers")
    deaths = headers.get("x-death") if isinstance(headers, dict) else None
    if not isinstance(deaths, list) or not deaths:
        return None
    first: Any = deaths[-1]
    if not isinstance(first, dict):
        return None
    channel = _channel_of(first)
    queue, once = first.get("queue"), len(deaths) == 1 and first.get("count") == 1
    if once and first.get("reason") == _REJECTED and isinstance(queue, str):
        return Death(channel, queue)
    return Death(channel)


def _channel_of(death: dict[str, Any]) -> str:
    """Return the routing key that it had, or the exchange where that is empty."""
    keys = death.get("routing-keys")
    key = keys[0] if isinstance(keys, list) and keys else ""
    return str(key or death.get("exchange") or "")
