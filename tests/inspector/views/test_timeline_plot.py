"""A plot has the figures of the view, and nothing of a capture becomes markup."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.inspector.captures import SEED, SHOWCASE, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from pathlib import Path

_SVG = "{http://www.w3.org/2000/svg}"


def _plotted(capture: Path, folder: Path) -> ET.Element:
    picture = folder / "plot.svg"
    assert run("timeline", capture, "--svg", picture).code == 0
    return ET.parse(picture).getroot()  # noqa: S314


def _words(root: ET.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{_SVG}text")]


def _rows(root: ET.Element) -> list[list[str]]:
    """Return the texts of each row."""
    plot = root.find(f"{_SVG}g")
    assert plot is not None
    return [_words(each) for each in plot.findall(f"{_SVG}g")]


def test_many_exchanges_are_counted_by_pattern_as_in_the_view(tmp_path: Path) -> None:
    root, lines = (
        _plotted(SHOWCASE, tmp_path),
        run("timeline", SHOWCASE, "--json").lines,
    )
    lines = [line for line in lines if line["type"] == "timeline"]
    rows = _rows(root)

    counted, took = rows[: len(lines)], rows[len(lines) :]
    names = ["cmd:sum", *[line["route"] for line in lines[1:]]]
    assert [row[0] for row in counted] == names
    assert [row[1] for row in counted] == [f"{line['count']:,}" for line in lines]
    failures = [f"{line['failed']} ✗" if line["failed"] else "" for line in lines]
    assert ["".join(row[2:]) for row in counted] == failures
    answered = [line for line in lines if line["durations"]]
    assert [row[0] for row in took] == [
        name for name, line in zip(names, lines, strict=True) if line in answered
    ]
    for row, line in zip(took, answered, strict=True):
        figures = [
            line["durations"][each] / 1e6 for each in ("p50_ns", "p99_ns", "max_ns")
        ]
        assert [float(each) for each in row[1:]] == pytest.approx(figures, rel=0.01)
    described = root.find(f"{_SVG}desc")
    assert described is not None
    assert "square: 200 exchanges" in (described.text or "")


def test_few_exchanges_are_drawn_one_by_one(tmp_path: Path) -> None:
    root = _plotted(SEED, tmp_path)
    exchanges = run("exchanges", SEED, "--json").lines
    rows = [row for row in _rows(root) if row[0].startswith("#")]

    numbered = [e for e in exchanges if e["type"] == "exchange"]
    assert [row[0] for row in rows] == [
        f"#{e['number']} {e['route']}" for e in numbered
    ]
    assert [row[1] == "event" for row in rows] == [
        e["kind"] == "event" for e in numbered
    ]


def test_each_end_of_a_call_has_its_shape_and_no_text_becomes_markup(
    tmp_path: Path,
) -> None:
    wire = Wire()
    talk = wire.connect()
    talk.ask("<script>&", "a").answer("a", 1)
    talk.ask("never", "b")
    wire.linger()
    talk.ask("late", "c")
    root = _plotted(_capture(wire, tmp_path), tmp_path)
    rows = {row[0]: row[1:] for row in _rows(root)}

    assert list(rows)[:3] == ["#1 <script>&", "#2 never", "#3 late"]
    assert rows["#2 never"] == ["no reply ✗"]
    assert rows["#3 late"] == ["in flight"]
    plot = root.find(f"{_SVG}g")
    assert plot is not None
    shapes = [
        [each.get("class") for each in row.findall(f"{_SVG}rect")]
        for row in plot.findall(f"{_SVG}g")
    ]
    assert shapes[:3] == [["magenta", "cyan"], ["red"], ["dim"]]
    alone = list(rows)[3:]
    assert alone == ["<script>&"]


def test_of_many_patterns_the_most_frequent_are_shown_and_the_rest_counted(
    tmp_path: Path,
) -> None:
    wire = Wire()
    talk = wire.connect()
    for number in range(25):
        for _ in range(1 + (number >= 5)):
            talk.emit(f"{number}-" + "用" * 40)
    root = _plotted(_capture(wire, tmp_path), tmp_path)

    assert "Calls over time, the 20 most frequent of 25 patterns" in _words(root)
    rows = _rows(root)
    assert [row[0].partition("-")[0] for row in rows] == list(map(str, range(5, 25)))
    assert all(row[0].endswith("…") and row[1] == "2" for row in rows)


def test_where_nothing_is_shown_there_is_no_plot(tmp_path: Path) -> None:
    picture, wire = tmp_path / "none.svg", Wire()
    wire.connect()

    assert run("timeline", _capture(wire, tmp_path), "--svg", picture).code == 0
    assert not picture.exists()


def _capture(wire: Wire, folder: Path) -> Path:
    capture = folder / "wire.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    return capture
