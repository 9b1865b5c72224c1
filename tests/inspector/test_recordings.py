"""The recordings over brokers: each is there, complete, and counted to the packet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from captures.mqtt_scenarios import SCENARIOS as MQTT
from captures.nats_scenarios import SCENARIOS as NATS
from captures.rabbitmq_scenarios import SCENARIOS as RABBITMQ
from captures.redis_scenarios import SCENARIOS as REDIS
from inspector.calls.exchanges import Kind
from inspector.calls.seen import Sighting, Upkeep
from inspector.listening import Tap
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from tests.inspector.damage import exchanges_of
from tests.inspector.evidence import captures_over, folder_of, manifest_of, name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from inspector.calls.observing import SightingItem

_SCENARIOS = {"nats": NATS, "mqtt": MQTT, "rabbitmq": RABBITMQ, "redis": REDIS}
_MOST = 1_500_000
"""Bytes that the recordings over one carrier may have."""

each_carrier = pytest.mark.parametrize(
    ("carrier", "scenarios"), _SCENARIOS.items(), ids=_SCENARIOS
)
each_capture = pytest.mark.parametrize(
    "capture",
    [each for carrier in _SCENARIOS for each in captures_over(carrier)],
    ids=name_of,
)


@each_carrier
def test_each_scenario_has_its_capture(
    carrier: str, scenarios: Collection[str]
) -> None:
    manifests = {each.stem for each in folder_of(carrier).glob("*.json")}

    assert {name_of(each) for each in captures_over(carrier)} == {*scenarios}
    assert manifests == {*scenarios}


@pytest.mark.parametrize("carrier", _SCENARIOS)
def test_they_are_small(carrier: str) -> None:
    files = folder_of(carrier).iterdir()

    assert sum(each.stat().st_size for each in files) <= _MOST


@each_capture
def test_no_packet_is_missing(capture: Path) -> None:
    assert "0 packets dropped by kernel" in manifest_of(capture)["tcpdump"]


@each_capture
def test_no_exchange_lacks_bytes_or_its_beginning(capture: Path) -> None:
    exchanges = exchanges_of(read_capture(str(capture)))

    assert exchanges
    assert not [each.number for each in exchanges if each.gapped]
    assert not [each.number for each in exchanges if each.kind is Kind.ORPHAN]


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
