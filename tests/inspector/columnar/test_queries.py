"""SQL reads the files, and can do nothing else, whatever is asked."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from inspector.columnar.folders import files_in
from inspector.columnar.queries import Field, Queries, QueryError
from inspector.columnar.writing import ParquetFiles
from inspector.errors import UnreadableCaptureError
from tests.inspector.captures import SHOWCASE
from tests.inspector.columnar.seen import seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME = "it's [a] folder? *"  # characters of SQL and of globs
_ATTACKS = [
    "COPY exchanges TO '{file}' (FORMAT parquet, USE_TMP_FILE false)",
    "EXPLAIN ANALYZE COPY exchanges TO '{file}' (FORMAT parquet, USE_TMP_FILE false)",
    "SELECT 1; COPY exchanges TO '{file}' (FORMAT parquet, USE_TMP_FILE false)",
    "SELECT 1) AS x; COPY exchanges TO '{file}'; SELECT * FROM (SELECT 1",
    "SELECT 1)) t(c0); DROP VIEW exchanges; --",
    "COPY (SELECT 1) TO '{folder}/new.csv'",
    "EXPORT DATABASE '{folder}/new'",
    "ATTACH '{folder}/new.db'",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM '{secret}'",
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_parquet('{other}')",
    "SELECT * FROM parquet_metadata('{other}')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
    "SELECT * FROM sniff_csv('{secret}')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '{folder}/log')",
    "SELECT * FROM queries",  # a name of Python
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET allowed_paths",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CREATE TABLE t AS SELECT 1",
    "DROP VIEW exchanges",
    "CREATE OR REPLACE VIEW slowest AS SELECT 1",
    "PREPARE p AS SELECT 1",
    "CHECKPOINT",
    "",
    ";",
    "-- nothing",
]


_NEEDS_MORE = r"needs more memory than it may \S+ \(--memory"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the showcase in a folder whose name is hard to spell."""
    folder = tmp_path_factory.mktemp("queries") / _NAME
    with ParquetFiles(folder, "showcase", payloads=True) as files:
        for each in seen(str(SHOWCASE)):
            files.add(each)
    return folder


@pytest.fixture
def queries(folder: Path) -> Iterator[Queries]:
    found = Queries(str(folder))
    yield found
    found.close()


def _digest(folder: Path) -> list[tuple[str, str]]:
    files = sorted(each for each in folder.parent.rglob("*") if each.is_file())
    return [(str(f), hashlib.sha256(f.read_bytes()).hexdigest()) for f in files]


def test_nothing_but_a_select_over_the_files_is_answered(
    folder: Path, queries: Queries
) -> None:
    (file,) = files_in(folder)
    secret, other = folder.parent / "secret.txt", folder.parent / "other.parquet"
    secret.write_text("a secret", encoding="utf-8")
    other.write_bytes(file.read_bytes())
    before = _digest(folder)
    words = {"file": file, "folder": folder.parent, "secret": secret, "other": other}
    quoted = {name: str(path).replace("'", "''") for name, path in words.items()}

    for attack in _ATTACKS:
        with pytest.raises(QueryError) as raised:
            list(queries.ask(attack.format(**quoted)).rows)
        assert "\n" not in str(raised.value), attack

    assert _digest(folder) == before
    assert next(queries.ask("select count(*) from exchanges").rows) == (211,)


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from exchanges",
        "SELECT count(*) FROM exchanges;",
        "select count(*) from exchanges -- all of them",
        "select count(*) from exchanges; -- all of them; every one",
        "select count(*) from exchanges where ';' <> '\u00e9' ;; /* \u00e9; */ -- x",
        "with calls as (from exchanges) select count(*) from calls",
        "(select count(*) from exchanges)",
        "from exchanges select count(*)",
    ],
)
def test_a_select_is_spelled_in_many_ways(queries: Queries, sql: str) -> None:
    assert list(queries.ask(sql).rows) == [(211,)]


def test_values_are_numbers_texts_and_truth_values(queries: Queries) -> None:
    answer = queries.ask(
        "select 1 as n, 1.5 as d, true as b, 'x' as t, [1, 2] as l, {'a': null} as s, "
        "to_timestamp(0) as z, interval 3 day as i, 'nan'::double as f, null as none, "
        "2::hugeint ** 100 as h, 1 as n, '\\xff'::blob as bytes"
    )
    kinds = [each.kind for each in answer.fields]
    (row,) = answer.rows

    assert answer.fields[0] == Field("n", "number")
    assert kinds[1:7] == ["decimal", "bool", "text", "json", "json", "time"]
    assert row[:5] == (1, "1.5", True, "x", "[1,2]")
    assert row[5:8] == ('{"a":null}', "1970-01-01T00:00:00Z", "3 days")
    assert row[9] is None
    assert row[11] == 1
    assert row[12] == "\\xFF"


def test_payloads_can_be_asked_for_as_json(queries: Queries) -> None:
    asked = queries.ask(
        "select data->>'$[1]', replies->'$[0]'->>'response' from exchanges "
        """where pattern = '{"cmd":"sum"}'"""
    )

    assert list(asked.rows) == [("2", "6")]


