"""``protocol-inspect diff``: what differs between two captures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from inspector.comparing.comparison import compare
from inspector.comparing.measures import LEAST_NS
from inspector.comparing.sides import Side
from inspector.sources.files import STDIN

from .options import capture_options
from .quantities import DURATION
from .run import Run
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.comparing.comparison import Comparison

    from .run_options import RunOptions

_BOTH = 2
_GATES = {
    "breaking": ("breaks who reads its payloads", "break who read their payloads"),
    "slower": ("is slower", "are slower"),
    "errors": ("fails more often", "fail more often"),
    "any": ("differs", "differ"),
}
"""What fails a run, and in which words, for one pattern and for several."""

_least_option = click.option(
    "--least",
    "least_ns",
    type=DURATION,
    metavar="TIME",
    default=LEAST_NS,
    help="Take times for equal that differ by less.  [default: 500us]",
)
_gate_option = click.option(
    "--fail-on",
    "gates",
    type=click.Choice(list(_GATES)),
    multiple=True,
    help="Exit with code 1 if a pattern has such a difference, or none is in both.",
)


@click.command()
@_gate_option
@_least_option
@capture_options(judged=False)
def diff(options: RunOptions, gates: Sequence[str], least_ns: int) -> None:
    """Compare two captures: payloads, latencies, errors, sizes, packets.

    The first is what was before. Differences are reported if they are more than
    chance, and large; the output says how that was judged.

    \b
    Example:
      protocol-inspect diff captures/seed-nest12.pcap captures/seed-python.pcap
    """
    if len(options.captures) != _BOTH:
        raise click.UsageError(
            f"name two captures, before and after; {len(options.captures)} given"
        )
    if set(options.captures) == {STDIN}:
        raise click.UsageError("stdin can be read once; name a file for one of both")
    runs = [Run(replace(options, captures=(name,))) for name in options.captures]
    before, after = (_read(run, run.captures[0]) for run in runs)
    whole = bool(before.exchanges and after.exchanges)
    if not whole:
        _finish(runs)  # which ends where one of them cannot be read
    found = compare(before, after, least_ns)
    options.format.diff(found, runs)
    failed = _say_failed(found, gates)
    if whole:
        _finish(runs)
    if failed:
        raise SystemExit(1)


def _read(run: Run, name: str) -> Side:
    """Return what one capture holds."""
    side = Side(name)
    for item in run.items(quiet=True):
        side.add(item)
    side.conclude(run.report())
    return side


def _finish(runs: list[Run]) -> None:
    """End both runs: what could not be read of either is said.

    Raises:
        SystemExit: With the code of the first that ends with one.
    """
    codes = []
    for run in runs:
        try:
            run.finish()
        except SystemExit as end:
            codes.append(int(end.code or 0))
    if codes:
        raise SystemExit(codes[0])


def _say_failed(found: Comparison, gates: Sequence[str]) -> bool:
    """Say which differences fail the run; answer whether one does.

    Where no pattern is in both, all gates fail: nothing was judged.
    """
    if gates and not found.both:
        for gate in gates:
            say(f"--fail-on {gate}: no pattern is in both captures", "error")
        return True
    counts = {
        "breaking": found.breaking,
        "slower": found.slower,
        "errors": found.failing,
        "any": found.differing,
    }
    failing = [gate for gate in gates if counts[gate]]
    for gate in failing:
        one, several = _GATES[gate]
        count = counts[gate]
        words = f"1 pattern {one}" if count == 1 else f"{count:,} patterns {several}"
        say(f"--fail-on {gate}: {words}", "error")
    return bool(failing)
