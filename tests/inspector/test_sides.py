"""The packets of one side may stand anywhere before or after those of the other."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.limits import Limits
from inspector.tcp.segments import decode_segment
from tests.inspector.conversation import CLIENT, SERVER, Inspected, Wire, inspected

if TYPE_CHECKING:
    from inspector.sources.records import PacketRecord

_ENDS = ("none", "fin", "reset by the client", "reset by the server")


class _Call(NamedTuple):
    pattern: str
    outcome: str
    packets: int


def _end(wire: Wire, how: str, **options: str) -> None:
    """Capture a connection that ends in some way."""
    call = wire.connect(**options)
    for number in range(4):
        name = f"{call.ports[CLIENT]}.{number}"
        call.ask(f"p{number}", f"identity {name}", "x" * number)
        call.ack(SERVER).answer(f"identity {name}", number).ack(CLIENT)
    if how == "fin":
        call.finish(CLIENT).finish(SERVER).ack(CLIENT)
    elif how != "none":
        call.reset(CLIENT if how.endswith("client") else SERVER)


def _wire(ends: list[str]) -> Wire:
    wire = Wire()
    for number, how in enumerate(ends):
        _end(wire, how, client=f"10.0.0.1:{40_000 + number}")
    return wire


def _numbered(records: list[PacketRecord]) -> list[PacketRecord]:
    for number, record in enumerate(records, start=1):
        record.number = number
    return records


def _calls(seen: Inspected) -> list[_Call]:
    return sorted(
        _Call(str(each.route), str(each.outcome), each.packets)
        for each in seen.exchanges
    )


def _behind(records: list[PacketRecord], first: int) -> list[PacketRecord]:
    """Return the records to or from port 8888 first, then the others."""
    return _numbered(
        sorted(
            records,
            key=lambda each: (decode_segment(each).flow[-2:] == b"\x22\xb8") == first,
        )
    )


@pytest.mark.parametrize("first", [CLIENT, SERVER])
@pytest.mark.parametrize("how", _ENDS)
def test_all_of_one_side_may_stand_before_all_of_the_other(
    how: str, first: int
) -> None:
    orderly = inspected(_wire([how] * 3).records)
    behind = inspected(_behind(_wire([how] * 3).records, first))

    assert _calls(behind) == _calls(orderly)
    assert {call.outcome for call in _calls(behind)} == {"completed"}
    assert "one-direction" not in behind.codes


@given(
    ends=st.lists(st.sampled_from(_ENDS[:2]), min_size=1, max_size=4),
    seed=st.integers(0, 2**32),
)
def test_the_sides_may_be_mixed_in_any_way(ends: list[str], seed: int) -> None:
    """Each side keeps its own order; a chance says whose packet comes next."""
    rng = random.Random(seed)  # noqa: S311 — the same order every time
    queues: dict[bytes, list[PacketRecord]] = {}
    for record in _wire(ends).records:
        queues.setdefault(decode_segment(record).flow, []).append(record)
    mixed = []
    while queues:
        flow = rng.choice(list(queues))
        mixed.append(queues[flow].pop(0))
        if not queues[flow]:
            del queues[flow]

    seen = inspected(_numbered(mixed))

    assert _calls(seen) == _calls(inspected(_wire(ends).records))
    assert seen.summary["retransmissions"] == 0
    assert {*seen.codes} <= {"out-of-order-capture"}


def test_more_replies_than_usual_are_held_for_a_side_that_comes_later() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(3_000):
        call.ask("sum", f"identity {number}").answer(f"identity {number}", 1)
    call.finish(CLIENT).finish(SERVER).ack(CLIENT)
    seen = inspected(_behind(wire.records, CLIENT))

    assert seen.summary["completed"] == seen.summary["messages"] == 3_000


@pytest.mark.parametrize("side", [CLIENT, SERVER])
def test_no_more_connections_wait_for_a_side_than_may_be_open(side: int) -> None:
    wire = _wire(["fin"] * 40)
    half = _behind(wire.records, 1 - side)[: len(wire.records) // 4]
    seen = inspected(half, limits=Limits(connections=8))

    assert "limit" not in {code.partition("-")[0] for code in seen.codes}
    assert {*seen.codes} == {"one-direction"}


def test_a_connection_on_the_same_ports_ends_one_that_waits() -> None:
    wire = Wire()
    for isns in ((1_000, 2_000), (500_000, 700_000)):
        call = wire.connect(isns=isns)
        call.ask("sum", f"identity {isns}").answer(f"identity {isns}", 1)
        call.finish(CLIENT).finish(SERVER).ack(CLIENT)
    seen = inspected(_behind(wire.records, SERVER)[:8])

    assert seen.summary["connections"] == 2
    assert seen.codes == ["one-direction", "one-direction"]
