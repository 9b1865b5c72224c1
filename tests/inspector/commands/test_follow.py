"""The command: which connection it follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.captures import ROOT, SEED, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, Wire, request

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TWO = ROOT / "captures" / "two-services-nest12.pcap"


def test_a_number_behind_the_captures_is_a_connection() -> None:
    second = run("follow", TWO, "2", "--json").lines
    third = run("follow", TWO, "3", "--json").lines
    everything = run("follow", TWO, "--json").lines

    assert {line["connection"] for line in second} == {2}
    assert {line["connection"] for line in third} == {3}
    assert len(second) + len(third) == len(everything)


def test_a_file_that_is_called_by_a_number_is_a_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "3").write_bytes(SEED.read_bytes())
    monkeypatch.chdir(tmp_path)

    assert run("follow", "3", "--json").out
    assert run("follow", "3", "3", "--json").out


def test_a_connection_that_is_none_of_nests_is_named() -> None:
    outcome = run("follow", TWO, "9")

    assert (outcome.code, outcome.out) == (2, "")
    assert "connection 9: no Nest connection; those are 2, 3" in outcome.err


def test_long_strings_are_whole_when_they_are_asked_for() -> None:
    showcase = ROOT / "captures" / "showcase-nest12.pcap"

    assert "(100,000)" in run("follow", showcase).out
    assert "(100,000)" not in run("follow", showcase, "--full").out


def test_forty_lines_of_a_payload_are_shown_unless_all_are_wanted(
    tmp_path: Path,
) -> None:
    wire = Wire()
    wire.connect().ask("big", "1", list(range(10_000))).answer("1", 1)
    capture = tmp_path / "big.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    lines = run("follow", capture).out.splitlines()

    assert len(lines) < 60
    assert "│ … 9,966 more lines, --full" in lines
    assert len(run("follow", capture, "--full").out.splitlines()) > 10_000


def test_frames_of_others_in_the_packet_of_a_chosen_exchange_are_left_out(
    tmp_path: Path,
) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, request("a", "1"), request("b", "2")).answer("2", 1)
    capture = tmp_path / "two.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    chosen = ["--where", 'route == "b"']

    frames = run("follow", capture, *chosen, "--json").lines
    assert [(each["kind"], each["exchange"]) for each in frames] == [
        ("request", 2),
        ("reply", 2),
    ]
    assert "a #1" not in run("ladder", capture, *chosen).out
    assert "a #1" in run("packets", capture, *chosen).out


NATS = ROOT / "captures" / "nats" / "nats-nest12.pcap"


def test_a_number_with_its_sign_is_an_exchange_on_all_its_connections() -> None:
    lines = run("follow", NATS, "#6", "--json").lines
    shown = run("follow", NATS, "#6").out

    assert {line["exchange"] for line in lines} == {6}
    assert {line["connection"] for line in lines} == {1, 2}
    ways = [(line["leg"], line["way"]) for line in lines]
    assert ways[:4] == [
        ("request", "in"),
        ("request", "out"),
        ("reply", "in"),
        ("reply", "out"),
    ]
    assert [line for line in shown.splitlines() if line.lstrip()[:1] == "·"] == [
        "· SUB for #6   packet 59",
        "· UNSUB for #6   packet 72",
    ]
    assert shown.count("connection 1") > 1


def test_over_tcp_it_is_one_too() -> None:
    lines = run("follow", SEED, "#2", "--json").lines

    assert [line["kind"] for line in lines] == ["request", "reply"]
    assert {line["exchange"] for line in lines} == {2}


def test_an_exchange_that_there_is_not_is_named() -> None:
    outcome = run("follow", SEED, "#99")

    assert (outcome.code, outcome.out) == (2, "")
    assert "exchange 99: no such exchange" in outcome.err


def test_units_have_the_words_of_their_carrier_in_their_order() -> None:
    lines = run("follow", NATS, "2").out.splitlines()
    place = next(i for i, line in enumerate(lines) if "SUB for #1" in line)

    assert lines[place + 2].startswith("► PUB request sum #1")
