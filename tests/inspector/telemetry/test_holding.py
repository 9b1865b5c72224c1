"""Parents in a live run: those that are named are right, whatever still goes on."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from inspector.calls.exchanges import Kind
from inspector.calls.links import Evidence
from inspector.telemetry.holding import Holding
from tests.inspector.captures import SEED
from tests.inspector.chained import SECOND, Shape, World
from tests.inspector.telemetry.found import exchanges_of

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange

_OWN, _LOOPBACK = Shape(), Shape(loopback=True, services=4, gateways=1)


def _ended_ns(exchange: Exchange) -> int:
    return max(exchange.last_reply_ns or 0, exchange.asked_ns)


def _held(holding: Holding, exchanges: list[Exchange]) -> list[tuple[Exchange, float]]:
    """Return exchanges as they are let go, each with how long that took, in seconds."""
    found = []
    now = 0.0
    for each in sorted(exchanges, key=lambda each: (_ended_ns(each), each.number)):
        now = _ended_ns(each) / SECOND
        found += [(e, now - _ended_ns(e) / SECOND) for e in holding.add(each, now)]
    found += [(e, 0.0) for e in holding.elapse(now + 60)]
    assert list(holding.finish()) == []
    return found


@pytest.mark.parametrize("shape", [_OWN, _LOOPBACK, Shape(traced=0.9)])
@pytest.mark.parametrize("hold_s", [5.0, 0.01, 0.0])
def test_no_parent_is_invented(shape: Shape, hold_s: float) -> None:
    right = 0
    for seed in (1, 2):
        exchanges, truth = World(seed, shape).exchanges(150)
        held = _held(Holding(hold_s), exchanges)
        assert sorted(e.number for e, _ in held) == [e.number for e in exchanges]
        for each, _ in held:
            link = each.link
            if link is not None and link.parent is not None:
                assert link.parent == truth[each.number]
                assert not shape.loopback or link.evidence is Evidence.TRACE
                right += 1
    caused = sum(each is not None for each in truth.values())
    assert right >= (2 * caused * 0.4 if hold_s == 5 and not shape.loopback else 0)


def test_what_is_over_is_forgotten_where_calls_overlap() -> None:
    exchanges, _ = World(4, _OWN).exchanges(1)
    holding = Holding()
    for number in range(1, 20_001, 2):  # each second one ends before the one before it
        for each in (number + 1, number):
            list(holding.add(replace(exchanges[0], number=each), 0.0))

    assert len(holding._numbers) < 2_000  # noqa: SLF001 — the claim


def test_where_too_much_is_pending_to_be_known_no_parent_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inspector.telemetry.holding._MOST_PENDING", 0)
    exchanges, _ = World(1, Shape(traced=0.0)).exchanges(150)

    assert all(
        each.link is None or each.link.parent is None
        for each, _ in _held(Holding(), exchanges)
    )


def test_nothing_waits_for_longer_than_it_may_nor_where_nobody_asks_on() -> None:
    exchanges, _ = World(3, _OWN).exchanges(100)
    never = exchanges[40]  # has no reply, while all that begins later is answered
    others = [each for each in exchanges if each is not never]
    holding = Holding(0.5)
    held = _held(holding, others)
    ends = sorted(_ended_ns(each) / SECOND for each in others)
    between = max(later - end for end, later in pairwise(ends))

    assert len(held) == len(others)
    assert max(waited for _, waited in held) <= 0.5 + between
    linked = [e for e, _ in held if e.link is not None and e.link.parent is not None]
    assert all(each.number < never.number for each in linked)
    few = _held(Holding(most=3), World(3, _OWN).exchanges(100)[0])
    assert len(few) == len(exchanges)
    calls = [each for each in exchanges_of(SEED) if each.kind is not Kind.ORPHAN]
    alone = Holding()
    assert [list(alone.add(each, 0.0)) for each in calls] == [[each] for each in calls]
