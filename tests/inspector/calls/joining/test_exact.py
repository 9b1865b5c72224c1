from __future__ import annotations

from inspector.calls.joining.exact import Exact
from tests.inspector.calls.joining.hops import Hops
from tests.inspector.calls.joining.test_crossings import joined_event


def test_what_identifies_a_transfer_finds_its_exchange_at_its_broker() -> None:
    exact, event = Exact(), joined_event(Hops())
    exact.learn("broker", ("log", 0, 7), event)
    exact.learn("broker", ("log", 0, 7), joined_event(Hops()))

    assert exact.find("broker", ("log", 0, 7)) is event
    assert exact.find("another", ("log", 0, 7)) is None
    assert exact.find("broker", None) is None


def test_few_are_remembered_the_latest() -> None:
    exact, event = Exact(most=2), joined_event(Hops())
    for offset in range(3):
        exact.learn("broker", offset, event)

    assert exact.find("broker", 0) is None
    assert exact.find("broker", 1) is event
