"""``protocol-inspect fleet``: what all hosts of a system captured, as one report."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from inspector.errors import (
    InspectorError,
    UnreadableCaptureError,
    UnwritableOutputError,
)
from inspector.fleet.checkpoints import asked_text
from inspector.fleet.crews import Crew, cluster, processes
from inspector.fleet.running import check_states, run
from inspector.fleet.sources import find_sources
from inspector.fleet.storage import is_remote
from inspector.fleet.tasks import STOP, Work
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
from .fleet_progress import Progress
from .interruption import INTERRUPTED
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
    metavar="FOLDER",
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
    make = partial(cluster, address) if address else partial(processes, _count(workers))
    keep_inputs(given, [file for source in found for file in source.files])
    check_files(given)
    outcome = _run(found, checkpoint, make, given)
    write_report(outcome.report, given)
    finish_output()
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
    make: Callable[[], Executor],
    given: dict[str, Any],
) -> Outcome:
    options = Options(
        ports=given["ports"],
        carriers=given["carriers"],
        same_brokers=given["same_brokers"],
        nest=given["nest"],
        keylog=given["keylog"],
        where=all_of(given["where"]),
    )
    asked = _asked(options)
    if given["where"]:
        asked["where"] = [each.text for each in given["where"]]
    with ExitStack() as stack:
        folder = checkpoint or stack.enter_context(TemporaryDirectory())
        _make_folder(folder)
        known = asked_text(asked | _secrets(options))
        work = Work(options, known, folder, keep=checkpoint is not None)
        if work.keep:
            check_states(work, sources)
        progress = stack.enter_context(Progress(sys.stderr, folder, sources))
        crew = Crew(make, progress.look, (Path(folder) / STOP).touch)
        stack.callback(crew.close)
        if given["chains"]:  # of states it changes nothing
            asked["chains"] = True
        return run(work, sources, crew, asked=asked, chains=given["chains"])


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


def _secrets(options: Options) -> dict[str, Any]:
    """Return what a state must have been given besides, and reports may differ in."""
    keylog = options.keylog
    return {} if keylog is None else {"keylog": keylog.digest()}


def _make_folder(folder: str) -> None:
    if is_remote(folder):
        words = "states are kept in a folder of this machine, or one that is mounted"
        raise InspectorError(f"--checkpoint {folder}", f"a URL is refused: {words}")
    try:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableOutputError.of(f"--checkpoint {folder}", error) from error
    if not os.access(folder, os.W_OK):
        raise InspectorError(f"--checkpoint {folder}", "may not be written to")
