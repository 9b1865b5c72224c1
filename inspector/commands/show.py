"""``protocol-inspect show``: one exchange complete."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from inspector.calls.exchanges import Outcome
from inspector.errors import InspectorError
from inspector.filters.arranging import Arrangement, Order
from inspector.sources.files import STDIN
from inspector.views.closeup import close_up
from inspector.views.output_format import ShowOptions

from .numbers import parted
from .options import capture_options
from .order_options import times_option
from .prompts import ask_number, can_ask
from .run import Run
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange

    from .run_options import RunOptions

_UNASKED = "which exchange? Name a number, --where, --grep, --slowest or --first-error"
_ASKED = "a number names one exchange; it excludes --where, --slowest, --first-error"
_FAILED = {Outcome.ERROR, Outcome.NO_HANDLER}


@click.command()
@click.option("--slowest", is_flag=True, help="Show the call that took longest.")
@click.option("--first-error", is_flag=True, help="Show the first call that failed.")
@click.option(
    "--full", is_flag=True, help="Show all of the payloads, replies and packets."
)
@click.option("--raw", is_flag=True, help="Show frames as they were sent.")
@times_option
@capture_options
def show(
    options: RunOptions, *, slowest: bool, first_error: bool, full: bool, raw: bool
) -> None:
    """Show one complete exchange: payloads, packets, findings, neighbours.

    A number after the captures selects the exchange, as numbered in the other
    views; 422 and '#422' are the same. Without a number it is the first exchange
    for which --where and --grep hold; --slowest and --first-error select among
    these. The first 40 lines of a payload are shown, unless --full is given.

    \b
    Example:
      protocol-inspect show captures/auth-gateway-nest12.pcap --slowest
    """
    captures, number = parted(options.captures)
    options = replace(options, captures=captures)
    choosing = slowest or first_error or options.where is not None
    if not choosing and number is None and can_ask():
        number = ask_number()
    if choosing == (number is not None):
        raise click.UsageError(_ASKED if choosing else _UNASKED)
    with _twice_readable(options, choosing=choosing) as readable:
        if number is None:
            number = _chosen(readable, slowest=slowest, first_error=first_error)
        if number is not None:
            again = options.redaction is None
            asked = ShowOptions(captures, full=full, raw=raw, again=again)
            _show(readable, number, asked)


def _show(options: RunOptions, number: int, asked: ShowOptions) -> None:
    """Show the exchange of a number.

    Raises:
        InspectorError: There is none.
    """
    options = replace(options, where=None)
    journal = options.journal()
    run = Run(options, [journal])
    items = run.items(written=lambda exchange: exchange.number == number)
    closeup, highest = close_up(number, items, journal)
    if closeup is not None:
        options.format.show(closeup, run, asked)
    run.finish()
    if closeup is None and highest:
        there = "the only one is #1" if highest == 1 else f"there are #1 to #{highest}"
        raise InspectorError(f"exchange {number}", f"no such exchange; {there}")


def _chosen(options: RunOptions, *, slowest: bool, first_error: bool) -> int | None:
    """Return the number of the exchange that is meant; say so if there is none."""
    order = Order.parse("latency") if slowest else None
    if slowest:
        options = options.narrowed(lambda exchange: exchange.latency_ns is not None)
    if first_error:
        options = options.narrowed(lambda exchange: exchange.outcome in _FAILED)
    run = Run(replace(options, conditions=None, subset=None), exchanges_only=True)
    found = next(run.exchanges(_first(order)), None)
    if found is not None:
        return found.number
    run.finish()
    if run.report().connections and (slowest or first_error):
        say("no call failed" if first_error else "no call has a reply", "warning")
    return None


def _first(order: Order | None) -> Arrangement[Exchange]:
    if order is None:
        return Arrangement(limit=1)
    return Arrangement(order.key, descending=order.descending, limit=1)


@contextmanager
def _twice_readable(options: RunOptions, *, choosing: bool) -> Iterator[RunOptions]:
    """Give options whose captures can be read again: what a pipe brings is put aside.

    Args:
        options: What was asked for.
        choosing: Whether the captures are read twice.
    """
    if not choosing or STDIN not in options.captures:
        yield options
        return
    with NamedTemporaryFile() as kept:
        copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        names = (kept.name if each == STDIN else each for each in options.captures)
        yield replace(options, captures=tuple(names))
