"""The options of ``protocol-call replay``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from servers.calling.completing import complete_address
from servers.calling.options import connection_options

if TYPE_CHECKING:
    from collections.abc import Callable

_POSITIVE = click.FloatRange(0, min_open=True)
_ARGUMENTS = (
    click.argument(
        "file",
        metavar="FILE",
        shell_complete=lambda _, __, word: [CompletionItem(word, type="file")],
    ),
    click.argument("address", metavar="TARGET", shell_complete=complete_address),
)
_OPTIONS = (
    click.option(
        "--speed",
        type=_POSITIVE,
        default=1.0,
        show_default=True,
        metavar="TIMES",
        help="Times as fast as recorded.",
    ),
    click.option(
        "--rate",
        type=_POSITIVE,
        metavar="NUMBER",
        help="Send this many a second, whatever the recorded times.",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(1),
        default=256,
        show_default=True,
        metavar="NUMBER",
        help="Calls that may wait for their answers at a time.",
    ),
    click.option(
        "--route",
        "routes",
        multiple=True,
        metavar="PATTERN",
        help="Only these routes; * stands for anything: 'orders.*'.",
    ),
    click.option(
        "--server",
        "servers",
        multiple=True,
        metavar="PATTERN",
        help="Only what was sent to this ADDRESS:PORT, or name.",
    ),
    click.option(
        "--kind",
        type=click.Choice(["message", "event"]),
        help="Only messages, or only events.",
    ),
    click.option(
        "--where",
        multiple=True,
        metavar="EXPRESSION",
        help="Of a capture, only exchanges for which this holds.",
    ),
    click.option(
        "--allow",
        multiple=True,
        metavar="PATTERN",
        help="Send these routes though they may write, events too.",
    ),
    click.option("--allow-all", is_flag=True, help="Send all routes, events too."),
    click.option(
        "--allow-redacted", is_flag=True, help="Send what redaction has changed."
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="PATH",
        help="Do not compare this of replies: '$.ts', '$..id'.",
    ),
    click.option("--dry-run", is_flag=True, help="Show what would be sent; send none."),
    click.option("--json", "as_json", is_flag=True, help="Write JSON lines."),
)


def replay_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the arguments and options of the command."""
    command = connection_options(command)
    for add in reversed((*_ARGUMENTS, *_OPTIONS)):
        command = add(command)
    return command
