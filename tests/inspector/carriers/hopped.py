"""Turns of a connection, read by plain hops where that can be, and as ever."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Fate, Idle, Talk, Transfer
from inspector.carriers.detours import Poll
from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    CONFIRMED,
    EMITTED,
    NOTED,
    NOTHING,
    POLLED,
    SETTLED,
    SPREAD,
    TOLD,
    HoppingTalk,
    PlainHop,
)
from inspector.express.plain_bodies import (
    ASKING,
    decode_answered,
    decode_asked,
    decode_bare,
)
from protocol import (
    REFUSED,
    UNDEFINED,
    Event,
    PacketError,
    Request,
    Response,
    parse_body,
)

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from inspector.carriers.base import Side, Unit

_KINDS: dict[int, object] = {
    ASKED: Request,
    ASKED_OF: Request,
    EMITTED: Event,
    SPREAD: Event,
    ANSWERED: Response,
    TOLD: Response,
}


_ERRANDS = CONFIRMED, SETTLED, NOTED


def read_both_ways(
    talk: Callable[[], Talk], turns: Iterable[tuple[Side, bytes]], hops: Counter[int]
) -> None:
    """Read turns by hops where that can be, and as ever; check that both are alike.

    Whatever follows a hop has to be read alike, too.

    Args:
        talk: Returns what reads the connection.
        turns: Who says what.
        hops: Counts what hops there were.
    """
    usual, other = talk(), talk()
    assert isinstance(other, HoppingTalk)
    for time_ns, (side, data) in enumerate(turns):
        units = usual.receive(side, data, time_ns)
        reader = other.hops(side)
        hop = None if reader is None else reader.read(data)
        if reader is None or hop is None or not _suits(hop, side, other):
            assert other.receive(side, data, time_ns) == units
        else:
            tag = reader.pass_by(hop, len(data), time_ns)
            _check(hop, tag, units)
            hops[hop.what] += 1
        for each in (0, 1):
            assert other.received(each) == usual.received(each)


def disturbed(
    turns: Sequence[tuple[Side, bytes]], seed: int
) -> list[tuple[int, bytes]]:
    """Return turns of which some are missing, cut, put together or said twice."""
    rng = random.Random(seed)  # noqa: S311 — the same every time
    made: list[tuple[int, bytes]] = []
    for side, data in turns:
        how = rng.randrange(40)
        if how == 1:
            continue
        if how == 2:
            cut = rng.randrange(len(data))
            made += [(side, data[:cut]), (side, data[cut:])]
        elif how == 3:
            made += [(side, data), (side, data)]
        elif how == 4 and made and made[-1][0] == side:
            made[-1] = side, made[-1][1] + data
        elif how == 5:
            changed = bytearray(data)
            changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            made.append((side, bytes(changed)))
        else:
            made.append((side, data))
    return [(side, data) for side, data in made if data]


def _suits(hop: PlainHop, side: Side, talk: Talk) -> bool:
    """Whether whoever counts it would find a plain packet in it."""
    if (side == talk.client) != (hop.what < ASKED_OF):
        return False
    if hop.what in (*_ERRANDS, POLLED, NOTHING):
        return True
    if hop.packet is not None:
        return not isinstance(hop.packet, Response) or hop.packet.is_disposed
    try:
        if hop.what in (ANSWERED, TOLD):
            decode = decode_bare if hop.bare else decode_answered
            return decode(hop.body).is_disposed
        parse_body(hop.body)
        calls = decode_asked(hop.body).id is not UNDEFINED
    except (*REFUSED, PacketError):
        return False
    return hop.body.startswith(ASKING) and calls == (hop.what in (ASKED, ASKED_OF))


def _check(hop: PlainHop, tag: Hashable | None, units: list[Unit]) -> None:
    """Check that a hop says what units do, of which there is one."""
    (unit,) = units
    if hop.what in (POLLED, NOTHING):
        assert isinstance(unit, Idle)
        assert (unit.polls, unit.channels) == (hop.polled, ())
        assert hop.verb in ("", unit.verb)
        return
    if hop.what in _ERRANDS:
        assert isinstance(unit, Errand)
        assert (unit.verb, unit.about) == (hop.verb, (hop.subscription,))
        assert unit.exact == (() if hop.exact is None else (hop.exact,))
        assert unit.fate is Fate.KEPT
        assert unit.value in (None, 1)
        assert (unit.unwanted, unit.more, unit.channels) == (False, False, ())
        return
    assert isinstance(unit, Transfer)
    packet = unit.packet
    assert type(packet) is _KINDS[hop.what]
    assert (unit.channel, unit.reply_channel) == (hop.channel, hop.reply_channel)
    assert (unit.body, unit.end - unit.begin) == (hop.body, hop.size)
    if hop.exact is None:
        assert (unit.tag, unit.owed) == (tag, int(tag is not None))
    else:
        assert (unit.exact, unit.tag, unit.owed) == (hop.exact, hop.exact, hop.owed)
        assert unit.polled == Poll(hop.polled, 1)
    if hop.packet is not None:
        assert packet == hop.packet
        assert hop.what in (ANSWERED, TOLD) or unit.reply_part == hop.reply_part
    if isinstance(packet, Event) and unit.likeness is not None:
        assert hop.alike == hash((unit.body, unit.likeness))
    assert (unit.again, unit.retained) == (False, False)
    if hop.what in (ASKED_OF, SPREAD):
        assert (unit.destination, unit.since_ns) == (hop.destination, hop.since_ns)
        assert unit.subscription == hop.subscription
        assert not (unit.facts and "wildcard" in unit.facts)
    if isinstance(packet, Request | Response):
        joins = packet.id if hop.shared else unit.correlation
        assert joins == hop.correlation
        assert hop.shared == (unit.correlation is None)
        assert hop.what >= ASKED_OF or unit.dual == hop.dual
