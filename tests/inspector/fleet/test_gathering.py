"""Rows are written of the view that the report counts, by the names of its hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.columnar.pieces import PieceWriter
from inspector.errors import UnwritableOutputError
from inspector.fleet.gathering import Gathered, Written, gather_rows
from inspector.fleet.report import FleetReport, SourceFigures, Speakers, View
from inspector.fleet.rows import RowsAsked, mark_of
from inspector.fleet.scopes import OTHERS, Scope
from inspector.fleet.stores import Folder
from inspector.streams.clocks import Clock
from tests.inspector.columnar.seen import seen
from tests.inspector.conversation import Wire
from tests.inspector.fleets import rows_in

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.calls.exchanges import Exchange

_SHARED, _OWN = Scope("10.0.0.1", "10.0.0.2"), Scope("10.0.0.2", "9.9.9.9")


def _exchanges() -> list[Exchange]:
    wire = Wire()
    talk = wire.connect(client="10.0.0.1:40000", server="10.0.0.2:80")
    for number in range(3):
        talk.ask("sum", str(number), 1).answer(str(number), 2)
    return seen(wire.records)


def _write(store: Folder, source: str, scopes: list[Scope]) -> Written:
    with store.placed(source) as path:
        writer = PieceWriter(path, source, payloads=False, hides=True)
        for exchange, scope in zip(_exchanges(), scopes, strict=True):
            writer.add(exchange, mark_of(scope))
        writer.close()
    return Written(tuple(source.split(", ")), store, [source])


def test_rows_are_those_of_the_view_that_counts(tmp_path: Path) -> None:
    store = Folder(str(tmp_path))
    shared = Speakers(*_SHARED, "tcp", 1)
    report = FleetReport(
        sources=[SourceFigures("a", ("10.0.0.1",)), SourceFigures("b")],
        views=[
            View(("a",), [shared, Speakers(*_OWN, "tcp", 1)]),
            View(("b",), [shared]),
            View(("a", "b"), [shared]),
        ],
    )
    written = [
        _write(store, "a", [_SHARED, _OWN, OTHERS]),
        _write(store, "b", [_SHARED, _SHARED, OTHERS]),
        _write(store, "a, b", [_SHARED, _SHARED, _SHARED]),
    ]
    clocks = {"b": Clock("b", "a", offset_ns=5)}
    asked = RowsAsked(str(tmp_path / "rows"), "12345678")
    found = gather_rows(asked, report, written, clocks)
    rows = rows_in(tmp_path / "rows")

    assert found == Gathered(6, 1)
    assert [(row["source"], row["number"]) for row in rows] == [
        *(("a", 2), ("a", 3), ("a, b", 1), ("a, b", 2), ("a, b", 3), ("b", 3)),
    ]
    assert {row["client_name"] for row in rows} == {"a"}
    assert {row["server_name"] for row in rows} == {None}
    times = {row["source"]: row["time"] for row in rows if row["number"] == 3}
    assert (times["a"], times["b"]) == (times["a, b"], times["a, b"] - 5)


def test_an_address_of_loopback_has_the_name_of_its_source(tmp_path: Path) -> None:
    store = Folder(str(tmp_path))
    wire = Wire()
    talk = wire.connect(client="127.0.0.1:40000", server="127.0.0.1:80")
    talk.ask("sum", "1", 1).answer("1", 2)
    with store.placed("a") as path:
        writer = PieceWriter(path, "a", payloads=False, hides=True)
        writer.add(seen(wire.records)[0], mark_of(Scope("a", "a")))
        writer.close()
    asked = RowsAsked(str(tmp_path / "rows"), "12345678")
    gather_rows(asked, FleetReport(), [Written(("a",), store, ["a"])], {})
    (row,) = rows_in(tmp_path / "rows")

    assert (row["client"], row["client_name"]) == ("127.0.0.1:40000", "a")


def test_a_folder_without_room_is_one_error(tmp_path: Path, full_disk: Path) -> None:
    (full_disk / "filler").write_bytes(bytes(250_000))
    store = Folder(str(tmp_path))
    written = _write(store, "a", [OTHERS, OTHERS, OTHERS])
    asked = RowsAsked(str(full_disk / "rows"), "12345678")

    with pytest.raises(UnwritableOutputError, match=r"--parquet: .*rows: cannot write"):
        gather_rows(asked, FleetReport(), [written] * 2_000, {})
