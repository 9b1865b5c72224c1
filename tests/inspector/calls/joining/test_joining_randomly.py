"""Whatever passes over brokers, and whatever of it is captured, nothing is mixed up."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.calls.exchanges import Exchange, Kind
from inspector.calls.passages import Leg, Way
from tests.inspector.calls.joining.routing import Happened, Plan, Server
from tests.inspector.conversation import SECOND, Inspected, Wire, inspected

_FATES = ["event", "event", "value", "value", "stream", "error", "silence", "leave"]
_PEER = st.tuples(
    st.sampled_from([None, "a", "b"]), st.sampled_from([None, None, "g"]), st.booleans()
)
plans = st.lists(
    st.builds(
        Plan,
        st.integers(0, 3),
        st.sampled_from(_FATES),
        st.sampled_from("ab"),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=12,
)
servers = st.lists(st.lists(_PEER, min_size=1, max_size=4), min_size=1, max_size=2)


class Held(NamedTuple):
    """What was, and what was told of it.

    Attributes:
        true: The exchanges as they were.
        owners: The captured packets → the exchange that each is of.
        result: What was told.
    """

    true: list[Happened]
    owners: dict[int, Happened]
    result: Inspected


def _hold(
    peers: list[list[tuple[str | None, str | None, bool]]],
    plans: list[Plan],
    rng: Random,
    *,
    whole: bool,
) -> Held:
    wire = Wire()
    brokers = [
        Server(
            wire,
            f"10.{number}.0.9:4222",
            [(subject, group, captured or whole) for subject, group, captured in each],
            rng,
        )
        for number, each in enumerate(peers)
    ]
    for plan in plans:
        if not whole and rng.random() < 0.1:
            wire.wait(3 * SECOND // 2)  # some is told before all of it has come
        rng.choice(brokers).begin(plan)
        while rng.random() < 0.6 and any(each.step() for each in brokers):
            pass
    while any(each.step() for each in brokers):
        pass
    true = [each for broker in brokers for each in broker.exchanges]
    owners = {number: each for each in true for number in each.packets}
    return Held(true, owners, inspected(wire.linger().records))


def _truths(held: Held, exchange: Exchange) -> list[Happened]:
    """Return what the hops and errands of an exchange are of, each once."""
    assert exchange.passage is not None
    hops, errands = exchange.passage.hops, exchange.passage.errands
    carried = [each.records for each in hops] + [each.records for each in errands]
    numbers = {record.number for records in carried for record in records}
    return list(dict.fromkeys(held.owners[number] for number in sorted(numbers)))


def _adds_up(held: Held) -> bool:
    rows = held.result.report.packet_rows.values()
    return sum(row.data for row in rows) == len(held.owners)


@settings(max_examples=150)
@given(servers, plans, st.integers(0, 2**32))
def test_where_all_is_captured_all_is_told_as_it_was(
    peers: list[list[tuple[str | None, str | None, bool]]],
    plans: list[Plan],
    seed: int,
) -> None:
    held = _hold(peers, plans, Random(seed), whole=True)  # noqa: S311
    told = held.result.exchanges
    truths = [_truths(held, each) for each in told]

    # Equal events may reach two members of a group in another order than they came.
    grouped = any(group for each in peers for _, group, _ in each)
    assert all(
        len(each) == 1 or (grouped and all(map(each[0].like, each))) for each in truths
    )
    assert len(told) == len(held.true)
    assert [each.number for each in told] == list(range(1, len(told) + 1))
    assert [each.outcome for each in told] == [each.outcome for (each, *_) in truths]
    for each, (truth, *_) in zip(told, truths, strict=True):
        assert each.ledger.data_packets == len(truth.packets)
        if truth.copies < 2:  # of more, some may come once it was told
            assert each.packets == len(truth.packets)
    assert not any(each.gapped or each.early or each.untimed for each in told)
    assert _adds_up(held)


@settings(max_examples=300)
@given(servers, plans, st.integers(0, 2**32))
def test_whatever_is_not_captured_nothing_is_mixed_up(
    peers: list[list[tuple[str | None, str | None, bool]]],
    plans: list[Plan],
    seed: int,
) -> None:
    held = _hold(peers, plans, Random(seed), whole=False)  # noqa: S311
    for each in held.result.exchanges:
        truths = _truths(held, each)
        first = truths[0]
        # Of equal events of which some were not seen nobody knows which is which.
        assert len(truths) == 1 or all(first.like(other) for other in truths)
        event = first.plan.fate == "event"
        assert (each.kind is Kind.EVENT) is event
        assert each.passage is not None
        # Of a caller that has left nobody waits for what the broker says later.
        if any(each.passage.of(Leg.REQUEST, Way.IN)) and each.cause != "left":
            assert each.outcome is first.outcome
            assert each.client_text == first.caller

    assert _adds_up(held)
    assert not any(each.early or each.untimed for each in held.result.exchanges)
