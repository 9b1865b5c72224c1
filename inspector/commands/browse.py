"""``protocol-inspect browse``: captures to look through on a terminal."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from inspector.errors import InspectorError
from inspector.sources.files import is_read_once
from inspector.views.clock import Times
from inspector.views.formats.table import Table

from .choice_options import choice_options, take_choice
from .limit_options import limit_options, take_limits
from .name_options import name_options, take_names
from .options import READING_FIELDS, keylog_words, reading_options, with_options
from .order_options import times_option
from .run_options import (
    RunOptions,
    nest_option,
    redact_channel_option,
    redact_option,
    slow_option,
)
from .screens import check_terminal
from .settings import no_config_option, take_settings
from .standard_output import StandardOutput

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = (
    *reading_options,
    nest_option,
    *choice_options,
    *name_options,
    slow_option,
    times_option,
    redact_option,
    redact_channel_option,
    *limit_options,
    no_config_option,
)
_FIELDS = (
    *READING_FIELDS,
    "nest",
    "redaction",
)


def _browse_options(command: Callable[[RunOptions], None]) -> Callable[..., None]:
    """Give a command what it takes to show captures on a terminal."""

    @wraps(command)
    def called(**given: Any) -> None:  # noqa: ANN401 — what click has read
        settings = take_settings(given, given["captures"])
        named = take_names(given, settings.names)
        times = Times(given.pop("times"))
        limits, where = take_limits(given), take_choice(given, times)
        fields = {name: given.pop(name) for name in _FIELDS}
        output = Table(StandardOutput("browse", fields["captures"]))
        command(
            RunOptions(
                output,
                where=where,
                limits=limits,
                times=times,
                names=named.names,
                repeated=(*named.words, *keylog_words(fields["keylog"])),
                slow_ns=given.pop("slow_ns") or settings.slow_ns,
                **fields,
            )
        )

    return with_options(called, _OPTIONS)


@click.command()
@_browse_options
def browse(options: RunOptions) -> None:
    """Look through captures on a terminal: exchanges, findings, ladders, packets.

    Lists exchanges, the slowest first, with all that is known of the one that is
    selected. / filters by words and by expressions as in --where; Enter opens, Tab
    goes to the details, ? lists the keys. Needs the extra tui, which is Textual.

    \b
    Example:
      protocol-inspect browse captures/auth-gateway-nest12.pcap
    """
    check_terminal("browse")
    for name in options.captures:
        if is_read_once(name):
            problem = "is read again while one looks, which a pipe cannot be; save it"
            raise InspectorError(name, problem)
    from .browsing import browse_captures  # noqa: PLC0415 — an extra, and asyncio

    browse_captures(options)
