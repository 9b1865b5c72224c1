"""What most commands take: captures, ports, and JSON lines instead of a view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from .bounds import limit_options
from .choice import (
    fail_on_option,
    nest_option,
    redact_option,
    where_option,
    write_option,
)
from .formats import format_option, json_option
from .picture import svg_option

if TYPE_CHECKING:
    from collections.abc import Callable

captures_argument = click.argument(
    "captures",
    nargs=-1,
    required=True,
    metavar="CAPTURE...",
    shell_complete=lambda _, __, word: [CompletionItem(word, type="file")],
)
port_option = click.option(
    "--port",
    "ports",
    type=click.IntRange(1, 65535),
    multiple=True,
    help="Take this TCP port for Nest, whatever it carries.",
)


def capture_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what every command over captures takes."""
    options = (
        json_option,
        format_option,
        svg_option,
        redact_option,
        write_option,
        fail_on_option,
        where_option,
        nest_option,
        port_option,
    )
    for option in (*reversed(limit_options), *options, captures_argument):
        command = option(command)
    return command