def test_no_nanosecond_is_lost(queries: Queries) -> None:
    for spelled, time_ns in queries.ask("select time, time_ns from exchanges").rows:
        fraction = spelled.removesuffix("Z").partition(".")[2].ljust(9, "0")
        assert int(fraction) == time_ns % 1_000_000_000


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select nope from exchanges", 'Referenced column "nope" not found'),
        ("select 1 +", "syntax error"),
        ("select error('line\nline')", "line line"),
        ("nowhere", "Table with name nowhere does not exist"),
        ("pivot exchanges on outcome using count(*)", "is refused"),
        ("select 1; select 2", "one SELECT is expected, not 2 statements"),
    ],
)
def test_what_is_wrong_is_said_on_one_line(
    queries: Queries, sql: str, said: str
) -> None:
    with pytest.raises(QueryError, match=said) as raised:
        list(queries.ask(sql).rows)

    assert "\n" not in str(raised.value)
    assert "LINE 1" not in str(raised.value)


def test_a_name_that_no_pattern_stands_for_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "links"))
    (tmp_path / "links").mkdir()
    strange = tmp_path / "a\\b*c"  # a backslash parts folders in a pattern
    shutil.copytree(folder, strange)
    queries = Queries(str(strange))
    ((count,),) = queries.ask("select count(*) from exchanges").rows
    queries.close()

    assert count == len(seen(str(SHOWCASE)))
    assert list((tmp_path / "links").iterdir()) == []


def test_what_cannot_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    (file,) = files_in(folder)
    assert next(Queries(str(file)).ask("select max(number) from exchanges").rows)
    (tmp_path / "calls").mkdir()
    damaged, other = tmp_path / "calls" / "a.parquet", tmp_path / "other.parquet"
    damaged.write_bytes(file.read_bytes()[:-9])
    _write_other(other)

    for path, said in (
        (tmp_path / "nowhere", "no such file or folder"),
        (tmp_path / "calls", "a.parquet"),
        (SHOWCASE, "showcase.*not a file of Parquet, as protocol-inspect exchanges"),
        (other, "not written by --parquet: it has no column"),
        (_empty(tmp_path), "no file in it ends in .parquet"),
    ):
        with pytest.raises(UnreadableCaptureError, match=said):
            Queries(str(path))


def _empty(folder: Path) -> Path:
    empty = folder / "empty"
    (empty / "deeper").mkdir(parents=True)
    (empty / ".exchanges.parquet.tmp").touch()
    (empty / "deeper" / ".hidden.parquet").touch()
    return empty


def _write_other(path: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415 — for this file alone
    import pyarrow.parquet as pq  # noqa: PLC0415

    pq.write_table(pa.table({"a": [1]}), path)


def test_files_with_payloads_and_without_lie_together(
    folder: Path, tmp_path: Path
) -> None:
    (file,) = files_in(folder)
    (tmp_path / "whole.parquet").write_bytes(file.read_bytes())
    with ParquetFiles(tmp_path, "plain") as files:
        for each in seen(str(SHOWCASE)):
            files.add(each)
    asked = Queries(str(tmp_path)).ask(
        "select source, count(*), count(id) from exchanges group by all order by all"
    )

    assert [row[:2] for row in asked.rows] == [("plain", 211), ("showcase", 211)]


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[1]b", "a[!x]b", "a**b", "a{1,2}b"])
def test_a_file_is_no_pattern_whatever_it_is_called(
    folder: Path, tmp_path: Path, name: str
) -> None:
    (file,) = files_in(folder)
    for each in (f"{name}.parquet", "a1b.parquet", f"{name}/{name}.parquet", "a1b/a1b"):
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).write_bytes(file.read_bytes())
    for path in (tmp_path / f"{name}.parquet", tmp_path / name):
        queries = Queries(str(path))
        assert list(queries.ask("select count(*) from exchanges").rows) == [(211,)]
        with pytest.raises(QueryError, match="disabled by configuration"):
            queries.ask(f"from '{tmp_path}/a1b.parquet'")
        queries.close()


def test_a_query_has_bounds_of_time_and_memory(folder: Path) -> None:
    slow = "select count(*) from range(100000000000) a, range(1000000) b"
    with (
        closing(Queries(str(folder), timeout_ns=10**8)) as short,
        pytest.raises(QueryError, match=r"query: not done after 100 ms \(--timeout\)$"),
    ):
        short.ask(slow)
    endless = "select unnest(range(100000)), a.range from range(100000000000) a"
    with (
        closing(Queries(str(folder), timeout_ns=3 * 10**8)) as queries,
        pytest.raises(QueryError, match="not done after"),
    ):
        for _ in queries.ask(endless).rows:
            pass
    with closing(Queries(str(folder), memory=40_000_000)) as small:
        with pytest.raises(QueryError, match=_NEEDS_MORE):
            small.ask("select list(range) from range(100000000)")
        assert list(small.ask("select count(*) from exchanges").rows) == [(211,)]
    with pytest.raises(QueryError, match=_NEEDS_MORE):
        Queries(str(folder), memory=1_000)
    with closing(Queries(str(folder), timeout_ns=10**25, memory=10**25)) as large:
        assert list(large.ask("select 1").rows) == [(1,)]
