"""``protocol-inspect exchanges``: one line for each exchange."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import click

from inspector.views.shell_words import program, shell_names
from inspector.views.text import Text
from inspector.views.theme import show as show_line

from .format_options import csv_raw_option, fields_option, format_is_named
from .options import capture_options
from .order_options import (
    arrangement_of,
    arrangement_options,
    say_left_out,
    times_option,
)
from .otlp import collector_of, otlp_option, sample_option, sent
from .page_options import bare_option
from .parquet_options import parquet_option, payloads_option
from .run import Run
from .run_options import slow_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.filters.arranging import Order
    from inspector.filters.projection import Column

    from .parquet_options import ParquetOptions
    from .run_options import RunOptions


@click.command()
@arrangement_options
@fields_option
@csv_raw_option
@times_option
@otlp_option
@sample_option
@slow_option
@parquet_option
@payloads_option
@bare_option
@capture_options
def exchanges(  # noqa: PLR0913 — its options
    options: RunOptions,
    *,
    columns: list[Column] | None,
    order: Order | None,
    limit: int | None,
    last: int | None,
    otlp: str | None,
    share: float | None,
    parquet: ParquetOptions | None,
) -> None:
    """List the exchanges of a capture, one line each.

    With --parquet they are written to files instead, and listed as well if it is said
    how: by --format, --json, --fields or a picture.

    \b
    Example:
      protocol-inspect exchanges captures/seed-nest12.pcap --sort latency
    """
    # decision 38
    collector = collector_of(otlp, share)
    run = Run(options, exchanges_only=True)
    arrangement = arrangement_of(order, limit, last)
    lists = parquet is None or format_is_named()
    parents = parquet is not None or _ask_for_parents(options.format.name, columns)
    with ExitStack() as stack:
        hear = None
        if collector is not None:
            sending = sent(collector, " ".join(options.captures), options.slow_ns)
            hear = stack.enter_context(sending)
        found = run.exchanges(
            arrangement, parents=parents or bool(hear), hear=hear, quiet=not lists
        )
        if parquet is None:
            options.format.exchanges(found, run, columns)
        else:
            show = partial(options.format.exchanges, found=run, columns=columns)
            _write(found, parquet, options, show if lists else None)
        if hear is not None:
            hear.finish(run.report())
        say_left_out(arrangement, "exchange")
        run.finish()


def _write(
    found: Iterator[Exchange],
    parquet: ParquetOptions,
    options: RunOptions,
    show: Callable[[Iterator[Exchange]], None] | None,
) -> None:
    """Write exchanges to files, and list them besides if it is said how."""
    from .parquet_files import count_of, open_files, written  # noqa: PLC0415 — an extra

    files = open_files(parquet, options.captures)
    noted = written(found, files, parquet.folder)
    if show is not None:
        show(noted)
        return
    deque(noted, maxlen=0)
    folder = shell_names([parquet.folder])
    screen = options.format.output.screen()
    show_line(screen, Text(f"{count_of(files)}; to ask them:", "answer"))
    command = f"{program()} query {folder} p99_by_pattern"
    show_line(screen, Text(command, "command"), whole=True)


def _ask_for_parents(name: str, columns: list[Column] | None) -> bool:
    """Whether what is written says for whose sake exchanges were made."""
    if columns is None:
        return name == "json"
    return any("parent" in column.name for column in columns)
