"""Over MQTT, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from captures.mqtt_scenarios import SCENARIOS
from inspector.calls.seen import Sighting, Upkeep
from inspector.pipeline import Pipeline, Tap
from inspector.sources.files import read_capture
from tests.inspector.command import run
from tests.inspector.mqtt_evidence import FOLDER, MQTT, evidence, found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.calls.observing import SightingItem

_PLAIN = {"message": 8, "event": 2}
_OVERHEARD = ("deep/", "all/")
"""Topics whose replies reach the service itself, as a wildcard of its covers them."""


def _name(capture: Path) -> str:
    return capture.name.partition(".")[0]


each_capture = pytest.mark.parametrize("capture", MQTT, ids=_name)


def _lines(capture: Path) -> list[dict[str, Any]]:
    lines = run("exchanges", capture, "--json").lines
    return [line for line in lines if line["type"] == "exchange"]


def test_each_scenario_has_its_capture() -> None:
    assert {_name(each) for each in MQTT} == set(SCENARIOS)
    assert {each.stem for each in FOLDER.glob("*.json")} == set(SCENARIOS)
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= 1_500_000


@each_capture
def test_no_packet_is_missing(capture: Path) -> None:
    assert "0 packets dropped by kernel" in evidence(capture).manifest["tcpdump"]


@each_capture
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    assert found(_lines(capture)) == evidence(capture).keys


class _Carried(Tap):
    """Keeps what was seen; by the end it is known what exchange that is of."""

    def __init__(self) -> None:
        self.seen: list[Sighting | Upkeep] = []

    def sightings(self, sightings: Iterator[SightingItem]) -> Iterator[SightingItem]:
        for item in sightings:
            if isinstance(item, Sighting | Upkeep):
                self.seen.append(item)
            yield item


@each_capture
def test_each_packet_is_counted_in_one_row(capture: Path) -> None:
    carried = _Carried()
    pipeline = Pipeline(taps=[carried])
    list(pipeline.inspect(read_capture(str(capture))))
    owned = {
        record.number
        for item in carried.seen
        if item.ledger is not None
        for record in item.records
    }
    rows = pipeline.report().packet_rows.values()

    assert sum(row.data for row in rows) == len(owned)


@pytest.mark.parametrize(
    "capture",
    [each for each in MQTT if re.match("mqtt5?-(nest|restart|shared)", each.name)],
    ids=_name,
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
        for line in _lines(capture)
        if line["packets"] == _PLAIN[line["kind"]] and len(line["handlers"]) == 1
    )
    assert wanted
    assert wanted - took == Counter()


def _named(name: str) -> list[dict[str, Any]]:
    (capture,) = (each for each in MQTT if _name(each) == name)
    return _lines(capture)


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
