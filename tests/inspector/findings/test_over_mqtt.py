"""What is found in captures of real Nests over MQTT, in the words of MQTT."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from inspector.sources.files import read_capture
from tests.inspector.conversation import inspected
from tests.inspector.findings.test_over_brokers import TRUE_OF_TCP
from tests.inspector.mqtt_evidence import FOLDER, MQTT
from tests.inspector.scenes import sentences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inspector.conversation import Inspected

TRUE_OF_OTHERS = re.compile(
    r"\bsubjects?\b|\binbox|\bqueue groups?\b|NATS|Redis|_INBOX"
)


@cache
def _inspected(name: str) -> Inspected:
    return inspected(read_capture(str(FOLDER / name)))


def _codes(name: str) -> set[str]:
    return {each.code for each in _inspected(f"mqtt-{name}-nest12.pcap").findings}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("auth", {"broker-error"}),
        ("refused", {"illegal-channel", "broker-error"}),
        ("overheard", {"reply-overheard", "several-answers"}),
        ("three-servers", {"several-answers"}),
        ("take-over", {"session-taken-over"}),
        ("qos", {"nobody-subscribed"}),
    ],
)
def test_what_goes_wrong_is_found_by_its_name(name: str, codes: set[str]) -> None:
    assert codes <= _codes(name)


@pytest.mark.parametrize("name", ["two-callers", "shared", "fan-out", "retained"])
def test_what_mqtt_does_anyway_is_no_finding(name: str) -> None:
    assert not _codes(name) & {"reply-overheard", "subscribed-late", "orphan-reply"}


@pytest.mark.parametrize("capture", MQTT, ids=lambda each: each.name)
def test_no_sentence_is_true_of_another_carrier_alone(capture: Path) -> None:
    for group in _inspected(capture.name).report.findings.values():
        for words in sentences(group):
            assert not TRUE_OF_TCP.search(words), words
            assert not TRUE_OF_OTHERS.search(words), words


def test_who_may_not_publish_is_told_what_to_allow() -> None:
    name = "mqtt-auth-nest12.pcap"
    refused = [
        each
        for each in _inspected(name).findings
        if each.code == "broker-error" and "PUBLISH" in each.detail
    ]
    (finding,) = refused

    assert finding.detail == "“PUBLISH log: not authorized”"
    assert finding.hint.startswith("allow the user to publish to it")
