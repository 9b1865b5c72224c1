"""``protocol-inspect live``: what passes an interface, or comes through a pipe."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import click

from inspector.sources.files import STDIN
from inspector.sources.live import LiveCapture
from inspector.sources.pipes import PipeCapture
from inspector.tcp.segments import concerning
from inspector.views.shell_words import program, shell_word

from .completing import complete_interface
from .live_options import live_options
from .live_running import run_live
from .paths import exists
from .prompts import ask, can_ask
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from .live_options import LiveOptions
    from .live_run import Source

_LOOPBACK = "lo"  # of Linux


def _check_pipe(_: click.Context, __: click.Parameter, word: str | None) -> str | None:
    """Return what stands for a pipe.

    Raises:
        click.UsageError: It is something else, as the name of an interface.
    """
    if word is None or word == STDIN:
        return word
    if exists(word):
        raise click.UsageError(f"{word} is a file: {program()} {shell_word(word)}")
    raise click.UsageError(f"an interface has -i before it: -i {shell_word(word)}")


def _ask_interface() -> str:
    """Ask for an interface of this machine."""
    names = [name for _, name in socket.if_nameindex()]

    def read(answer: str) -> str:
        if answer not in names:
            raise click.BadParameter(f"no interface {answer}; {', '.join(names)}")
        return answer

    return ask("Interface", read, usual=_LOOPBACK if _LOOPBACK in names else None)


@click.command()
@click.argument("pipe", required=False, metavar="[-]", callback=_check_pipe)
@click.option(
    "-i",
    "--interface",
    metavar="NAME",
    shell_complete=complete_interface,
    help="Capture on this interface: lo, eth0.",
)
@live_options
def live(options: LiveOptions, pipe: str | None, interface: str | None) -> None:
    """Inspect the traffic of an interface or a pipe as it arrives.

    On a terminal it shows a table that is kept up to date; otherwise, or with
    --json, one line for each exchange as it completes. Ctrl-C ends it with the
    report. Listening on an interface needs permission to capture; with --port, only
    the packets of those ports are read.

    \b
    Example:
      protocol-inspect live -i lo --port 8888 --for 30s
      ssh host tcpdump -U -w - port 8888 | protocol-inspect live -
    """
    if pipe is None and interface is None and can_ask():
        interface = _ask_interface()
    if (pipe is None) == (interface is None):
        raise click.UsageError("name an interface with -i, or - for a pipe")

    def open_source(_tell: Callable[[str], None]) -> Source:
        if interface is None:
            return PipeCapture(sys.stdin.fileno(), "stdin")
        ports = tuple(options.run.ports)
        source = LiveCapture(interface, ports, concerning(ports))
        say(f"listening on {interface}", "command")
        return source

    run_live(open_source, options)
