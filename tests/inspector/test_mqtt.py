"""Over MQTT, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.inspector.evidence import exchanges_in, name_of
from tests.inspector.mqtt_evidence import MQTT, evidence, found

if TYPE_CHECKING:
    from pathlib import Path

_PLAIN = {"message": 8, "event": 2}
_OVERHEARD = ("deep/", "all/")
"""Topics whose replies reach the service itself, as a wildcard of its covers them."""


each_capture = pytest.mark.parametrize("capture", MQTT, ids=name_of)


@each_capture
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    assert found(exchanges_in(capture)) == evidence(capture).keys


@pytest.mark.parametrize(
    "capture",
    [each for each in MQTT if re.match("mqtt5?-(nest|restart|shared)", each.name)],
    ids=name_of,
)
def test_a_plain_message_takes_eight_packets_and_a_plain_event_two(
    capture: Path,
) -> None:
    wanted = Counter(
        (each.key.kind, each.key.route)
        for each in evidence(capture).plain()
        if not each.key.route.startswith(_OVERHEARD)
    )
    took = Counter(
        (line["kind"], line["route"])
        for line in exchanges_in(capture)
        if line["packets"] == _PLAIN[line["kind"]] and len(line["handlers"]) == 1
    )
    assert wanted
    assert wanted - took == Counter()


def _named(name: str) -> list[dict[str, Any]]:
    (capture,) = (each for each in MQTT if name_of(each) == name)
    return exchanges_in(capture)


def _verbs(line: dict[str, Any]) -> list[str]:
    return [each["verb"] for each in line["errands"] if each["verb"].startswith("PUB")]


def test_acknowledgements_are_errands_of_what_they_acknowledge() -> None:
    lines = _named("mqtt-qos-nest12")
    sums = [line for line in lines if line["route"] == "sum"]
    logs = [line for line in lines if line["route"] == "log"]
    once, twice = ["PUBACK"] * 2, ["PUBREC", "PUBREL", "PUBCOMP"] * 2

    assert [sorted(_verbs(line)) for line in sums] == [[], once, sorted(twice)] * 2
    assert [line["packets"] for line in sums] == [8, 10, 14] * 2
    assert [sorted(_verbs(line)) for line in logs] == [[], once, sorted(twice)] * 2
    assert [line["packets"] for line in logs] == [2, 4, 8] * 2


def test_the_broker_says_to_mqtt_5_that_nobody_has_subscribed() -> None:
    outcomes = [
        line["outcome"] for line in _named("mqtt-qos-nest12") if line["route"] == "nope"
    ]
    assert outcomes[:4] == ["sent", "unanswered", "sent", "unanswered"]
    assert outcomes[4:6] == ["undelivered", "no_handler"]


def test_what_was_retained_is_an_event_by_itself() -> None:
    first, later = (
        line for line in _named("mqtt-retained-nest12") if line["data"] == "kept"
    )
    assert [hop["way"] for hop in first["hops"]] == ["in", "out"]
    assert [hop.get("retained") for hop in later["hops"]] == [True]


def test_of_a_shared_subscription_one_service_has_each_message() -> None:
    lines = _named("mqtt-shared-nest12")
    groups = {
        hop.get("group")
        for line in lines
        for hop in line["hops"]
        if hop["way"] == "out"
    }
    assert all(len(line["handlers"]) == 1 for line in lines)
    assert len({line["handlers"][0] for line in lines}) > 1
    assert groups == {"workers", None}


def test_of_two_callers_one_overhears_the_replies_of_the_other() -> None:
    lines = _named("mqtt-two-callers-nest12")
    overheard = [
        hop["peer"] for line in lines for hop in line["hops"] if hop.get("overheard")
    ]
    callers = {line["client"] for line in lines}

    assert overheard
    assert set(overheard) <= callers
    assert {line["outcome"] for line in lines} == {"completed"}
