"""JSON lines: each is an object, and every command has its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from inspector.explain.explanation import explain
from inspector.figures.timeline import Timeline
from inspector.filters.projection import compile_fields
from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.views.formats.json import Json
from inspector.views.live_lines import JsonLines
from inspector.views.output_format import COMMANDS, LadderOptions
from tests.inspector.conversation import Wire
from tests.inspector.views.formats.written import Read, Written, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.journal import CapturedPacket


def _wire() -> Wire:
    wire = Wire()
    wire.connect().ask("sum", "1", [1]).answer("1", 2).emit("log", {"password": "x"})
    return wire


def _lines(written: Written) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.text.splitlines()]


def _captured(wire: Wire) -> Iterator[CapturedPacket]:
    journal = Journal()
    return journal.read(Pipeline(taps=[journal]).inspect(wire.records))


def test_it_serves_every_command() -> None:
    assert Json.served() == COMMANDS


def test_a_report_is_exchanges_findings_and_a_summary() -> None:
    form, written = opened("json")
    form.report(Read(_wire().records))

    assert [line["type"] for line in _lines(written)] == [
        "exchange",
        "exchange",
        "finding",
        "summary",
    ]


def test_exchanges_have_all_keys_or_the_columns_that_are_named() -> None:
    form, written = opened("json")
    found = Read(_wire().records)
    form.exchanges(found.exchanges(), found, compile_fields("route, data, id"))

    assert _lines(written) == [
        {"route": "sum", "data": [1], "id": "1"},
        {"route": "log", "data": {"password": "x"}},
    ]


def test_a_timeline_is_a_line_for_each_pattern() -> None:
    form, written = opened("json")
    found, timeline = Read(_wire().records), Timeline()
    for exchange in found.exchanges():
        timeline.add(exchange)
    form.timeline(timeline, found)

    assert [(line["type"], line["route"]) for line in _lines(written)] == [
        ("timeline", "sum"),
        ("timeline", "log"),
    ]


def test_packets_and_a_ladder_are_the_same_lines() -> None:
    wire = _wire()
    packets, ladder = opened("json"), opened("json")
    packets[0].packets(_captured(wire), Read([]), whole=True)
    ladder[0].ladder(_captured(wire), Read([]), LadderOptions())

    assert len(_lines(packets[1])) == len(wire.records)
    assert _lines(packets[1]) == _lines(ladder[1])


def test_what_is_followed_is_a_line_for_each_frame() -> None:
    form, written = opened("json")
    form.follow(_captured(_wire()), full=False)

    assert [line["kind"] for line in _lines(written)] == ["request", "reply", "event"]


def test_explanations_are_numbered() -> None:
    form, written = opened("json")
    form.explain(list(explain(b'7#{"a":1}2#{}')))

    assert [line["number"] for line in _lines(written)] == [1, 2]


def test_what_is_watched_is_lines_as_they_come() -> None:
    form, _ = opened("json")

    assert isinstance(form.live("lo", 1), JsonLines)


def test_no_line_has_what_a_terminal_would_obey() -> None:
    text = "\x7f \x9b31m £ é \x1b[31m"
    wire = Wire()
    wire.connect().ask(text, "1", text).answer("1", {text: text})
    report, exchanges, follow = (opened("json") for _ in range(3))
    report[0].report(Read(wire.records))
    exchanges[0].exchanges(Read(wire.records).exchanges(), Read([]), None)
    follow[0].follow(_captured(wire), full=True)
    written = [each.text for _, each in (report, exchanges, follow)]

    for each in written:
        assert "\\u009b31m £ é " in each
        assert not any(0x7F <= ord(character) < 0xA0 for character in each)
    (line,) = (json.loads(each) for each in written[1].splitlines())
    assert (line["route"], line["data"]) == (text, text)
