"""The command ``protocol-inspect``.

Data goes to stdout, words go to stderr. Only here an error becomes a line and an exit
code; see :mod:`inspector.errors` for the codes.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from .analysis.exchanges import Exchange
from .analysis.ordering import in_order
from .analysis.words import plural
from .capture.files import STDIN, read_captures
from .pipeline import Inspection
from .views.exchanges_view import print_exchanges
from .views.jsonlines import exchange_line, finding_line, summary_line
from .views.report_view import print_report, shown_name
from .views.theme import THEME, make_console
from .views.values import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .analysis.findings import Finding
    from .analysis.report import Report
    from .errors import InspectorError

PROGRAM = "protocol-inspect"
_USAGE = 2
_CANNOT_WRITE = 5
_INTERRUPTED = 130  # as a shell reports SIGINT
_INDENT = 2


class _CaptureGroup(click.Group):
    """A group of commands in which a first argument that is none is a capture."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        plain = {"--help", "-h", "--version"}
        if args and args[0] not in self.commands and args[0] not in plain:
            args = ["report", *args]
        return super().parse_args(ctx, args)


def _common_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.argument("captures", nargs=-1, required=True, metavar="CAPTURE..."),
        click.option(
            "--port",
            "ports",
            type=click.IntRange(1, 65535),
            multiple=True,
            help="Take this TCP port for Nest, whatever it carries.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Write JSON lines."),
    ):
        command = option(command)
    return command


@click.group(
    cls=_CaptureGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    options_metavar="",
    subcommand_metavar="CAPTURE... | COMMAND ...",
)
@click.version_option(package_name=PROGRAM, prog_name=PROGRAM)
def command() -> None:
    """See what NestJS services say to each other over TCP, packet by packet.

    CAPTURE is a pcap or pcapng file, or - for stdin; several are read in time
    order. An argument that is no command is a capture, and gives the report.

    \b
    Example:
      protocol-inspect captures/seed-nest12.pcap
    """


@command.command(hidden=True)
@_common_options
def report(captures: tuple[str, ...], ports: tuple[int, ...], *, as_json: bool) -> None:
    """Report what a capture holds: packets, patterns, findings.

    \b
    Example:
      protocol-inspect captures/seed-nest12.pcap --json
    """
    run = _Run(captures, ports)
    if as_json:
        for item in in_order(run.items()):
            _write(
                exchange_line(item)
                if isinstance(item, Exchange)
                else finding_line(item)
            )
        _write(summary_line(run.report()))
    else:
        for _ in run.items():
            pass
        if run.report().nest:
            print_report(make_console(), run.report(), captures)
    run.finish()


@command.command()
@_common_options
def exchanges(
    captures: tuple[str, ...], ports: tuple[int, ...], *, as_json: bool
) -> None:
    """List the exchanges of a capture, one line each.

    \b
    Example:
      protocol-inspect exchanges captures/seed-nest12.pcap
    """
    run = _Run(captures, ports)
    found = (item for item in in_order(run.items()) if isinstance(item, Exchange))
    if as_json:
        for exchange in found:
            _write(exchange_line(exchange))
    else:
        first = next(found, None)
        if first is not None:
            print_exchanges(
                make_console(), _chain(first, found), run.report().first_ns or 0
            )
    run.finish()


class _Run:
    """One inspection on behalf of a command."""

    def __init__(self, captures: Sequence[str], ports: Sequence[int]) -> None:
        self._captures = captures
        self._problems: list[InspectorError] = []
        self._inspection = Inspection(frozenset(ports))

    def items(self) -> Iterator[Exchange | Finding]:
        records = read_captures(self._captures, self._problems)
        return self._inspection.inspect(records)

    def report(self) -> Report:
        return self._inspection.report()

    def finish(self) -> None:
        """Say what is to be said on stderr, and end with the right code."""
        sys.stdout.flush()
        for problem in self._problems:
            _say(str(problem), "error")
        report = self.report()
        if not report.nest and not self._problems:
            _say(_no_traffic(report, self._captures), "warning")
        if self._problems:
            raise SystemExit(self._problems[0].exit_code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        return _invoke(sys.argv[1:] if arguments is None else list(arguments))
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        _abandon_output()
        return 0
    except OSError as error:
        _abandon_output()
        _say(f"cannot write: {(error.strerror or str(error)).lower()}", "error")
        return _CANNOT_WRITE


def _invoke(arguments: list[str]) -> int:
    """Run the command by click's parts: its own main() takes a closed pipe for 1."""
    try:
        with command.make_context(PROGRAM, arguments) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError:
        _say("no capture is named; try --help", "error")
        return _USAGE
    except click.ClickException as error:
        _say(error.format_message().rstrip("."), "error")
        return _USAGE
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _abandon_output() -> None:
    """Keep Python from flushing, at its end, what nobody can take."""
    with suppress(OSError):  # stdout may be no file at all
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _chain(first: Exchange, rest: Iterator[Exchange]) -> Iterator[Exchange]:
    yield first
    yield from rest


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")


def _no_traffic(report: Report, captures: Sequence[str]) -> str:
    names = " ".join(
        "stdin" if name == STDIN else shown_name(name) for name in captures
    )
    connections = plural(report.other_connections, "TCP connection")
    foreign = f" ({', '.join(report.foreign)})" if report.foreign else ""
    skipped = ", ".join(
        f"{count:,} {reason}" for reason, count in report.skipped.items()
    )
    passed = f"; {skipped}" if skipped else ""
    return (
        f"{names}: no Nest traffic in {plural(report.packet_records, 'packet')} of "
        f"{connections}{foreign}{passed}; --port takes a port for Nest all the same"
    )


def _say(sentence: str, style: str) -> None:
    """Write one line to stderr; on a terminal it folds at a blank, indented."""
    console = Console(stderr=True, theme=THEME, highlight=False, soft_wrap=True)
    text = Text.assemble((f"{PROGRAM}:", style), f" {safe(sentence)}")
    if console.is_terminal:
        lines = text.wrap(console, console.width - _INDENT)
        text = Text("\n" + " " * _INDENT).join(lines)
    console.print(text)


if __name__ == "__main__":
    sys.exit(main())
