"""However connections meet and break, parts tell what one process tells, or nothing."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from inspector.capture.limits import Limits
from inspector.sharing.part import UnshareableError
from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire
from tests.inspector.sharing.reports import (
    inspected_at_once,
    inspected_in_parts,
    told,
)

if TYPE_CHECKING:
    from inspector.capture.records import PacketRecord
    from tests.inspector.conversation import Conversation

_SEEDS = 60
_DEEDS = 90
_HEADERS = [(flags, 8192) for flags in ("S", "SA", "F", "FA", "R", "A")] + [("A", 0)]
_WAITS = (0, 1_000, 100_000, 50 * MILLISECOND, -2 * MILLISECOND)


def test_any_disorder_gives_the_same_report_or_none() -> None:
    results: Counter[bool | None] = Counter()
    for seed in range(_SEEDS):
        rng = random.Random(seed)  # noqa: S311 — the same disorder every time
        records = _disorder(rng)
        limits = rng.choice([None, None, Limits(memory=4_000, frame_memory=200)])
        results[_agree(records, limits)] += 1
        assert not results[False], f"seed {seed}"

    assert results[True] > _SEEDS // 2


def _agree(records: list[PacketRecord], limits: Limits | None) -> bool | None:
    """Whether parts tell what the whole tells; None when they tell nothing."""
    try:
        merged = inspected_in_parts(records, limits=limits)
    except UnshareableError:
        return None
    return told(merged) == told(inspected_at_once(records, limits))


def _disorder(rng: random.Random) -> list[PacketRecord]:
    wire = Wire()
    calls: list[Conversation] = []
    for _ in range(_DEEDS):
        wire.wait(rng.choice(_WAITS))
        if not calls or rng.random() < 0.15:
            calls.append(_begin(wire, rng))
        else:
            _go_on(wire, rng.choice(calls), rng)
    return wire.records


def _begin(wire: Wire, rng: random.Random) -> Conversation:
    """Open a connection, on ports that may have been used; or meet it half-way."""
    begin = wire.connect if rng.random() < 0.85 else wire.join
    return begin(
        client=f"10.0.0.{rng.randrange(1, 4)}:{rng.randrange(20_000, 20_012)}",
        server=f"10.0.1.1:{rng.choice([3000, 3001, 3003])}",
    )


def _go_on(wire: Wire, call: Conversation, rng: random.Random) -> None:
    identity, side = f"{rng.randrange(5)}", rng.choice([CLIENT, SERVER])
    deed = rng.random()
    if deed < 0.2:
        call.ask(rng.choice(["a", "b", "ab", {"a": 1}]), identity)
    elif deed < 0.4:
        call.answer(identity, *rng.choice([(), (1,)]))
    elif deed < 0.55:
        call.emit(rng.choice("abc"), {"password": "x"} if side else 1)
    elif deed < 0.65:
        call.send(side, rng.choice([b'20#{"data":1,', b"GET / HTTP/1.1\r\n\r\n"]))
    elif deed < 0.72:
        call.send(side, b"lost", captured=False)
    elif deed < 0.8:
        call.copy(rng.choice(wire.records[-70:] or call.emit("a").wire.records).number)
    else:
        flags, window = rng.choice(_HEADERS)
        call.segment(side, flags=flags, seq=call.next_seq[side], window=window)
