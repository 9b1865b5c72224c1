"""How one exchange passed over a broker, and how long each stage took.

::

    Hops       ms  from            to              packets
    request        client :57984   NATS            24
    queue   0.231  NATS            handler :57976  25       group workers
    handler 2.58   handler :57976  NATS            26       86% of the time
    return  0.228  NATS            client :57984   28

A stage is what the step took since the one before it: of a delivery since the broker
was handed the request, of a reply since its handler had that, and on its way back since
the broker was handed the reply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import group_word, participants
from inspector.calls.passages import Leg, Way
from inspector.words import nouns

from .layout import Cell, Column, table_lines
from .rendering import ELLIPSIS, align_decimals, milliseconds, packet_numbers, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.calls.passages import Hop, Passage

    from .show_setting import Setting
    from .text import Text

_FIRST, _LAST = 20, 4
"""Hops that are shown, from the first on and up to the last."""
_UNCUT = 1_000_000  # cells of a line that nobody cuts
_COLUMNS = [
    Column("Hops"),
    Column("ms", right=True),
    Column("from", flexible=10),
    Column("to", flexible=10),
    Column("packets"),
    Column("", flexible=8),
]
_STAGES = {
    (Leg.REQUEST, Way.IN): "request",
    (Leg.REQUEST, Way.OUT): "queue",
    (Leg.REPLY, Way.IN): "handler",
    (Leg.REPLY, Way.OUT): "return",
}
_SLOW = 0.5  # of all the time, from which on a stage is what took it


def hop_lines(exchange: Exchange, setting: Setting) -> Iterator[Text]:
    """Yield the hops of an exchange over a broker; nothing over a direct carrier."""
    passage = exchange.passage
    if passage is None:
        return
    hops = passage.hops
    shown = hops
    if not setting.full and len(hops) > _FIRST + _LAST:
        shown = [*hops[:_FIRST], *hops[-_LAST:]]
    taken = [_taken_ns(passage, hop) for hop in shown]
    figures = align_decimals(["" if ns is None else milliseconds(ns) for ns in taken])
    rows = [
        _row(exchange, hop, figure, ns)
        for hop, figure, ns in zip(shown, figures, taken, strict=True)
    ]
    left_out = len(hops) - len(shown) + passage.left_out
    if left_out:
        more = f"{ELLIPSIS} {left_out:,} more {nouns(left_out, 'hop')}"
        rows.insert(min(_FIRST, len(rows)), [Cell(more, "muted"), *_EMPTY])
    rows += _errand_rows(exchange, setting)
    yield from table_lines(_COLUMNS, rows, setting.width if setting.cut else _UNCUT)


_EMPTY = [Cell("")] * (len(_COLUMNS) - 1)


def _row(exchange: Exchange, hop: Hop, figure: str, taken_ns: int | None) -> list[Cell]:
    peer, broker = _ends(hop, asks=_asks(hop))
    ends = (peer, broker) if hop.way is Way.IN else (broker, peer)
    slow = _share(exchange, hop, taken_ns)
    name = _STAGES[hop.leg, hop.way]
    first = hop.leg is Leg.REQUEST and hop.way is Way.IN
    return [
        Cell(name, "answer" if slow else ""),
        Cell("" if first else figure, "answer" if slow else ""),
        Cell(ends[0]),
        Cell(ends[1]),
        Cell(packet_numbers(hop.records, exchange), "muted"),
        Cell(", ".join([*_remarks(hop), *([slow] if slow else [])]), "muted"),
    ]


def _asks(hop: Hop) -> bool:
    return (hop.leg is Leg.REQUEST) == (hop.way is Way.IN)


def _ends(hop: Hop, *, asks: bool) -> tuple[str, str]:
    """Return what to call the peer of a hop, and its broker."""
    peer, broker = participants(hop.direction.connection)
    title = "client" if asks else "handler"
    return f"{title} {safe(peer.name or str(peer.endpoint))}", safe(
        broker.name or broker.title
    )


def _share(exchange: Exchange, hop: Hop, taken_ns: int | None) -> str:
    """Return how much of the time a stage took, if that is most of it."""
    whole_ns = exchange.latency_ns
    if not whole_ns or taken_ns is None or hop.reply > 1:
        return ""
    share = taken_ns / whole_ns
    return f"{share:.0%} of the time" if _SLOW <= share <= 1 else ""


def _remarks(hop: Hop) -> Iterator[str]:
    if hop.group is not None:
        word = group_word(hop.direction.connection.carrier).rpartition(" ")[2]
        yield f"{word} {safe(hop.group)}"
    if hop.again:
        yield "delivered again"
    if hop.retained:
        yield "retained"
    if hop.dead:
        yield "dead letter"
    if hop.overheard:
        yield "overheard"
    if hop.elsewhere:
        yield "on another channel"
    if hop.surplus:
        yield "surplus"


def _taken_ns(passage: Passage, hop: Hop) -> int | None:
    """Return how long a stage took; None where the hop before it is not known."""
    before = _before(passage, hop)
    if before is None or hop.time_ns < before.time_ns:
        return None
    return hop.time_ns - before.time_ns


def _before(passage: Passage, hop: Hop) -> Hop | None:
    """Return the hop that had to come before another."""
    if hop.delivers:
        return next(passage.of(Leg.REQUEST, Way.IN), None)
    if hop.leg is Leg.REQUEST:
        return None
    if hop.way is Way.OUT:
        same = (
            each for each in passage.of(Leg.REPLY, Way.IN) if each.reply == hop.reply
        )
        return next(same, None)
    connection = hop.direction.connection
    own = [
        each
        for each in passage.hops
        if each.direction.connection is connection and each.time_ns <= hop.time_ns
    ]
    earlier = [each for each in own if each is not hop and not each.overheard]
    return max(earlier, key=lambda each: each.time_ns, default=None)


def _errand_rows(exchange: Exchange, setting: Setting) -> Iterator[list[Cell]]:
    """Yield what the carrier did for an exchange besides; of much, the beginning."""
    assert exchange.passage is not None
    errands = exchange.passage.errands
    shown = errands if setting.full else errands[: _FIRST - 1]
    for each in shown:
        peer, broker = participants(each.direction.connection)
        names = f"{safe(peer.name or str(peer.endpoint))}", broker.name or broker.title
        ends = names if each.way is Way.IN else names[::-1]
        yield [
            Cell(safe(each.verb), "muted"),
            Cell(""),
            *(Cell(safe(end), "muted") for end in ends),
            Cell(packet_numbers(each.records, exchange), "muted"),
            Cell("errand", "muted"),
        ]
    if len(errands) > len(shown):
        more = len(errands) - len(shown)
        words = f"{ELLIPSIS} {more:,} more {nouns(more, 'errand')}, --full"
        yield [Cell(words, "muted"), *_EMPTY]
