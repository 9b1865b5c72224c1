from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import CAPTURES, ROOT, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, Wire

if TYPE_CHECKING:
    from pathlib import Path

_PORT = (8888).to_bytes(2, "big")
_SLOW = ROOT / "tests" / "data" / "cases" / "slow.pcap.gz"


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_the_lines_add_up_to_the_exchanges(capture: str) -> None:
    lines = run("services", capture, "--json").lines
    exchanges = run("exchanges", capture, "--json").lines

    assert {line["type"] for line in lines} <= {"service"}
    for key, kind in (("calls", "message"), ("events", "event")):
        assert sum(line[key] for line in lines) == sum(
            each["kind"] == kind for each in exchanges
        )
    assert sum(sum(line["routes"].values()) for line in lines) == sum(
        each["route"] is not None for each in exchanges
    )


def test_a_person_sees_the_table_and_the_map() -> None:
    outcome = run("services", _SLOW)

    assert (outcome.code, outcome.err) == (0, "")
    assert re.search(
        r"^10\.1\.0\.11 +10\.1\.1\.6:8889 +50 .* 3217$", outcome.out, re.MULTILINE
    )
    assert "10.1.0.10 ─┬──► 10.1.1.6:8889  cmd:orders.create    200" in outcome.out
    assert "10.1.0.13 ─┘" in outcome.out


@pytest.mark.parametrize("name", ["csv", "csv_raw"])
def test_a_spreadsheet_has_the_same(name: str) -> None:
    outcome = run("services", _SLOW, "--format", name)
    rows = list(csv.DictReader(io.StringIO(outcome.out, newline="")))
    lines = run("services", _SLOW, "--json").lines

    assert len(rows) == len(lines) == 12
    for row, line in zip(rows, lines, strict=True):
        assert row == {key: str(line[key]) for key in row}


def test_a_flowchart_has_an_arrow_for_each_pair() -> None:
    lines = run("services", _SLOW, "--format", "mermaid").out.splitlines()

    assert lines[0] == "flowchart LR"
    assert sum(" -->|" in line for line in lines) == 12
    assert '    c0["10.1.0.11"]' in lines
    assert '    c0 -->|"50 calls, up to 3.22 s"| s0' in lines


def test_several_files_are_one_and_a_condition_decides() -> None:
    captures = sorted((ROOT / "captures").glob("*-nest12.pcap"))[:2]
    outcome = run("services", *captures, "--json", "--fail-on", "messages > 0")

    assert outcome.code == 1
    assert sum(line["calls"] for line in outcome.lines) == sum(
        line["calls"]
        for each in captures
        for line in run("services", each, "--json").lines
    )


def test_a_filter_chooses_what_is_counted() -> None:
    lines = run("services", _SLOW, "--json", "--where", 'outcome == "error"').lines

    assert sum(line["calls"] for line in lines) == 12


@pytest.mark.parametrize("form", ["table", "json", "csv", "mermaid"])
def test_nothing_is_written_of_an_empty_capture(tmp_path: Path, form: str) -> None:
    capture = tmp_path / "empty.pcap"
    capture.write_bytes(pcap_bytes([]))
    outcome = run("services", capture, "--format", form)

    assert (outcome.code, outcome.out) == (0, "")
    assert "no Nest traffic" in outcome.err


def test_a_capture_of_one_side_says_what_it_has(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().ask("a", "1", 1).answer("1", 2).ack(CLIENT)
    requests = [each for each in wire.records if each.data[34:36] != _PORT]
    capture = tmp_path / "one.pcap"
    capture.write_bytes(pcap_bytes(requests))
    (line,) = run("services", capture, "--json").lines

    assert (line["calls"], line["unanswered"], line["max_ns"]) == (1, 0, None)


@pytest.mark.parametrize("route", ["größe", "\u202e", "half \ud800"])
def test_routes_are_keys_in_any_characters(tmp_path: Path, route: str) -> None:
    wire = Wire()
    wire.connect().ask(route, "1", 1).answer("1", 2).ack(CLIENT)
    capture = tmp_path / "routes.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    (line,) = run("services", capture, "--json").lines

    assert line["routes"] == {route: 1}


def test_a_picture_is_saved(tmp_path: Path) -> None:
    picture = tmp_path / "map.svg"

    assert run("services", _SLOW, "--svg", picture).code == 0
    drawn = re.sub(r"<[^>]+>|\n", "", picture.read_text(encoding="utf-8"))
    assert "┬──►" in drawn


def test_what_takes_as_long_as_one_says_is_slow() -> None:
    slow = [
        run(*command, _SLOW, "--json", "--slow", "9ms").lines
        for command in (["services"], [])
    ]

    assert sum(line["slow"] for line in slow[0]) == 5
    assert slow[1][-1]["health"]["slow"] == 5
    assert slow[1][-1]["health"]["slow_ns"] == 9_000_000
    assert "5 took up to 3.22 s" in run(_SLOW, "--slow", "9ms").out


def test_a_limit_without_a_unit_is_a_mistake() -> None:
    outcome = run(_SLOW, "--slow", "9")

    assert (outcome.code, outcome.out) == (2, "")
    assert "is not a duration" in outcome.err


def test_replies_alone_tell_of_nobody_who_asks() -> None:
    shown = run("services", ROOT / "tests" / "data" / "cases" / "src-v12.pcap")

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == "No request was seen, so the clients are unknown.\n"


def test_servers_that_refuse_and_the_next_command_stand_below_the_map() -> None:
    cases = ROOT / "tests" / "data" / "cases"
    lines = run("services", cases / "refused-v12.pcap").out.splitlines()
    alone = run("services", cases / "s08_refused.pcap")

    assert lines[-4:-1] == ["", "✗ 127.0.0.1:42199   3 connections refused", ""]
    assert lines[-1].startswith("next     protocol-inspect ")
    assert alone.out == "✗ 127.0.0.1:42050   4 connections refused\n"
    assert alone.err.endswith("; the report has 1 finding\n")
