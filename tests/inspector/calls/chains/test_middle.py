from __future__ import annotations

import pytest

from inspector.calls.chains.middle import Middle
from tests.inspector.calls.chains.exchanges import Traffic
from tests.inspector.chained import World

_CLIENT, _GATEWAY, _SERVICE = "10.0.0.1:5", "10.0.0.2:80", "10.0.0.3:80"


def _found(*ends: tuple[str, str]) -> int:
    middle, traffic = Middle(), Traffic()
    for each in ends:
        middle.meet(traffic.connection(*each))
    return middle.found


def test_clients_and_services_have_nobody_between_them() -> None:
    assert not _found((_CLIENT, _GATEWAY), (_CLIENT, _SERVICE))
    assert not _found((_CLIENT, _GATEWAY), ("10.0.0.9:5", _GATEWAY))


def test_who_is_asked_and_asks_another_is_in_the_middle() -> None:
    assert _found((_CLIENT, _GATEWAY), ("10.0.0.2:5", _SERVICE)) == 1
    assert _found(("10.0.0.2:5", _SERVICE), (_CLIENT, _GATEWAY)) == 1


def test_the_same_two_tell_nothing_new() -> None:
    ends = (_CLIENT, _GATEWAY), ("10.0.0.2:5", _SERVICE)

    assert _found(*ends, ("10.0.0.2:6", _SERVICE)) == 1
    assert _found(*ends, ("10.0.0.2:5", "10.0.0.4:80")) == 2


def test_two_services_of_one_machine_may_ask_one_another() -> None:
    one, other = "127.0.0.1:80", "127.0.0.1:81"

    assert not _found(("127.0.0.1:5", one))
    assert _found(("127.0.0.1:5", one), ("127.0.0.1:6", other)) == 1


@pytest.mark.parametrize("loopback", [False, True])
def test_over_a_broker_who_handles_and_sends_is_in_the_middle(
    *, loopback: bool
) -> None:
    world = World(1)
    world.shape.loopback = loopback
    exchanges, _ = world.exchanges(40)
    middle = Middle()
    for each in exchanges:
        if each.passage is not None:
            middle.add(each)

    assert middle.found


def test_one_client_over_a_broker_is_nobody_in_the_middle() -> None:
    exchanges, _ = World(1).exchanges(20)
    passed = next(each for each in exchanges if each.passage is not None)
    middle = Middle()
    for _ in range(3):
        middle.add(passed)

    assert not middle.found
