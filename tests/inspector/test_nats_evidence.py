"""What the applications counted over NATS is told as exchanges of the inspector."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.inspector.captures import SEED
from tests.inspector.command import run
from tests.inspector.evidence import Key, kept
from tests.inspector.nats_evidence import (
    FOLDER,
    Expected,
    evidence,
    found,
    outcome_of,
)

_NESTS = ["nest10", "nest11", "nest12"]


def _expected(name: str) -> tuple[Expected, ...]:
    return evidence(FOLDER / f"{name}.pcap").expected


def _services(name: str) -> list[tuple[str, int]]:
    return [(each.route, each.services) for each in _expected(name)]


@pytest.mark.parametrize("nest", _NESTS)
def test_every_kind_of_call_has_its_outcome(nest: str) -> None:
    expected = _expected(f"nats-{nest}")

    assert Counter(each.outcome for each in expected) == {
        "completed": 41,
        "sent": 6,
        "undelivered": 1,
        "error": 2,
        "no_handler": 1,
        "unanswered": 1,
    }
    assert not evidence(FOLDER / f"nats-{nest}.pcap").withheld


@pytest.mark.parametrize("nest", _NESTS)
def test_each_call_reached_the_one_service_but_for_what_nobody_handles(
    nest: str,
) -> None:
    strays = {
        (each.kind, each.route)
        for each in _expected(f"nats-{nest}")
        if each.services != 1
    }

    assert strays == {("message", "nope"), ("event", "nope")}


def test_three_services_without_a_group_are_all_reached() -> None:
    assert set(_services("nats-three-servers-nest12")) == {
        ("sum", 3),
        ("who", 3),
        ("count", 3),
        ("log", 3),
    }
    assert set(_services("nats-fan-out-nest12")) == {("log", 3), ("sum", 3)}


def test_one_service_of_a_queue_group_is_reached() -> None:
    assert set(_services("nats-queue-nest12")) == {("who", 1), ("log", 1)}


def test_a_service_is_reached_through_a_cluster_and_on_its_own_broker_alone() -> None:
    assert Counter(_services("nats-cluster-nest12")) == {
        ("sum", 1): 1,
        ("log", 1): 1,
        ("count", 1): 1,
        ("nope", 0): 1,
    }
    two = _expected("nats-two-brokers-nest12")
    assert {each.services for each in two} == {1}
    assert len({each.broker for each in two}) == 2


def test_what_the_client_library_refuses_is_not_expected_in_the_capture() -> None:
    seen = evidence(FOLDER / "nats-spaces-nest12.pcap")

    assert [each.route for each in seen.expected] == ["echo", "echo"]
    assert [each.pattern for each in seen.withheld] == [
        {"cmd": "two words"},
        "two words",
        "two words",
    ]


@pytest.mark.parametrize("nest", ["nest10", "nest11"])
def test_a_space_ends_a_subject(nest: str) -> None:
    assert [
        (each.subject, each.outcome, each.services)
        for each in _expected(f"nats-spaces-{nest}")
    ] == [
        ("echo", "completed", 1),
        ('{"cmd":"two', "unanswered", 0),
        ("two", "unanswered", 0),
        ("two", "sent", 1),
        ("echo", "completed", 1),
    ]


def test_a_call_without_a_connection_is_not_expected_in_the_capture() -> None:
    lost = [evidence(FOLDER / f"nats-restart-{nest}.pcap").withheld for nest in _NESTS]

    assert [{each.outcome for each in calls} for calls in lost] == [
        {"unanswered"},  # Nest 10 calls all the same, and waits for ever
        {"error"},
        {"error"},
    ]


def test_exchanges_are_found_in_what_the_command_writes() -> None:
    sums = ([1, 2, 3], [10, 20, 30], [4, 5], [7], [1, 1, 2, 3, 5, 8])
    keys = found(run(SEED, "--json").lines)

    assert {key for key in keys if key.kind == "message"} == {
        Key("message", "sum", str(numbers), "completed") for numbers in sums
    }
    assert keys.total() == 10


def test_long_data_is_compared_by_its_digest() -> None:
    large = evidence(FOLDER / "nats-large-nest12.pcap.gz").keys()

    assert Key("message", "echo", kept("求" * 100_000), "completed") in large


def test_a_call_that_never_ended_is_unanswered() -> None:
    assert outcome_of({"kind": "message", "end": "pending"}) == "unanswered"
