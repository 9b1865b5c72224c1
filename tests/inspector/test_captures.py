"""Every capture says what the applications counted; a new one needs no new test."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from tests.inspector.captures import CAPTURES, OWN, SHOWCASE, manifest_of, name_of
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

each_capture = pytest.mark.parametrize("capture", CAPTURES, ids=name_of)

ORDINARY = [
    capture
    for capture in CAPTURES
    if capture.name.startswith(("seed-", "two-services-"))
]
"""The captures of the first two applications."""


SEEDS = [capture for capture in OWN if capture.name.startswith("seed-")]
"""Captures of an application that sends a request right behind an event."""


def _lines(capture: Path, *options: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the exchanges of a capture, and the summary."""
    outcome = run(capture, "--json", *options)
    assert (outcome.code, outcome.err) == (0, "")
    *lines, summary = outcome.lines
    assert summary["type"] == "summary"
    return [line for line in lines if line["type"] == "exchange"], summary


@each_capture
def test_the_summary_equals_what_the_applications_counted(capture: Path) -> None:
    _, summary = _lines(capture)
    manifest = manifest_of(capture)
    counts, kinds = manifest["counts"], manifest["by_kind_tx"]
    no_handler = kinds.get("response-nohandler", 0)
    errors = kinds.get("response-error", 0)
    unanswered = counts["requests_never_answered"]

    assert {
        "messages": counts["requests_sent"],
        "events": counts["events_sent"],
        "replies": counts["responses_sent_frames"],
        "frames": counts["frames_tx_total"],
        "orphans": 0,
        "no_handler": no_handler,
        "errors": errors,
        "completed": counts["requests_sent"] - no_handler - errors - unanswered,
        "gap_bytes": 0,
    }.items() <= summary.items()
    assert summary["unanswered"] + summary["incomplete"] == unanswered


@each_capture
def test_every_request_of_http_is_reported_around_its_calls(capture: Path) -> None:
    lines, summary = _lines(capture, "--carrier", "http:3000")
    exchanges = [each for each in lines if each["carrier"] == "http"]
    calls = [each for each in lines if each["carrier"] != "http"]
    manifest = manifest_of(capture)
    asked = manifest.get("http", []) if "3000" in manifest["filter"] else []

    assert [" ".join(each["pattern"].split()[:2]) for each in exchanges] == [
        f"{each['method']} {each['url'].partition('?')[0]}" for each in asked
    ]
    assert [each["replies"][-1]["status"] for each in exchanges] == [
        each["status"] for each in asked
    ]
    assert summary.get("http", {}).get("requests", 0) == len(asked)
    for call in calls if asked else ():
        assert any(
            each["time_ns"] < call["time_ns"] < each["time_ns"] + each["duration_ns"]
            for each in exchanges
        )


@each_capture
def test_every_reply_that_ends_a_call_is_one_that_the_service_sent(
    capture: Path,
) -> None:
    exchanges, _ = _lines(capture)
    kinds = manifest_of(capture)["by_kind_tx"]
    replies = [reply for each in exchanges for reply in each["replies"]]

    assert Counter(map(_kind_of_reply, replies)) == Counter(
        {kind: count for kind, count in kinds.items() if kind.startswith("response")}
    )


@each_capture
def test_each_pattern_was_sent_as_often_as_the_applications_counted(
    capture: Path,
) -> None:
    exchanges, _ = _lines(capture)
    found = Counter(
        (_request_or_event(each), json.dumps(each.get("pattern"), sort_keys=True))
        for each in exchanges
    )

    assert found == Counter(
        {
            (kind, json.dumps(json.loads(pattern), sort_keys=True)): count
            for key, count in manifest_of(capture)["by_pattern_tx"].items()
            for kind, _, pattern in [key.partition(" ")]
        }
    )


@pytest.mark.parametrize("capture", CAPTURES[len(OWN) :], ids=name_of)
def test_the_packets_are_those_that_another_reader_counted(capture: Path) -> None:
    _, summary = _lines(capture)
    counted = manifest_of(capture)["tcp_level_from_pcap_nest_ports_only"]

    assert summary["connections"] == counted["streams"]
    assert summary["data_packets"] == counted["data_segments"]
    assert summary["pure_acks"] == counted["pure_acks"]
    assert summary["control"] == counted["syn"] + counted["fin"] + counted["rst"]


@pytest.mark.parametrize("capture", ORDINARY, ids=name_of)
def test_a_message_takes_two_packets_and_an_event_one(capture: Path) -> None:
    exchanges, summary = _lines(capture)
    expected = {"message": 2, "event": 1}

    assert {each["kind"] for each in exchanges} == {"message", "event"}
    assert all(each["packets"] == expected[each["kind"]] for each in exchanges)
    assert summary["packets_per_message"] == {"2": summary["messages"]}
    assert summary["packets_per_event"] == {"1": summary["events"]}
    assert "✓ Every message call took 2 packets, every event 1." in run(capture).out


@pytest.mark.parametrize("capture", SEEDS, ids=name_of)
def test_a_request_behind_an_event_waits_where_nest_calls_and_not_where_we_do(
    capture: Path,
) -> None:
    lines = run(capture, "--json").lines
    waited = {line["code"] for line in lines if line["type"] == "finding"}

    assert ("nagle-stall" in waited) != capture.stem.startswith("seed-python")


def test_the_showcase_names_every_exception_with_its_reason() -> None:
    exchanges, _ = _lines(SHOWCASE)
    report = run(SHOWCASE, width=200).out
    calls = [each for each in exchanges if each["replies"]]
    streams = {each["number"] for each in calls if len(each["replies"]) > 1}
    large = {each["number"] for each in calls if each["packets"] > 2} - streams
    shared = {each["number"] for each in calls if each["shared_packets"]} - streams

    assert report.splitlines()[4].startswith("≠ ")
    assert streams
    assert large
    assert shared
    named = _named_exceptions(report)
    assert named["stream"] == streams
    assert named["split"] == large
    assert named["shared"] == shared


_OF_APPLICATIONS = {
    "seed-nest12",
    "seed-nest10",
    "two-services-nest12",
    "auth-gateway-nest12",
    "showcase-nest12",
}
_OF_US_AND_NEST = {
    "seed-python",
    "seed-python-calls-nest12",
    "seed-nest12-calls-python",
    "auth-gateway-mixed",
}


@pytest.mark.parametrize("wanted", [_OF_APPLICATIONS, _OF_US_AND_NEST], ids=len)
def test_there_are_captures_of_all_applications_and_of_us(wanted: set[str]) -> None:
    assert {capture.stem for capture in OWN} >= wanted


def _request_or_event(exchange: dict[str, Any]) -> str:
    return "event" if exchange["kind"] == "event" else "request"


def _kind_of_reply(reply: dict[str, Any]) -> str:
    """Name a reply as the manifests do, from nothing but its keys."""
    if "status" in reply:
        return "response-nohandler"
    if "err" in reply:
        return "response-error"
    if "isDisposed" in reply:
        return "response-final" if "response" in reply else "response-complete-empty"
    return "response-item"


def _named_exceptions(report: str) -> dict[str, set[int]]:
    """Return which exchanges the table of packets names for each reason."""
    named: dict[str, set[int]] = defaultdict(set)
    table = report.partition("Packets on the wire")[2].partition("\nconnection")[0]
    for reason, ranges in re.findall(r"(stream|split|shared)[^:;]*: ([^;\n]+)", table):
        for first, last in re.findall(r"#(\d+)(?:–#(\d+))?", ranges):
            named[reason].update(range(int(first), int(last or first) + 1))
    return named
