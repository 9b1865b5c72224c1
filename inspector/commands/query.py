"""``protocol-inspect query``: SQL over exchanges that were written to Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inspector.views.query_view import (
    csv_rows,
    json_lines,
    print_answer,
    print_views,
    view_lines,
)

from .interruption import INTERRUPTED
from .parquet_options import check_extra
from .quantities import DURATION, SIZE
from .speech import say
from .standard_output import StandardOutput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.columnar.queries import Answer, Queries


@click.command()
@click.argument("path", required=False, metavar="[DIR|FILE]")
@click.argument("sql", required=False, metavar="[SQL]")
@click.option(
    "--views", is_flag=True, help="List the tables and views that SQL can ask."
)
@click.option(
    "--timeout",
    "timeout_ns",
    type=DURATION,
    metavar="TIME",
    help="Give up a query that takes this long: 60s.  [default: never]",
)
@click.option(
    "--memory",
    type=SIZE,
    metavar="SIZE",
    help="Give up a query that needs more: 2GB.  [default: half of the machine's]",
)
@click.option("--json", "as_json", is_flag=True, help="Write a JSON line for each row.")
@click.option("--csv", "as_csv", is_flag=True, help="Write comma-separated values.")
def query(  # noqa: PLR0913 — options of a command
    path: str | None,
    sql: str | None,
    *,
    views: bool,
    timeout_ns: int | None,
    memory: int | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Ask exchanges that --parquet has written, in SQL.

    SQL is one SELECT of DuckDB's SQL over the table exchanges and the ready views,
    or the name of a view. It can read the files and do nothing else. The extra query
    is needed (DuckDB).

    \b
    Example:
      protocol-inspect exchanges captures/seed-nest12.pcap --parquet calls
      protocol-inspect query calls "select route, latency_ms from exchanges"
      protocol-inspect query calls p99_by_pattern
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    output = StandardOutput("query", ())
    if views or path is None or sql is None:
        _list_views(output, asked=views, as_json=as_json)
    else:
        queries = _queries(path, timeout_ns, memory)
        try:
            _answer(output, queries.ask(sql), as_json=as_json, as_csv=as_csv)
        except KeyboardInterrupt:
            say("query: interrupted", "warning")
            raise SystemExit(INTERRUPTED) from None
        queries.close()


def _list_views(output: StandardOutput, *, asked: bool, as_json: bool) -> None:
    if not asked:
        raise click.UsageError(
            "name a folder or file of Parquet, and SQL: query DIR 'select …'; "
            "--views lists what it can ask"
        )
    if as_json:
        _write(output, view_lines())
    else:
        print_views(output.screen())


def _queries(path: str, timeout_ns: int | None, memory: int | None) -> Queries:
    check_extra("query", "duckdb")
    from inspector.columnar.queries import Queries  # noqa: PLC0415 — an extra

    return Queries(path, timeout_ns=timeout_ns, memory=memory)


def _answer(
    output: StandardOutput, answer: Answer, *, as_json: bool, as_csv: bool
) -> None:
    if as_json:
        _write(output, json_lines(answer))
    elif as_csv:
        _write(output, csv_rows(answer))
    else:
        print_answer(output.screen(), answer)


def _write(output: StandardOutput, lines: Iterable[bytes]) -> None:
    for line in lines:
        output.write(line)
