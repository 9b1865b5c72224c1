"""``fleet --parquet``: as many rows as the report has exchanges, to be asked by SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.generate_fleet import generate
from inspector.columnar.queries import Queries
from inspector.columnar.relations import VIEWS
from tests.inspector.captures import ROOT, SHOWCASE, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire
from tests.inspector.fleets import SMALL, rows_in

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_are_as_many_as_exchanges_and_answer_all_views(tmp_path: Path) -> None:
    fleet, folder = tmp_path / "fleet", tmp_path / "rows"
    truth = generate(fleet, SMALL)
    words: list[str | Path] = [fleet, "--workers", "1", "--json", "--parquet", folder]
    outcome = run("fleet", *words)
    total = outcome.lines[-1]
    rows = rows_in(folder)

    assert total["messages"] + total["events"] == len(rows) == sum(truth.calls.values())
    assert outcome.code == 0
    assert (
        outcome.err == f"protocol-inspect: {folder}: {len(rows)} exchanges in 1 file\n"
    )
    assert run("fleet", *words) == outcome  # it replaces what it has written
    assert rows_in(folder) == rows
    queries = Queries(str(folder))
    for view in VIEWS:
        assert list(queries.ask(view.name).rows) is not None
    (slowest,) = queries.ask("select count(*) from slowest").rows
    assert slowest == (len(rows),)
    queries.close()
    other = run("fleet", fleet / "host-1", *words[1:])
    assert (other.code, other.out) == (2, "")
    assert other.err.endswith("name another folder\n")
    assert other.err.count("\n") == 1


def test_damaged_rows_are_one_line(tmp_path: Path) -> None:
    fleet = ROOT / "captures" / "fleet"
    words: list[str | Path] = ["fleet", fleet, "--workers", "1"]
    words += ["--checkpoint", tmp_path / "kept", "--parquet", tmp_path / "rows"]
    assert run(*words).code == 0
    piece = next((tmp_path / "kept").glob("*.000000.rows"))
    for data in (b"junk", None):
        piece.unlink()
        if data is not None:
            piece.write_bytes(data)
        damaged = run(*words)
        assert (damaged.code, damaged.err.count("\n")) == (2, 1), damaged.err
        assert "the rows that were kept are damaged" in damaged.err


def test_payloads_are_written_with_secrets_hidden_unless_asked(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().ask("in", "1", {"password": "hunter2"}).answer("1", 1)
    captures = {"api": SHOWCASE.read_bytes(), "web": pcap_bytes(wire.records)}
    for name, capture in captures.items():
        (tmp_path / "fleet" / name).mkdir(parents=True)
        (tmp_path / "fleet" / name / "eth0.pcap").write_bytes(capture)
    words: list[str | Path] = [tmp_path / "fleet", "--workers", "1", "--payloads"]
    state: list[str | Path] = ["--checkpoint", tmp_path / "state"]
    first = run("fleet", *words, "--parquet", tmp_path / "rows", *state)
    again = run("fleet", *words, "--parquet", tmp_path / "other", *state)
    bare = run("fleet", *words, "--parquet", tmp_path / "bare", "--no-redact")
    exchanges = run("exchanges", SHOWCASE, "--parquet", tmp_path / "own", "--payloads")
    hidden, shown = rows_in(tmp_path / "rows"), rows_in(tmp_path / "bare")

    assert [each.code for each in (first, again, bare, exchanges)] == [0, 0, 0, 0]
    assert hidden == rows_in(tmp_path / "other")  # of a state that was kept
    own, of_api = rows_in(tmp_path / "own"), [r for r in hidden if r["source"] == "api"]
    for row in (*of_api, *own):
        for name in ("source", "client_name", "server_name"):
            del row[name]
    assert of_api == own
    assert (hidden[-1]["data"], shown[-1]["data"]) == (
        '{"password":"xxxxxxx"}',
        '{"password":"hunter2"}',
    )
    without = run("fleet", *words[:-1], "--parquet", tmp_path / "more", *state)
    assert "is of other options, or of another version" in without.err
