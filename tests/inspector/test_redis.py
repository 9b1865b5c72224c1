"""Over Redis, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from captures.redis_scenarios import SCENARIOS
from inspector.calls.seen import Sighting, Upkeep
from inspector.pipeline import Pipeline, Tap
from inspector.sources.files import read_capture
from tests.inspector.command import run
from tests.inspector.redis_evidence import FOLDER, REDIS, evidence, found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.calls.observing import SightingItem

_PLAIN = {"message": 10, "event": 3}
_RESTARTED = [each for each in REDIS if "restart" in each.name]


def _name(capture: Path) -> str:
    return capture.name.partition(".")[0]


each_capture = pytest.mark.parametrize("capture", REDIS, ids=_name)
undisturbed = pytest.mark.parametrize(
    "capture", [each for each in REDIS if each not in _RESTARTED], ids=_name
)
"""Those in which no call was given up before it was published, nor after its reply."""
restarted = pytest.mark.parametrize("capture", _RESTARTED, ids=_name)


def _lines(capture: Path) -> list[dict[str, Any]]:
    lines = run("exchanges", capture, "--json").lines
    return [line for line in lines if line["type"] == "exchange"]


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


def test_each_scenario_has_its_capture() -> None:
    assert {_name(each) for each in REDIS} == set(SCENARIOS)
    assert {each.stem for each in FOLDER.glob("*.json")} == set(SCENARIOS)


@undisturbed
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    assert found(_lines(capture)) == evidence(capture).keys


@restarted
def test_so_it_does_where_the_broker_was_restarted(capture: Path) -> None:
    """But for calls that were given up just then: they may have gone on by themselves.

    Nest 10 publishes what was given up while it waited for its subscription; Nest 12
    does not.
    """
    keys, seen = evidence(capture).keys, found(_lines(capture))
    lost = {each.data for each in keys if each.outcome == "unanswered"}

    assert Counter(
        {each: count for each, count in seen.items() if each.data not in lost}
    ) == Counter({each: count for each, count in keys.items() if each.data not in lost})


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
    rows = pipeline.report().packet_rows.values()

    assert sum(row.data for row in rows) == len(owned)


@undisturbed
def test_a_plain_message_takes_ten_packets_and_a_plain_event_three(
    capture: Path,
) -> None:
    plain = evidence(capture).plain()
    wanted = Counter((each.key.kind, each.key.route) for each in plain)
    took = Counter(
        (line["kind"], line["route"])
        for line in _lines(capture)
        if line["packets"] == _PLAIN[line["kind"]]
    )
    if "large" in capture.name or "slow-consumer" in capture.name:
        return  # whose payloads take several packets, or go to one more

    assert wanted - took == Counter()


@undisturbed
def test_who_asks_and_who_answers_are_known_on_both_connections(capture: Path) -> None:
    roles = evidence(capture).roles
    for line in _lines(capture):
        role = roles[_port(line["client"])]
        asked, heard, answered = (
            {
                _port(hop["peer"])
                for hop in line["hops"]
                if (hop["leg"], hop["way"]) == stage and not hop.get("overheard")
            }
            for stage in (("request", "in"), ("reply", "out"), ("reply", "in"))
        )
        assert asked == {_port(line["client"])}
        assert {roles[each] for each in asked | heard} == {role}
        handlers = {roles[_port(each)] for each in line["handlers"]}
        assert {roles[each] for each in answered} <= handlers


@each_capture
def test_no_exchange_of_a_complete_capture_is_in_doubt(capture: Path) -> None:
    doubtful = [line for line in _lines(capture) if "in_doubt" in line]

    assert not doubtful
    assert not [line for line in _lines(capture) if line["kind"] == "orphan"]
