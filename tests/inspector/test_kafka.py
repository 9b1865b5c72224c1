"""Over Kafka, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from tests.inspector.command import run
from tests.inspector.evidence import exchanges_in, name_of
from tests.inspector.kafka_evidence import KAFKA, evidence, found

if TYPE_CHECKING:
    from pathlib import Path

_PLAIN = {"message": 12, "event": 6}
each_capture = pytest.mark.parametrize("capture", KAFKA, ids=name_of)


@each_capture
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    assert found(exchanges_in(capture)) == evidence(capture).keys


@each_capture
def test_each_caller_is_given_the_values_that_the_capture_shows(capture: Path) -> None:
    shown: Counter[tuple[str, int]] = Counter()
    for line in exchanges_in(capture):
        ends = [reply for reply in line["replies"] if "response" not in reply]
        values = len(line["replies"]) - len(ends)
        told = line["kind"] == "message" and line["outcome"] == "completed"
        if told and line["route"] != "sleep":  # whose caller has given up
            shown[line["route"], values] += 1
    wanted = Counter(
        (each.key.route, each.values)
        for each in evidence(capture).calls
        if each.key.kind == "message" and each.key.outcome == "completed"
        if each.key.route != "sleep"
    )
    assert shown == wanted


@pytest.mark.parametrize(
    "capture",
    [each for each in KAFKA if name_of(each).startswith(("kafka-nest", "kafka-noida"))],
    ids=name_of,
)
def test_a_plain_message_takes_twelve_packets_and_a_plain_event_six(
    capture: Path,
) -> None:
    wanted = Counter(
        (each.key.kind, each.key.route)
        for each in evidence(capture).plain()
        if each.key.route != "holes"
    )
    took = Counter(
        (line["kind"], line["route"])
        for line in exchanges_in(capture)
        if line["packets"] == _PLAIN[line["kind"]]
    )
    assert wanted
    assert wanted - took == Counter()


def _named(name: str) -> list[dict[str, Any]]:
    (capture,) = (each for each in KAFKA if name_of(each) == f"kafka-{name}-nest12")
    return exchanges_in(capture)


def _partitions(name: str) -> dict[str, Counter[tuple[str, int]]]:
    """Return what each application handled, by its role: values and partitions."""
    (capture,) = (each for each in KAFKA if name_of(each) == f"kafka-{name}-nest12")
    return {
        application["role"]: Counter(
            (run["data"], run["partition"]) for run in application["handled"]
        )
        for application in evidence(capture).manifest["applications"]
        if application["handled"]
    }


def test_after_a_rebalance_each_event_is_joined_with_who_has_its_partition_then() -> (
    None
):
    """Of like events in three partitions each is joined with its own delivery."""
    (capture,) = (each for each in KAFKA if "rebalance" in each.name)
    roles = evidence(capture).roles
    had: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in exchanges_in(capture):
        (handler,) = line["handlers"]
        had[roles[int(handler.rpartition(":")[2])]][line["data"]] += 1
    wanted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for role, runs in _partitions("rebalance").items():
        for (value, _), count in runs.items():
            wanted[role][value] += count

    assert had == wanted
    assert set(had) == {"first", "second"}


def test_two_groups_have_each_event_once() -> None:
    for line in _named("two-groups"):
        assert len(line["handlers"]) == 2
        assert [hop["way"] for hop in line["hops"]] == ["in", "out", "out"]


def test_records_of_a_compressed_batch_are_events_of_their_own() -> None:
    lines = [line for line in _named("batches") if line["route"] == "log"]
    shared = [tuple(line["request_packets"]) for line in lines]
    batches = [packets for packets, count in Counter(shared).items() if count == 4]

    texts = ["求和", *"abca", "a", *"abca", "求和", "求和"]
    assert [line["data"] for line in lines] == texts
    assert len(batches) == 2


def test_who_wants_no_receipt_has_none() -> None:
    last = _named("batches")[-1]
    verbs = [each["verb"] for each in last["errands"]]
    assert verbs == ["Fetch", "OffsetCommit", "OffsetCommit response"]


def test_a_ladder_has_the_polls_that_brought_something_among_the_errands() -> None:
    (capture,) = (each for each in KAFKA if name_of(each) == "kafka-nest12")
    rows = run("ladder", capture, "--errands").out.splitlines()
    polls = [row for row in rows if "Fetch #1 " in row]
    first = next(row for row in rows if "sum [1,2,3] #1" in row)

    assert len(polls) == 2  # of who handles it, and of who asked
    assert rows.index(polls[0]) < rows.index(first)
    assert not any("Fetch " in row for row in run("ladder", capture).out.splitlines())


@pytest.mark.parametrize(
    ("name", "code", "headline"),
    [
        ("lag", "consumer-lag", "slow-0: up to 121 records behind"),
        ("rebalance", "rebalance", "2 rebalances of the group workers-server"),
    ],
)
def test_what_goes_wrong_with_consumers_of_nest_is_found(
    name: str, code: str, headline: str
) -> None:
    (capture,) = (each for each in KAFKA if f"kafka-{name}-" in each.name)
    (line,) = (each for each in run(str(capture)).out.splitlines() if headline in each)

    assert line.split()[-1] == code
