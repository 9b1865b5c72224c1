"""The views for people: one for every command, and nothing where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.explain.explanation import explain
from inspector.figures.timeline import Timeline
from inspector.filters.projection import compile_fields
from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.views.formats.table import Table
from inspector.views.live_lines import TextLines
from inspector.views.live_view import LiveTable
from inspector.views.output_format import COMMANDS, LadderOptions
from tests.inspector.captures import SEED
from tests.inspector.command import spawn
from tests.inspector.conversation import Wire
from tests.inspector.views.formats.written import Read, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.journal import CapturedPacket


def _wire() -> Wire:
    wire = Wire()
    wire.connect().ask("sum", "1", [1]).answer("1", 2).close()
    return wire


def _captured(wire: Wire) -> Iterator[CapturedPacket]:
    journal = Journal()
    return journal.read(Pipeline(taps=[journal]).inspect(wire.records))


def _timeline(found: Read) -> Timeline:
    timeline = Timeline()
    for exchange in found.exchanges():
        timeline.add(exchange)
    return timeline


def test_it_serves_every_command_and_can_be_drawn() -> None:
    assert Table.served() == COMMANDS
    assert Table.drawn


def test_a_report_is_printed_when_all_is_read() -> None:
    form, written = opened("table")
    form.report(Read(_wire().records))

    assert written.text.startswith("calls.pcap   8 packets in ")


def test_exchanges_are_lines_or_the_columns_that_are_named() -> None:
    for columns, first in (
        (None, " #    time s  pattern"),
        (compile_fields("route, id"), "route  id"),
    ):
        form, written = opened("table")
        found = Read(_wire().records)
        form.exchanges(found.exchanges(), found, columns)

        assert written.text.startswith(first)


def test_a_timeline_is_drawn() -> None:
    form, written = opened("table")
    found = Read(_wire().records)
    form.timeline(_timeline(found), found)

    assert written.text.startswith("Exchanges over time")


@pytest.mark.parametrize("whole", [True, False])
def test_packets_have_a_sum_if_they_are_all(*, whole: bool) -> None:
    form, written = opened("table")
    wire = _wire()
    read = Read(wire.records)
    list(read.items())
    form.packets(_captured(wire), read, whole=whole)

    assert written.text.startswith("connection   client ")
    assert ("8 packets = 2 data" in written.text) is whole


def test_a_ladder_is_drawn_as_it_is_asked_for() -> None:
    for acks in (True, False):
        form, written = opened("table")
        options = LadderOptions(acks=acks)
        form.ladder(_captured(_wire()), Read([]), options)

        assert "server :8888" in written.text.splitlines()[0]
        assert ("ACK" in written.text) is acks


def test_frames_are_followed_and_explained() -> None:
    follow, explained = opened("table"), opened("table")
    follow[0].follow(_captured(_wire()), full=False)
    explained[0].explain(list(explain(b'7#{"a":1}')))

    assert follow[1].text.startswith("connection 1   client ")
    assert explained[1].text.startswith('7#{"a":1}')


def test_of_nothing_nothing_is_printed() -> None:
    form, written = opened("table")
    nothing = Read([])
    form.report(nothing)
    form.exchanges(iter([]), nothing, None)
    form.timeline(Timeline(), nothing)
    form.packets(iter([]), nothing, whole=True)
    form.ladder(iter([]), nothing, LadderOptions())
    form.follow(iter([]), full=False)

    assert written.text == ""


def test_on_a_screen_what_is_watched_is_a_table_and_elsewhere_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    (on_screen, _), (piped, _) = opened("table", terminal=True), opened("table")
    table, lines = on_screen.live("lo", 1), piped.live("lo", 1)
    table.close()

    assert isinstance(table, LiveTable)
    assert isinstance(lines, TextLines)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(on_screen.live("lo", 1), TextLines)


def test_a_command_loads_its_own_view_alone() -> None:
    said = spawn("exchanges", SEED, environment={"PYTHONPROFILEIMPORTTIME": "1"}).stderr

    assert b"exchanges_view" in said
    for other in (b"report_view", b"ladder_view", b"explain_view", b"formats.csv"):
        if other != b"report_view":  # which has words for what is not traffic of Nest
            assert other not in said
