from __future__ import annotations

import pytest

from inspector.calls.exchanges import Exchange
from inspector.calls.joining.brokers import same_brokers
from inspector.pipeline import Options, Pipeline
from inspector.streams.endpoints import Endpoint
from tests.inspector.conversation import Wire
from tests.inspector.over_nats import Broker

A, B, C, D = (Endpoint(f"10.0.0.{number}", 4222) for number in range(1, 5))


def test_those_of_a_group_are_known_by_the_first() -> None:
    groups = [[str(A), f" {B}"], ["10.0.0.3:4222", "[fe80::1]:4222"]]
    other = Endpoint("fe80::1", 4222)

    assert same_brokers(groups) == {A: A, B: A, C: C, other: C}
    assert same_brokers([]) == {}


@pytest.mark.parametrize("groups", [[[A, B], [B, C]], [[A, B], [C, B], [C, A]]])
def test_groups_with_a_broker_in_common_are_one(groups: list[list[Endpoint]]) -> None:
    known = same_brokers([[str(each) for each in group] for group in groups])

    assert known == dict.fromkeys((A, B, C), A)


def test_groups_that_a_later_one_joins_are_one() -> None:
    known = same_brokers([[str(A), str(B)], [str(C), str(D)], [str(B), str(C)]])

    assert known == dict.fromkeys((A, B, C, D), A)


@pytest.mark.parametrize("group", [["10.0.0.1:4222"], ["10.0.0.1", "10.0.0.2:4222"]])
def test_a_broker_alone_and_what_is_no_place_are_refused(group: list[str]) -> None:
    with pytest.raises(ValueError, match=r"are several|not HOST:PORT"):
        same_brokers([group])


@pytest.mark.parametrize(("one", "hops"), [(True, [2]), (False, [1, 1])])
def test_events_are_joined_over_brokers_that_are_one(
    *, one: bool, hops: list[int]
) -> None:
    wire = Wire()
    near = Broker(wire, "10.0.0.8:4222")
    far = Broker(wire, "10.0.0.9:4222")
    sender, handler = near.peer(), far.worker("log", endpoint="10.0.1.1:1")
    handler.take(sender.emit("log", 1))
    groups = [(near.endpoint, far.endpoint)] if one else []
    pipeline = Pipeline(Options(same_brokers=same_brokers(groups)))
    exchanges = [
        each for each in pipeline.inspect(wire.records) if isinstance(each, Exchange)
    ]

    assert [each.passage and len(each.passage.hops) for each in exchanges] == hops
