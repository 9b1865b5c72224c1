"""Over RabbitMQ, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from captures.rabbitmq_scenarios import SCENARIOS
from inspector.calls.seen import Sighting, Upkeep
from inspector.pipeline import Pipeline, Tap
from inspector.sources.files import read_capture
from protocol.patterns import route
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.nats_evidence import kept, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.calls.observing import SightingItem

FOLDER = ROOT / "captures" / "rabbitmq"
RABBITMQ = sorted([*FOLDER.glob("*.pcap"), *FOLDER.glob("*.pcap.gz")])
_NO_HANDLER = "There is no matching message handler defined in the remote service."
_DELIVERY = ("request", "out")
_REJECTED = {"drop", "nope"}
"""Events that a service which acknowledges rejects for good."""


def _name(capture: Path) -> str:
    return capture.name.partition(".")[0]


def _manifest(capture: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(
        (FOLDER / f"{_name(capture)}.json").read_bytes()
    )
    return manifest


each_capture = pytest.mark.parametrize("capture", RABBITMQ, ids=_name)
of_nest = pytest.mark.parametrize(
    "capture", [each for each in RABBITMQ if "raw" not in each.name], ids=_name
)


def outcome_of(call: dict[str, Any], *, acknowledges: bool) -> str:
    """Return how a call ended; an empty text where its caller gave it up."""
    if call["kind"] == "event":
        rejected = acknowledges and call["pattern"] in _REJECTED
        return "rejected" if rejected else "sent"
    if call["end"] == "completed":
        return "completed"
    if call["end"] == "error":
        return "no_handler" if call["error"] == _NO_HANDLER else "error"
    return ""


def _lines(capture: Path) -> list[dict[str, Any]]:
    return run("exchanges", capture, "--json").lines


def test_each_scenario_has_its_capture() -> None:
    assert {_name(each) for each in RABBITMQ} == set(SCENARIOS)
    assert {each.stem for each in FOLDER.glob("*.json")} == set(SCENARIOS)
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= 1_500_000


@of_nest
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    manifest = _manifest(capture)
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
        for line in _lines(capture)
    )

    assert expected - found == Counter()
    # A client cannot say that it no longer wants a reply, which may come all the same.
    rest = found - expected
    assert Counter(key[:3] for key in rest.elements()) == given_up
    assert {key[3] for key in rest} <= {"unanswered", "completed"}


@of_nest
def test_each_delivery_is_one_that_a_service_had(capture: Path) -> None:
    had: Counter[str] = Counter()
    for each in _manifest(capture)["applications"]:
        had += Counter(each["delivered"])
    delivered = Counter(
        hop["channel"]
        for line in _lines(capture)
        for hop in line["hops"]
        if (hop["leg"], hop["way"]) == _DELIVERY
    )
    fan_out = Counter({"news": had.pop("", 0)})  # which has no routing key

    assert delivered == had + fan_out


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
def test_each_data_packet_of_an_exchange_is_counted_in_one_row(capture: Path) -> None:
    carried = _Carried()
    pipeline = Pipeline(taps=[carried])
    list(pipeline.inspect(read_capture(str(capture))))
    owned = {
        record.number
        for item in carried.seen
        if item.ledger is not None
        for record in item.records
    }
    report = pipeline.report()

    assert sum(row.data for row in report.packet_rows.values()) == len(owned)


@of_nest
def test_a_plain_message_takes_six_packets_and_a_plain_event_three(
    capture: Path,
) -> None:
    words = ("-ack-", "backlog", "dead", "prefetch")
    acknowledged = any(word in capture.name for word in words)
    for line in _lines(capture):
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
        again = [line for line in _lines(capture) if line["route"] == "again"]
        for line in again:
            deliveries = [hop["again"] for hop in line["hops"] if hop["way"] == "out"]
            assert deliveries == [False, True]
            verbs = [each["verb"] for each in line["errands"]]
            assert verbs == ["confirm", "nack", "ack"]
        expected = 5 if "-ack-" in capture.name or "backlog" in capture.name else 0
        assert len(again) == expected


def test_what_a_client_does_that_is_not_nests() -> None:
    lines = _lines(FOLDER / "rabbitmq-raw-nest12.pcap")
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
    lines = _lines(FOLDER / "rabbitmq-dead-letters-nest12.pcap")
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
    assert said["never-acked", 5] == "queue cats_q did not acknowledge keep"
    assert {number for code, number in said if code == "unanswered"} == {6, 7}
