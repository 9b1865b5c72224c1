"""Over NATS, every call and event that applications saw is told as they saw it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.inspector.evidence import exchanges_in, name_of
from tests.inspector.nats_evidence import FOLDER, NATS, evidence, found

if TYPE_CHECKING:
    from pathlib import Path

_CLUSTER = FOLDER / "nats-cluster-nest12.pcap"
_PLAIN = {"message": 5, "event": 2}


each_capture = pytest.mark.parametrize("capture", NATS, ids=name_of)


def _options(capture: Path) -> list[str]:
    """Return what is said of a capture: brokers of a cluster are one."""
    if capture != _CLUSTER:
        return []
    return ["--same-broker", ",".join(evidence(capture).brokers)]


def _lines(capture: Path) -> list[dict[str, Any]]:
    return exchanges_in(capture, *_options(capture))


@each_capture
def test_each_call_and_event_ends_as_its_application_saw_it(capture: Path) -> None:
    assert found(_lines(capture)) == evidence(capture).keys()


@pytest.mark.parametrize(
    "capture", [each for each in NATS if each.suffix == ".pcap"], ids=name_of
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
