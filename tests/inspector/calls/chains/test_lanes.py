from __future__ import annotations

import pytest

from inspector.calls.chains.lanes import HELD, SURE, Lanes, is_crowded
from tests.inspector.calls.chains.exchanges import MS

_PORT, _OTHER, _GATEWAY = "127.0.0.1:41000", "127.0.0.1:42000", "127.0.0.1:3000"


def test_a_port_is_the_services_whose_calls_it_was_used_for_three_times() -> None:
    lanes = Lanes()
    for _ in range(HELD):
        assert not lanes.is_of(_PORT, _GATEWAY)
        lanes.hold(_PORT, _GATEWAY)

    assert lanes.is_of(_PORT, _GATEWAY)
    assert lanes.is_known(_PORT)
    assert not lanes.is_of(_OTHER, _GATEWAY)
    assert lanes.owners(_PORT) == frozenset()  # which takes more

    for _ in range(SURE):
        lanes.hold(_PORT, _GATEWAY)

    assert lanes.owners(_PORT) == {_GATEWAY}


@pytest.mark.parametrize("contradiction", ["outside", "unlike", "another"])
def test_a_contradiction_leaves_it_open(contradiction: str) -> None:
    lanes = Lanes()
    for _ in range(HELD):
        lanes.hold(_PORT, _GATEWAY)
    if contradiction == "outside":
        lanes.lie(_PORT, (), outside=True)
    for _ in range(HELD):
        if contradiction == "unlike":
            lanes.unlike(_PORT)
        if contradiction == "another":
            lanes.hold(_PORT, _OTHER)

    assert not lanes.is_of(_PORT, _GATEWAY)
    assert lanes.contradicts(_PORT) is (contradiction == "outside")


@pytest.mark.parametrize(("busy_ms", "known"), [(10, True), (900, False)])
def test_a_port_that_sends_during_calls_alone_is_no_chance_if_these_are_short(
    busy_ms: int, *, known: bool
) -> None:
    lanes = Lanes()
    for number in range(6):
        begin_ns = number * 1000 * MS
        lanes.pass_on(begin_ns + 1)
        lanes.handle("127.0.0.1", _GATEWAY, begin_ns, begin_ns + busy_ms * MS)
        lanes.lie(_PORT, [_GATEWAY], outside=False)

    assert (lanes.only(_PORT) == _GATEWAY) is known
    assert lanes.is_of(_PORT, _GATEWAY) is known


def test_two_services_that_are_busy_each_time_leave_it_open() -> None:
    lanes = Lanes()
    for number in range(6):
        lanes.pass_on(number * 1000 * MS + 1)
        lanes.lie(_PORT, [_GATEWAY, _OTHER], outside=False)

    assert not lanes.only(_PORT)
    assert set(lanes.may_be_of(_PORT, "127.0.0.1")) == {_GATEWAY, _OTHER}


def test_many_programs_share_the_address_of_the_machine() -> None:
    assert is_crowded("127.0.0.1")
    assert is_crowded("::1")
    assert not is_crowded("10.0.0.1")
    assert not is_crowded("gateway")
