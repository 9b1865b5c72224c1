"""``protocol-inspect fleet``: what all hosts of a system captured, as one report."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from inspector.errors import UnreadableCaptureError
from inspector.fleet.checkpoints import asked_text
from inspector.fleet.crews import Crew, cluster, processes
from inspector.fleet.running import check_states, run
from inspector.fleet.sources import find_sources
from inspector.fleet.tasks import Work
from inspector.pipeline import Options

from .choice_options import all_of, where_option
from .completing import complete_file, complete_folder
from .fleet_output import (
    check_files,
    finish_output,
    keep_inputs,
    output_options,
    write_report,
)
from .fleet_places import places_of
from .fleet_progress import Progress
from .fleet_rows import say_rows, take_rows
from .interruption import INTERRUPTED
from .parquet_options import parquet_option, payloads_option
from .quantities import NUMBER
from .run_options import (
    carrier_option,
    keylog_option,
    nest_option,
    port_option,
    same_broker_option,
)
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from inspector.fleet.rows import RowsAsked
    from inspector.fleet.running import Outcome
    from inspector.fleet.sources import Source


@click.command()
@click.argument(
    "sources",
    nargs=-1,
    required=True,
    metavar="SOURCES...",
    shell_complete=complete_file,
)
@click.option(
    "--workers",
    type=NUMBER,
    metavar="COUNT",
    help="Processes of this machine that share the sources.  [default: processors]",
)
@click.option(
    "--cluster",
    "address",
    metavar="ADDRESS",
    help="Let the workers of this Dask scheduler do it: tcp://10.0.0.1:8786.",
)
@click.option(
    "--checkpoint",
    metavar="FOLDER|URL",
    shell_complete=complete_folder,
    help="Keep the state after each file here, and go on where a run was.",
)
@click.option(
    "--chains",
    is_flag=True,
    help="Join chains of calls over all hosts, by reading all packets once more.",
)
@port_option
@carrier_option
@same_broker_option
@nest_option
@keylog_option
@where_option
@parquet_option
@payloads_option
@output_options
def fleet(
    sources: tuple[str, ...],
    workers: int | None,
    address: str | None,
    checkpoint: str | None,
    **given: Any,  # noqa: ANN401 — of click
) -> None:
    """Inspect what several hosts captured, each conversation once, as one report.

    SOURCES is a file that names them (TOML), a folder with a folder for each host, or
    a pattern of captures. The files of a source are read in order, and connections go
    on from one to the next.

    \b
    Example:
      protocol-inspect fleet captures/fleet
    """
    if address is not None and (workers is not None or checkpoint is None):
        problem = "excludes --workers" if workers is not None else "needs --checkpoint"
        raise click.UsageError(f"--cluster {problem}")
    found = find_sources(sources)
    if address is not None:
        found = [each.absolute() for each in found]
    keep_inputs(given, [*sources, *(file for each in found for file in each.files)])
    check_files(given)
    rows = take_rows(given, found)
    outcome = _run(found, checkpoint, address or _count(workers), rows, given)
    write_report(outcome.report, given)
    finish_output()
    if rows is not None and outcome.rows is not None:
        say_rows(rows, outcome.rows)
    for flaw in () if given["keylog"] is None else given["keylog"].flaws:
        say(flaw, "warning")
    if outcome.interrupted:
        raise SystemExit(INTERRUPTED)
    if outcome.damaged:
        raise SystemExit(UnreadableCaptureError.exit_code)


def _count(workers: int | None) -> int:
    return workers or os.cpu_count() or 1


def _run(
    sources: Sequence[Source],
    checkpoint: str | None,
    crew_is: str | int,
    rows: RowsAsked | None,
    given: dict[str, Any],
) -> Outcome:
    """Run, with the workers of a cluster at an address, or so many of our own."""
    options = _options(given)
    asked = _asked(options)
    if given["where"]:
        asked["where"] = [each.text for each in given["where"]]
    known = asked_text(asked | _of_states(options, rows))
    workers = crew_is if isinstance(crew_is, int) else 0
    with ExitStack() as stack:
        places = places_of(checkpoint, workers, stack)
        work = Work(
            options,
            known,
            places.folder,
            keep=checkpoint is not None,
            states=places.states,
            rows=rows,
        )
        if work.keep:
            check_states(work, sources)
        progress = stack.enter_context(Progress(sys.stderr, places.folder, sources))
        crew = Crew(_maker(crew_is), progress.look, work.stop)
        stack.callback(crew.close)
        if given["chains"]:  # of states it changes nothing
            asked["chains"] = True
        return run(work, sources, crew, asked=asked, chains=given["chains"])


def _maker(crew_is: str | int) -> Callable[[], Executor]:
    if isinstance(crew_is, int):
        return partial(processes, crew_is)
    return partial(cluster, crew_is)


def _options(given: dict[str, Any]) -> Options:
    """Return what is asked of each inspection."""
    conceal = None
    if given["payloads"] and not given["no_redact"]:  # as they are read; see --payloads
        from inspector.redaction.texts import AUTO, Redaction  # noqa: PLC0415

        conceal = Redaction((AUTO,))
    return Options(
        ports=given["ports"],
        carriers=given["carriers"],
        same_brokers=given["same_brokers"],
        nest=given["nest"],
        keylog=given["keylog"],
        where=all_of(given["where"]),
        conceal=conceal,
    )


def _asked(options: Options) -> dict[str, Any]:
    """Return the options that change figures, as plain values in order."""
    brokers = {str(one): str(other) for one, other in options.same_brokers.items()}
    return {
        "carriers": {
            str(port): name for port, name in sorted(options.carriers.items())
        },
        "nest": options.nest.major,
        "ports": sorted(options.ports),
        "same_brokers": dict(sorted(brokers.items())),
    }


def _of_states(options: Options, rows: RowsAsked | None) -> dict[str, Any]:
    """Return what a state must have been given besides, and reports may differ in."""
    found: dict[str, Any] = {}
    if options.keylog is not None:
        found["keylog"] = options.keylog.digest()
    if rows is not None:
        found["rows"] = [rows.payloads, rows.hides]
    return found
