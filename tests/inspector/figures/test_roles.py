"""Who asks and who answers over brokers."""

from __future__ import annotations

from inspector.figures.roles import Roles
from tests.inspector.conversation import inspected
from tests.inspector.over_nats import Broker, called, emitted


def _roles(broker: Broker) -> Roles:
    roles = Roles()
    for exchange in inspected(broker.wire.records).exchanges:
        roles.add(exchange)
    return roles


def test_each_is_counted_once_in_the_roles_it_has() -> None:
    broker = Broker()
    first, second = (broker.worker("sum", group="workers") for _ in range(2))
    both = broker.worker("log")
    called(both, first, value=1)
    called(both, second, value=1)
    emitted(first, both)
    roles = _roles(broker)

    assert list(roles.asks) == ["10.0.0.3:50003", "10.0.0.1:50001"]
    assert roles.answers == {
        "10.0.0.1:50001": "workers",
        "10.0.0.2:50002": "workers",
        "10.0.0.3:50003": None,
    }
    assert roles.groups == ["workers"]


def test_who_handles_is_not_taken_for_who_asks() -> None:
    broker = Broker()
    called(broker.peer(captured=False), broker.worker("sum", group="workers"), value=1)
    roles = _roles(broker)

    assert (list(roles.asks), list(roles.answers)) == ([], ["10.0.0.2:50002"])


def test_merged_roles_are_those_of_both_and_no_more_than_are_remembered() -> None:
    broker = Broker()
    worker = broker.worker("sum", group="workers")
    called(broker.peer(), worker, value=1)
    once, twice = _roles(broker), _roles(broker)
    twice.answers["10.0.0.1:50001"] = None
    once.merge(twice)

    assert once.answers == {"10.0.0.1:50001": "workers"}
    few = Roles(most=0)
    few.add(inspected(broker.wire.records).exchanges[0])
    assert (few.asks, few.answers) == ({}, {})


def test_who_is_known_need_not_be_told_again() -> None:
    broker = Broker()
    called(broker.peer(), broker.worker("sum", group="workers"), value=1)
    roles = _roles(broker)

    assert roles.knows_caller("10.0.0.1:50001")
    assert not roles.knows_caller("10.0.0.2:50002")
    assert roles.knows_handler(2, "workers")
    assert not roles.knows_handler(2, None)
    assert not roles.knows_handler(1, "workers")


def test_beyond_many_nobody_is_learnt_any_more() -> None:
    roles = Roles(most=0)

    assert roles.knows_caller("10.0.0.1:50001")
    assert roles.knows_handler(1, None)
