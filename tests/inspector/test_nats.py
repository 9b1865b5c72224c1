"""Over NATS, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from inspector.calls.seen import Sighting, Upkeep
from inspector.pipeline import Pipeline, Tap
from inspector.sources.files import read_capture
from tests.inspector.command import run
from tests.inspector.nats_evidence import FOLDER, NATS, evidence, found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.calls.observing import SightingItem

_CLUSTER = FOLDER / "nats-cluster-nest12.pcap"
_PLAIN = {"message": 5, "event": 2}


def _name(capture: Path) -> str:
    return capture.name.partition(".")[0]


each_capture = pytest.mark.parametrize("capture", NATS, ids=_name)


def _options(capture: Path) -> list[str]:
    """Return what is said of a capture: brokers of a cluster are one."""
    if capture != _CLUSTER:
        return []
    return ["--same-broker", ",".join(evidence(capture).brokers)]


def _lines(capture: Path) -> list[dict[str, Any]]:
    return run("exchanges", capture, "--json", *_options(capture)).lines


@each_capture
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    assert found(_lines(capture)) == evidence(capture).keys()


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


@pytest.mark.parametrize(
    "capture", [each for each in NATS if each.suffix == ".pcap"], ids=_name
)
def test_a_plain_message_takes_five_packets_and_a_plain_event_two(
    capture: Path,
) -> None:
    wanted = Counter((each.kind, each.route) for each, _ in evidence(capture).plain())
    took = Counter(
        (line["kind"], line["route"])
        for line in _lines(capture)
        if line["packets"] == _PLAIN[line["kind"]] and len(line["handlers"]) == 1
    )

    assert wanted - took == Counter()
