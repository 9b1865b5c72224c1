"""Over WebSocket, every event and acknowledgement that both sides saw is reported."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from captures.gateway_scenarios import SOCKETIO, WS
from tests.inspector.command import run
from tests.inspector.gateway_evidence import FOLDERS, GATEWAYS, evidence, found

if TYPE_CHECKING:
    from pathlib import Path

_ECHOES = {"socketio": 11, "ws": 12}
"""The Nest from which on an exception repeats what it is about.

With the adapter for ``ws`` it does not leave the gateway before Nest 12.
"""


def _name(capture: Path) -> str:
    return capture.name.partition(".")[0]


each_capture = pytest.mark.parametrize("capture", GATEWAYS, ids=_name)


def _lines(capture: Path) -> list[dict[str, Any]]:
    lines = run("exchanges", capture, "--json").lines
    return [line for line in lines if line["type"] == "exchange"]


def test_each_scenario_has_its_capture() -> None:
    assert {_name(each) for each in GATEWAYS} == {*WS, *SOCKETIO}
    files = [file for folder in FOLDERS for file in folder.iterdir()]
    assert {each.stem for each in files if each.suffix == ".json"} == {*WS, *SOCKETIO}
    assert sum(file.stat().st_size for file in files) <= 1_500_000


@each_capture
def test_no_packet_is_missing(capture: Path) -> None:
    assert "0 packets dropped by kernel" in evidence(capture).manifest["tcpdump"]


@each_capture
def test_each_event_ends_as_both_sides_saw_it(capture: Path) -> None:
    told = evidence(capture)
    assert found(_lines(capture), told.manifest["port"]) == told.keys


@each_capture
def test_an_exception_belongs_to_the_event_whose_handler_threw(capture: Path) -> None:
    told = evidence(capture)
    thrown = Counter(
        each["event"]
        for each in told.handled
        if "threw" in each and told.nest >= _ECHOES[capture.parent.name]
        if each["event"] != "object"  # which is sent as it was thrown
    )
    lines = _lines(capture)
    errors = Counter(each["route"] for each in lines if each["outcome"] == "error")
    assert errors == thrown


@each_capture
def test_each_message_takes_two_packets_and_each_event_one(capture: Path) -> None:
    for line in _lines(capture):
        answered = line["outcome"] in {"completed", "error"}
        several = "_placeholder" in f"{line}"  # of its attachments, of which each may
        large = max(line["request_bytes"], line["reply_bytes"]) > _SPLIT
        if not (several or large):
            assert line["packets"] == 1 + answered, line


_SPLIT = 10_000
"""Bytes that the loopback may carry in several packets."""
