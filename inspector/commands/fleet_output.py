"""How the report of a fleet is written: on a terminal, as lines, a page, a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from inspector.fleet.concealing import concealed
from inspector.fleet.saving import save
from inspector.views.fleet_lines import fleet_json
from inspector.views.fleet_view import print_fleet

from .completing import complete_file
from .options import with_options
from .pictures import check_apart, png_option, svg_option, take_pictures
from .pictures import save as save_pictures
from .run_options import slow_option
from .standard_output import StandardOutput, check_no_input, check_writable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.fleet.report import FleetReport

_FILES = ("html", "save", "svg", "png")
_OPTIONS = (
    slow_option,
    click.option("--json", "as_json", is_flag=True, help="Write JSON lines."),
    click.option(
        "--html",
        metavar="FILE",
        shell_complete=complete_file,
        help="Also save the report as a page.",
    ),
    svg_option,
    png_option,
    click.option(
        "--save",
        metavar="FILE",
        shell_complete=complete_file,
        help="Also save the report for protocol-inspect merge.",
    ),
    click.option(
        "--no-redact",
        is_flag=True,
        help="Hide nothing in any output, not even secrets in routes and findings.",
    ),
)


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what says how the report of a fleet is written."""
    return with_options(command, _OPTIONS)


def check_files(given: dict[str, Any]) -> None:
    """Make sure that files can be written, before captures are read for long.

    Pictures that are asked for are ``pictures`` in what was given then.

    Raises:
        click.UsageError: Two of them are the same, or there is no view to draw.
        InspectorError: An extra is not installed.
        UnwritableOutputError: One cannot be.
    """
    check_apart({f"--{name}": given.get(name) for name in _FILES})
    given["pictures"] = take_pictures(given, "--json" if given.get("as_json") else None)
    for name in ("html", "save"):
        if given[name] is not None:
            check_writable(f"--{name}", given[name])


def keep_inputs(given: dict[str, Any], captures: Sequence[str]) -> None:
    """Make sure that no file to write is one that the run reads.

    Raises:
        InspectorError: One is.
    """
    read = [each.removeprefix("file://").removeprefix("local://") for each in captures]
    for name in _FILES:
        if given.get(name) is not None:
            check_no_input(f"--{name}", given[name], read, given.get("keylog"))


def write_report(report: FleetReport, given: dict[str, Any]) -> None:
    """Write a report as the options of a command say: secrets are hidden unless asked.

    Raises:
        UnwritableOutputError: A file cannot be written.
    """
    pictures, slow_ns = given["pictures"], given["slow_ns"]
    output = StandardOutput("fleet", (), recorded=bool(pictures))
    if not given["no_redact"]:
        report = concealed(report)
    if given["save"] is not None:
        save(given["save"], report)
    if given["html"] is not None:
        from inspector.views.fleet_page import save_page  # noqa: PLC0415 — for pages

        save_page(given["html"], report, slow_ns)
    if given["as_json"]:
        for line in fleet_json(report, slow_ns):
            output.write(line)
    else:
        print_fleet(output.screen(), report, slow_ns)
    save_pictures(pictures, output)


def finish_output() -> None:
    """Write what waits, so that a problem shows before the exit code is chosen."""
    sys.stdout.flush()
