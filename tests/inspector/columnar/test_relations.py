from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.columnar.columns import COLUMNS, SOURCE
from inspector.columnar.queries import Queries
from inspector.columnar.relations import COMPUTED, VIEWS
from inspector.columnar.writing import ParquetFiles
from tests.inspector.captures import ROOT
from tests.inspector.columnar.seen import seen
from tests.inspector.conversation import SECOND, SERVER, START, Wire, failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HOUR = 3600 * SECOND


def _opened(folder: Path, wire: Wire) -> Queries:
    with ParquetFiles(folder, "x") as files:
        for each in seen(wire.records):
            files.add(each)
    return Queries(str(folder))


@pytest.fixture
def queries(tmp_path: Path) -> Iterator[Queries]:
    """Give a call every ten minutes for two hours, slower and failing in the second."""
    wire = Wire()
    talk = wire.connect()
    for index in range(12):
        late = index >= 6
        talk.ask("sum", str(index), [index])
        wire.wait((20 if late else 2) * SECOND // 1000)
        if index == 9:
            error = {"statusCode": 500, "message": "no database"}
            talk.send(SERVER, failure(str(index), error))
        else:
            talk.answer(str(index), index)
        wire.wait(_HOUR // 6)
    talk.answer("unknown", 1).ask("never", "x", 1)
    wire.linger()
    found = _opened(tmp_path, wire)
    yield found
    found.close()


def test_a_view_has_the_columns_that_it_says(queries: Queries) -> None:
    for view in VIEWS:
        fields = queries.ask(view.name).fields
        assert tuple(each.name for each in fields) == view.columns


def test_exchanges_have_all_columns_and_those_that_are_computed(
    queries: Queries,
) -> None:
    names = [each.name for each in queries.ask("exchanges").fields]

    stored = [SOURCE, *(each.name for each in COLUMNS if not each.payload)]
    assert names == [*stored, *COMPUTED]
    row = next(
        queries.ask(
            "select time_ns, latency_ms, duration_ms, minute, hour, failed, time "
            "from exchanges where number = 1"
        ).rows
    )
    assert row[0] == START + 400_000  # after the handshake
    assert row[1] == row[2] > 2
    assert row[3] == "2026-11-18T11:06:00Z"
    assert row[4] == "2026-11-18T11:00:00Z"
    assert row[5] is False
    assert row[6] == "2026-11-18T11:06:40.0004Z"


def test_the_hour_in_which_a_pattern_got_slower_is_found(queries: Queries) -> None:
    asked = queries.ask(
        "select hour, route from p99_by_hour where p50_ms > 2 * p50_before_ms"
    )

    assert list(asked.rows) == [("2026-11-18T12:00:00Z", "sum")]


def test_failures_are_found_by_their_minute(queries: Queries) -> None:
    thrown, unanswered = queries.ask("errors_by_minute").rows

    assert thrown[1:] == ("sum", "tcp", 1, 1, 100.0, "no database")
    assert unanswered[1:] == ("never", "tcp", 1, 1, 100.0, None)


def test_halves_of_calls_are_found(queries: Queries) -> None:
    (orphan,) = queries.ask("select outcome, number from orphans").rows
    assert orphan[1] == 13
    assert [row[0] for row in queries.ask("select route from unanswered").rows] == [
        "never"
    ]


def test_the_slowest_come_first_and_patterns_with_their_quantiles(
    queries: Queries,
) -> None:
    (longest, *_) = queries.ask("select latency_ms from slowest").rows
    (row, *_) = queries.ask("p99_by_pattern").rows
    (most,) = queries.ask("select max(latency_ns) from exchanges").rows

    assert row[0] == "sum"
    assert row[2:4] == (12, 1)
    assert longest[0] == row[-1] == pytest.approx(most[0] / 1e6)


def test_the_guide_describes_every_column_and_view() -> None:
    page = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")

    for view in VIEWS:
        assert f"| `{view.name}` | {view.meaning} |" in page
    for column in COLUMNS:
        assert f"| `{column.name}` | " in page
        assert column.meaning in page
    for name, (_, meaning) in COMPUTED.items():
        assert f"| `{name}` | {meaning} |" in page
