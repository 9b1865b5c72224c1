"""``query``: what people and programs get, and what is said if that is nothing."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import SHOWCASE
from tests.inspector.command import PROGRAM, run
from tests.inspector.without import without
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


_ENDLESS = "select count(*) from range(100000000000) a, range(1000000) b"
_LARGE = "select list(range) from range(100000000)"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("query") / "calls"
    outcome = run("exchanges", SHOWCASE, "--parquet", folder)
    assert (outcome.code, outcome.err) == (0, "")
    return folder


def test_a_view_is_a_table_json_and_csv(calls: Path) -> None:
    shown = run("query", calls, "errors_by_minute")
    lines = run("query", calls, "errors_by_minute", "--json").lines
    rows = run("query", calls, "errors_by_minute", "--csv").out.splitlines()

    assert shown.code == 0
    assert shown.out.splitlines()[0].split()[:3] == ["minute", "route", "carrier"]
    assert [each["route"] for each in lines] == ["fail", "refuse", "unknown"]
    assert lines[1]["error"] == "refused on purpose"
    assert rows[0].split(",")[:2] == ["minute", "route"]
    assert len(rows) == 1 + len(lines)


def test_views_are_listed_without_files() -> None:
    assert "p99_by_pattern" in run("query", "--views").out
    assert run("query", "--views", "--json").lines[0]["name"] == "slowest"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "name a folder or file of Parquet, and SQL"),
        (["calls"], 2, "--views lists what it can ask"),
        (["nowhere", "select 1"], 3, "nowhere: no such file or folder"),
        ([str(SHOWCASE), "select 1"], 3, "showcase-nest12.pcap"),
        (["calls", "select 1", "--csv", "--json"], 2, "exclude each other"),
        (["calls", "select nope from exchanges"], 2, 'column "nope" not found'),
        (["calls", "drop view exchanges"], 2, "DROP is refused"),
        (["calls", "select \x1b[2J"], 2, "query: "),
        (["calls", "slowest", "--timeout", "60"], 2, "'60' is not a duration"),
        (["calls", _ENDLESS, "--timeout", "50ms"], 2, "not done after 50.0 ms (--t"),
        (["calls", _LARGE, "--memory", "40MB"], 2, "needs more memory than it may"),
    ],
)
def test_what_is_wrong_is_one_line(
    calls: Path,
    words: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(calls.parent)
    outcome = run("query", *words)

    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err


def test_without_the_extra_the_line_says_what_installs_it(calls: Path) -> None:
    outcome = without("duckdb", "query", str(calls), "slowest")

    assert outcome.returncode == 2
    assert "query: duckdb is not installed; " in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_an_interrupt_ends_a_query_that_would_take_for_ever(calls: Path) -> None:
    sql = "select range from range(1000000000000)"
    process = subprocess.Popen(
        [PROGRAM, "query", str(calls), sql, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b'{"range":0}\n'
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert error == b"protocol-inspect: query: interrupted\n"
