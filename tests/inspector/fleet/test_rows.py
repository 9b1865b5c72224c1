"""What a task writes of exchanges is what its report counts, scope by scope."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from inspector.filters.selection import compile_selection
from inspector.fleet.counting import view_of
from inspector.fleet.resuming import ResumablePipeline
from inspector.fleet.rows import (
    END,
    RowsAsked,
    SourceRows,
    mark_of,
    piece_name,
    scope_of_mark,
)
from inspector.fleet.scopes import OTHERS, Scope
from inspector.fleet.stores import Folder
from inspector.pipeline import Options
from inspector.sources.files import read_capture
from tests.inspector.captures import ROOT, SHOWCASE
from tests.inspector.columnar.seen import seen
from tests.inspector.conversation import Wire
from tests.inspector.fleets import ran, rows_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from inspector.fleet.report import View
    from inspector.sources.records import PacketRecord

_ASKED = RowsAsked("unused", "12345678")
_CHAINS = ROOT / "captures" / "chains" / "chain-nest12.pcap"
_BROKERED = ROOT / "captures" / "nats" / "nats-queue-nest12.pcap"


def _seen(
    folder: Path,
    records: Iterable[PacketRecord],
    sources: tuple[str, ...] = ("a",),
    scopes: Collection[Scope] | None = None,
) -> tuple[View, pa.Table]:
    """Inspect records, and write their exchanges to two pieces."""
    pipeline = ResumablePipeline(Options(), exchanges=True)
    rows = SourceRows(_ASKED, sources, pipeline.traffic, scopes)
    store = Folder(str(folder))
    with rows.hearing(store, "1", last=False) as hear:
        pipeline.read(records, hear)
    with rows.hearing(store, "2", last=True) as hear:
        report = pipeline.finish(hear)
    assert rows.names == ["1", "2"]
    tables = [pa.ipc.open_stream(store.read(each)).read_all() for each in rows.names]
    return view_of(pipeline, report, sources, scopes), pa.concat_tables(tables)


@pytest.mark.parametrize("capture", [SHOWCASE, _BROKERED])
def test_rows_of_each_scope_are_those_of_the_view(
    tmp_path: Path, capture: Path
) -> None:
    view, table = _seen(tmp_path, read_capture(str(capture)))
    kept = [each for each in table.to_pylist() if each["kind"] != "orphan"]
    written = Counter(
        (scope_of_mark(each["mark"]), each["carrier"], each["route"]) for each in kept
    )
    brokered = capture == _BROKERED
    counted: Counter[tuple[Scope, str, str]] = Counter()
    for row in view.rows:
        host = row.server if brokered else row.server.rpartition(":")[0]
        ends = (host,) if brokered else tuple(sorted((row.client, host)))
        counted[Scope(*ends), row.carrier, row.route] += row.count

    assert written == counted
    # On loopback the name of the source says which host is meant.
    assert all("127.0.0.1" not in each["mark"] for each in kept)


def test_parents_are_those_that_exchanges_are_written_with(tmp_path: Path) -> None:
    _, table = _seen(tmp_path, read_capture(str(_CHAINS)))
    rows = {each["number"]: each["parent"] for each in table.to_pylist()}
    expected = {e.number: e.link and e.link.parent for e in seen(str(_CHAINS))}

    assert rows == expected
    assert any(rows.values())


def test_a_filter_leaves_nobody_to_be_a_parent(tmp_path: Path) -> None:
    named = []
    for text in (None, "packets > 0"):
        options = Options(where=compile_selection(text) if text else None)
        folder = tmp_path / f"{text is None}"
        ran(tmp_path / f"work {text}", [_CHAINS], options=options, rows=folder)
        rows = rows_in(folder)
        named.append((len(rows), sum(each["parent"] is not None for each in rows)))

    (every, known), (chosen, unknown) = named
    assert every == chosen
    assert (known > 0, unknown) == (True, 0)


def test_a_group_keeps_its_scopes_alone(tmp_path: Path) -> None:
    wire = Wire()
    for server in ("10.0.0.2:80", "10.0.0.3:80"):
        talk = wire.connect(client="10.0.0.1:40000", server=server)
        talk.ask(server, "1", 1).answer("1", 4)
    scope = Scope("10.0.0.1", "10.0.0.2")
    view, some = _seen(tmp_path, wire.records, ("a", "b"), {scope})

    assert some["route"].to_pylist() == ["10.0.0.2:80"]
    assert some["source"].to_pylist() == ["a, b"]
    assert [row.count for row in view.rows] == [1]
    assert scope_of_mark(mark_of(scope)) == scope
    assert scope_of_mark(mark_of(Scope("10.0.0.9:4222"))) == Scope("10.0.0.9:4222")


def test_pairs_beyond_many_count_as_others_in_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire()
    for number in range(6):
        talk = wire.connect(client=f"10.0.1.{number}:40000", server="10.0.0.2:80")
        talk.ask("order", "1", 1).answer("1", 2)
    pipeline = ResumablePipeline(Options(), exchanges=True)
    monkeypatch.setattr(pipeline.traffic, "_max_pairs", 4)
    rows = SourceRows(_ASKED, ("a",), pipeline.traffic)
    store = Folder(str(tmp_path))
    with rows.hearing(store, "1", last=True) as hear:
        pipeline.read(wire.records, hear)
        pipeline.finish(hear)
    table = pa.ipc.open_stream(store.read("1")).read_all()

    marks = Counter(scope_of_mark(each) for each in table["mark"].to_pylist())
    assert marks[OTHERS] == 2
    assert len(marks) == 5


def test_pieces_are_named_by_their_captures() -> None:
    assert piece_name("a", 7).endswith(".000007.rows")
    assert piece_name("a", END).endswith(".end.rows")
    assert piece_name("a", END) != piece_name("b", END)
