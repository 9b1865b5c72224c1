"""What the line of an exchange over a broker has besides: its hops and their times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.calls.passages import Hop, Passage, Service


def _hop(hop: Hop) -> dict[str, Any]:
    line: dict[str, Any] = {
        "leg": hop.leg,
        "way": hop.way,
        "connection": hop.direction.connection.number,
        "peer": hop.direction.connection.client_text,
        "channel": hop.channel,
        "time_ns": hop.time_ns,
        "packets": [packet.number for packet in hop.records],
        "reply": hop.reply or None,
        "again": hop.again,
    }
    if hop.group is not None:
        line["group"] = hop.group
    return line | dict.fromkeys(_remarks(hop), True)


def _remarks(hop: Hop) -> list[str]:
    held = {
        "overheard": hop.overheard,
        "surplus": hop.surplus,
        "elsewhere": hop.elsewhere,
        "retained": hop.retained,
        "dead": hop.dead,
    }
    return [name for name, holds in held.items() if holds]


def _errand(service: Service) -> dict[str, Any]:
    return {
        "verb": service.verb,
        "connection": service.direction.connection.number,
        "from": "peer" if service.way == "in" else "broker",
        "packets": [packet.number for packet in service.records],
    }


def _of(read: Callable[[Passage], Any]) -> Callable[[Passage | None], Any]:
    """Return what reads a key; UNDEFINED over a direct carrier, and for None."""

    def value(passage: Passage | None) -> Any:  # noqa: ANN401 — any JSON
        found = None if passage is None else read(passage)
        return UNDEFINED if found is None else found

    return value


OF_PASSAGE: dict[str, Callable[[Passage | None], Any]] = {
    "channel": _of(lambda passage: passage.channel),
    "reply_channel": _of(lambda passage: passage.reply_channel),
    "hops": _of(lambda passage: [_hop(hop) for hop in passage.hops]),
    "errands": _of(lambda passage: [_errand(each) for each in passage.errands]),
    "handlers": _of(lambda passage: [str(each) for each in passage.handlers]),
    "queue_ns": _of(lambda passage: passage.queue_ns),
    "handler_ns": _of(lambda passage: passage.handler_ns),
    "return_ns": _of(lambda passage: passage.return_ns),
}
"""Key → what reads it from a passage."""
