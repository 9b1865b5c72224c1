"""Over RabbitMQ, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from protocol.patterns import route
from tests.inspector.command import run
from tests.inspector.evidence import exchanges_in, kept, manifest_of, name_of, text_of
from tests.inspector.rabbitmq_evidence import FOLDER, RABBITMQ, outcome_of

if TYPE_CHECKING:
    from pathlib import Path

_DELIVERY = ("request", "out")


each_capture = pytest.mark.parametrize("capture", RABBITMQ, ids=name_of)
of_nest = pytest.mark.parametrize(
    "capture", [each for each in RABBITMQ if "raw" not in each.name], ids=name_of
)


@of_nest
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    manifest = manifest_of(capture)
    acknowledges = any(word in capture.name for word in ("-ack-", "dead"))
    calls = [call for each in manifest["applications"] for call in each["calls"]]
    expected, given_up = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for call in calls:
        key = call["kind"], route(call["pattern"]), text_of(call["data"])
        outcome = outcome_of(call, acknowledges=acknowledges)
        if call["handed"] and outcome:
            expected[*key, outcome] += 1
        elif call["handed"]:
            given_up[key] += 1
    found: Counter[tuple[str, ...]] = Counter(
        (line["kind"], line["route"], kept(line.get("data")), line["outcome"])
        for line in exchanges_in(capture)
    )

    assert expected - found == Counter()
    # A client cannot say that it no longer wants a reply, which may come all the same.
    rest = found - expected
    assert Counter(key[:3] for key in rest.elements()) == given_up
    assert {key[3] for key in rest} <= {"unanswered", "completed"}


@of_nest
def test_each_delivery_is_one_that_a_service_had(capture: Path) -> None:
    had: Counter[str] = Counter()
    for each in manifest_of(capture)["applications"]:
        had += Counter(each["delivered"])
    delivered = Counter(
        hop["channel"]
        for line in exchanges_in(capture)
        for hop in line["hops"]
        if (hop["leg"], hop["way"]) == _DELIVERY
    )
    fan_out = Counter({"news": had.pop("", 0)})  # which has no routing key

    assert delivered == had + fan_out


@of_nest
def test_a_plain_message_takes_six_packets_and_a_plain_event_three(
    capture: Path,
) -> None:
    words = ("-ack-", "backlog", "dead", "prefetch")
    acknowledged = any(word in capture.name for word in words)
    for line in exchanges_in(capture):
        verbs = [each["verb"] for each in line["errands"]]
        if line["kind"] == "message" and len(line["hops"]) == 4:
            assert verbs.count("confirm") == 2, line
        elif line["kind"] == "event" and len(line["handlers"]) == 1:
            assert verbs.count("confirm") == 1, line
        acks = sum(verb in {"ack", "nack", "reject"} for verb in verbs)
        deliveries = [
            hop
            for hop in line["hops"]
            if (hop["leg"], hop["way"]) == _DELIVERY and "dead" not in hop
        ]
        if acknowledged and line["route"] not in {"keep", "twice"}:
            assert acks == len(deliveries), line
        elif not acknowledged:
            assert acks == 0


def test_what_is_given_back_is_delivered_again_as_the_same() -> None:
    for capture in RABBITMQ:
        again = [line for line in exchanges_in(capture) if line["route"] == "again"]
        for line in again:
            deliveries = [hop["again"] for hop in line["hops"] if hop["way"] == "out"]
            assert deliveries == [False, True]
            verbs = [each["verb"] for each in line["errands"]]
            assert verbs == ["confirm", "nack", "ack"]
        expected = 5 if "-ack-" in capture.name or "backlog" in capture.name else 0
        assert len(again) == expected


def test_what_a_client_does_that_is_not_nests() -> None:
    lines = exchanges_in(FOLDER / "rabbitmq-raw-nest12.pcap")
    by_route: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_route.setdefault(line["route"], []).append(line)

    assert [len(line["hops"]) for line in by_route["born"]] == [3, 3]
    assert [line["outcome"] for line in by_route["lost"]] == ["undelivered"] * 5
    assert [line["errands"][0]["verb"] for line in by_route["lost"]] == ["return"] * 5
    assert [line["outcome"] for line in by_route["job"]] == [
        "sent",
        "sent",
        "sent",
        "rejected",
        "rejected",
        "sent",
    ]
    assert [len(line["hops"]) for line in by_route["job"]] == [2, 2, 3, 2, 2, 2]


def test_what_a_queue_does_not_keep_is_one_event_with_the_rest_of_its_way() -> None:
    lines = exchanges_in(FOLDER / "rabbitmq-dead-letters-nest12.pcap")
    dropped = [line for line in lines if line["route"] == "drop"]
    groups = [[hop.get("group") for hop in line["hops"]] for line in dropped]

    assert groups == [[None, "cats_q", "dead_q"]] * 4
    assert {line["outcome"] for line in dropped} == {"rejected"}
    assert [line["hops"][2].get("dead") for line in dropped] == [True] * 4


def test_a_call_says_what_had_to_be_acknowledged_before_it() -> None:
    capture = FOLDER / "rabbitmq-prefetch-nest12.pcap"
    found = [line for line in run(capture, "--json").lines if line["type"] == "finding"]
    said = {(line["code"], line["exchange"]): line["message"] for line in found}

    assert said["prefetch-full", 3].endswith("until sleep was acknowledged")
    assert said["prefetch-full", 4].endswith("until sum was acknowledged")
    kept = "queue cats_q went away without acknowledging keep"
    assert said["never-acked", 5] == kept
    assert {number for code, number in said if code == "unanswered"} == {6, 7}
