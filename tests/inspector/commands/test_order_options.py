"""How many are shown, in which order, and what is said of the others."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path


def _slowest(count: int) -> list[int]:
    lines = run("exchanges", SHOWCASE, "--json").lines
    ordered = sorted(lines, key=lambda line: -(line["latency_ns"] or -1))
    return [line["number"] for line in ordered[:count]]


def test_table_json_and_csv_have_the_same_exchanges_in_the_same_order() -> None:
    asked = ("exchanges", SHOWCASE, "--sort", "latency", "--limit", "4")
    table = run(*asked).out.splitlines()[1:5]
    lines = run(*asked, "--json").lines
    cells = csv.DictReader(run(*asked, "--format", "csv").out.splitlines())
    wanted = _slowest(4)

    assert [int(line.split()[0][1:]) for line in table] == wanted
    assert [line["number"] for line in lines] == wanted
    assert [int(row["number"]) for row in cells] == wanted


@pytest.mark.parametrize("part", ["--limit", "--last"])
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_what_is_left_out_is_said_once(part: str, form: str) -> None:
    outcome = run("exchanges", SHOWCASE, part, "3", "--format", form)

    assert outcome.code == 0
    assert outcome.err == (
        f"protocol-inspect: {part} 3: left out 208 of 211 exchanges\n"
    )


def test_nothing_is_said_where_all_is_shown() -> None:
    assert not run("exchanges", SHOWCASE, "--limit", "211").err


def test_a_gate_judges_what_is_not_shown_too() -> None:
    outcome = run("exchanges", SHOWCASE, "--limit", "1", "--fail-on", "count() > 200")

    assert outcome.code == 1
    assert "count() is 211" in outcome.err


def test_a_subset_has_the_exchanges_that_are_shown(tmp_path: Path) -> None:
    subset = tmp_path / "slow.pcapng"
    asked = ("--sort", "latency", "--limit", "2", "--json")
    shown = run("exchanges", SEED, *asked, "--write", subset).lines
    again = run("exchanges", subset, *asked).lines

    assert {line["route"] for line in again} == {line["route"] for line in shown}
    assert len(again) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--limit", "1", "--last", "1"], "--limit and --last exclude each other"),
        (
            ["--sort", "latncy"],
            (
                "Invalid value for '--sort': nothing is sorted by 'latncy', "
                "did you mean latency?"
            ),
        ),
        (
            ["--sort", "-x"],
            (
                "Invalid value for '--sort': nothing is sorted by 'x'; there are "
                "latency, time, duration, bytes, request_bytes, reply_bytes, packets, "
                "route, outcome, client, server"
            ),
        ),
        (["--limit", "0"], "Invalid value for '--limit': 0 is not in the range x>=1"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], message: str) -> None:
    outcome = run("exchanges", SEED, *arguments)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"protocol-inspect: {message}\n"


@pytest.mark.parametrize("command", ["exchanges", "packets", "ladder"])
def test_times_are_shown_as_they_are_asked_for(command: str) -> None:
    relative = run(command, SHOWCASE).out
    assert "time s" in relative
    assert run(command, SHOWCASE, "--time", "relative").out == relative
    assert "delta s" in run(command, SHOWCASE, "--time", "delta").out
    of_day = run(command, SHOWCASE, "--time", "utc").out
    assert "2026-11-20 UTC" in of_day
    assert "21:00:43.577482" in of_day


def test_packets_and_frames_are_counted_as_well() -> None:
    first = run("packets", SEED, "--limit", "5", "--json")
    last = run("follow", SEED, "--last", "2", "--json")
    frames = run("follow", SEED, "--json").lines

    assert [line["number"] for line in first.lines] == [6, 7, 8, 9, 10]
    assert "--limit 5: left out 31 of 36 packets" in first.err
    assert last.lines == frames[-2:]
    assert "--last 2: left out 13 of 15 packets" in last.err
