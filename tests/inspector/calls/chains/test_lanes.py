from __future__ import annotations

import pytest

from inspector.calls.chains.lanes import (
    HELD,
    NAMED,
    PROVED,
    STRONG,
    SURE,
    Lanes,
    is_crowded,
)
from inspector.calls.chains.notes import LATE_NS
from inspector.calls.chains.origins import Origins
from tests.inspector.calls.chains.exchanges import MS

_HOST = "127.0.0.1"
_PORT, _OTHER, _GATEWAY = "127.0.0.1:41000", "127.0.0.1:42000", "127.0.0.1:3000"
_WORKER = "127.0.0.1:4000"


def _lanes(*ports: str) -> Lanes:
    lanes = Lanes(Origins())
    for number, port in enumerate(ports or (_PORT, _OTHER)):
        lanes.connect(port, number, 0)
    return lanes


def _lie(lanes: Lanes, time_ns: int, *within: str, outside: bool = False) -> None:
    lanes.lie(_PORT, _HOST, time_ns, within=within, outside=outside)


def test_a_port_is_the_services_whose_calls_it_was_used_for_three_times() -> None:
    lanes = _lanes()
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


@pytest.mark.parametrize("contradiction", ["outside", "unlike", "another", "idle"])
def test_a_contradiction_leaves_it_open(contradiction: str) -> None:
    lanes = _lanes()
    for _ in range(HELD):
        lanes.hold(_PORT, _GATEWAY)
    if contradiction == "outside":
        _lie(lanes, 0, outside=True)
    if contradiction == "idle":
        _lie(lanes, 0, _OTHER)
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
    lanes = _lanes()
    for number in range(6):
        begin_ns = number * 1000 * MS
        lanes.pass_on(begin_ns + 1)
        lanes.handle(_HOST, _GATEWAY, begin_ns, begin_ns + busy_ms * MS)
        _lie(lanes, begin_ns + 1)

    assert (lanes.only(_PORT) == _GATEWAY) is known
    assert lanes.is_of(_PORT, _GATEWAY) is known


def test_two_services_that_are_busy_each_time_leave_it_open() -> None:
    lanes = _lanes()
    for number in range(6):
        begin_ns = number * 1000 * MS
        lanes.pass_on(begin_ns + 1)
        for each in (_GATEWAY, _WORKER):
            lanes.handle(_HOST, each, begin_ns, begin_ns + 10 * MS)
        _lie(lanes, begin_ns + 1)

    assert not lanes.only(_PORT)
    assert set(lanes.may_be_of(_PORT, _HOST)) == {_GATEWAY, _WORKER}


def test_who_has_just_answered_may_have_sent_it() -> None:
    lanes = _lanes()
    for number in range(6):
        begin_ns = number * 1000 * MS
        lanes.pass_on(begin_ns + 1)
        lanes.handle(_HOST, _GATEWAY, begin_ns, begin_ns + 20 * MS)
        lanes.handle(_HOST, _WORKER, begin_ns, begin_ns + 5 * MS)
        _lie(lanes, begin_ns + 6 * MS)

    assert not lanes.is_of(_PORT, _GATEWAY)
    assert lanes.just_ended(_HOST, begin_ns + 6 * MS) == {_WORKER}
    assert not lanes.just_ended(_HOST, begin_ns + 6 * MS + 2 * LATE_NS)


def test_values_that_flow_through_a_port_prove_whose_it_is() -> None:
    lanes = _lanes()
    for number in range(PROVED // STRONG):
        assert not lanes.owners(_PORT)
        lanes.flow(_PORT, _GATEWAY, f"value {number}", STRONG)

    assert lanes.owners(_PORT) == {_GATEWAY}

    lanes.flow(_PORT, _GATEWAY, "known before", 0)

    assert not lanes.owners(_PORT)


@pytest.mark.parametrize("contradiction", ["another", "asked", "idle", "common"])
def test_flows_prove_nothing_if_something_contradicts(contradiction: str) -> None:
    origins = Origins()
    lanes = Lanes(origins)
    lanes.connect(_PORT, 1, 0)
    for number in range(3):
        lanes.flow(_PORT, _GATEWAY, f"value {number}", STRONG)
        if contradiction == "another":
            lanes.flow(_PORT, _WORKER, f"value {number}", STRONG)
        if contradiction == "common":
            origins.ask([f"value {number}"])
            origins.ask([f"value {number}"])
    if contradiction == "asked":
        lanes.ask(_PORT, [_GATEWAY])
    if contradiction == "idle":
        _lie(lanes, 0, _WORKER)

    assert not lanes.owners(_PORT)


def test_what_a_port_hears_and_another_says_at_once_makes_them_one_service() -> None:
    lanes = _lanes()
    for number in range(3):
        lanes.flow(_OTHER, _WORKER, f"value {number}", STRONG)
        lanes.share(_PORT, _OTHER, f"answer {number}", STRONG)

    assert lanes.owners(_PORT) == {_WORKER}


def test_who_names_a_client_is_its_gateway_unless_others_were_told() -> None:
    lanes = _lanes()
    for number in range(PROVED // NAMED):
        told = frozenset({_WORKER} if number else ())
        lanes.name(_PORT, _GATEWAY, told, f"@{number}")

    assert not lanes.owners(_PORT)  # the second may be of the worker

    for _ in range(HELD):
        lanes.join(_PORT, _WORKER)  # unless that is the same

    assert lanes.owners(_PORT) == {_GATEWAY, _WORKER}
    assert lanes.owners(_WORKER) == {_GATEWAY, _WORKER}


def test_who_has_asked_another_is_another() -> None:
    lanes = _lanes()
    for number in range(3):
        lanes.flow(_PORT, _GATEWAY, f"value {number}", STRONG)
        lanes.flow(_OTHER, _WORKER, f"other {number}", STRONG)

    assert not lanes.are_apart(_OTHER, _GATEWAY)

    lanes.ask(_PORT, [_WORKER])

    assert lanes.are_apart(_OTHER, _GATEWAY)
    assert lanes.are_apart(_PORT, _WORKER)


def test_a_port_that_another_connection_has_is_another() -> None:
    lanes = _lanes(_PORT)
    for number in range(3):
        lanes.flow(_PORT, _GATEWAY, f"value {number}", STRONG)
    waited = lanes.connect(_PORT, 7, 0)

    assert waited
    assert not lanes.owners(_PORT)
    assert not lanes.connect(_PORT, 7, 2 * LATE_NS)


def test_many_programs_share_the_address_of_the_machine() -> None:
    assert is_crowded("127.0.0.1")
    assert is_crowded("::1")
    assert not is_crowded("10.0.0.1")
    assert not is_crowded("gateway")
