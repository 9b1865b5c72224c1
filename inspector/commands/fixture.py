"""``protocol-inspect fixture``: the answers of a capture, to be given again."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order
from inspector.views.clock import Times
from inspector.views.fixture_lines import FixtureLines
from inspector.views.output_format import Format
from inspector.words import plural

from .choice_options import choice_options, take_choice
from .leaving import reader_may_leave
from .limit_options import limit_options, take_limits
from .name_options import name_options, take_names
from .options import READING_FIELDS, reading_options, with_options
from .page_options import hide_unless
from .run import Run
from .run_options import (
    RunOptions,
    redact_channel_option,
    redact_option,
)
from .settings import no_config_option, take_settings
from .speech import say
from .standard_output import StandardOutput

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = (
    *reading_options,
    *choice_options,
    *name_options,
    redact_option,
    redact_channel_option,
    click.option("--no-redact", is_flag=True, help="Hide nothing, not even secrets."),
    *limit_options,
    no_config_option,
)
_FIELDS = (
    *READING_FIELDS,
    "redaction",
)


def _fixture_options(command: Callable[[RunOptions], None]) -> Callable[..., None]:
    """Give the command what commands over captures take, as far as it can use it."""

    @wraps(command)
    def called(**given: Any) -> None:  # noqa: ANN401 — what click has read
        bare: bool = given.pop("no_redact")
        hide_unless(given, bare=bare)  # decision 189: A fixture hides secrets
        settings = take_settings(given, given["captures"])
        given["redaction"] = None if bare else given["redaction"]
        named = take_names(given, settings.names)
        limits, where = take_limits(given), take_choice(given, Times.RELATIVE)
        fields = {name: given.pop(name) for name in _FIELDS}
        output = Format(StandardOutput("fixture", fields["captures"]))
        with reader_may_leave(wanted=False):
            command(
                RunOptions(
                    output, where=where, limits=limits, names=named.names, **fields
                )
            )

    return with_options(called, _OPTIONS)


@click.command()
@_fixture_options
def fixture(options: RunOptions) -> None:
    """Write the answers of a capture as JSON lines, for protocol-serve --from.

    One line for each pattern with its data, and the replies to it with their times;
    one for each event. Secrets are hidden unless --no-redact is given. The lines are
    made to be edited; docs/fixtures.md describes them.

    \b
    Example:
      protocol-inspect fixture captures/seed-nest12.pcap
    """
    run, lines = Run(options, exchanges_only=True), FixtureLines()
    for item in in_order(run.items()):
        if isinstance(item, Exchange):
            for line in lines.of(item):
                options.format.write_line(line)
    _say_what_is_missing(lines)
    run.finish()


def _say_what_is_missing(lines: FixtureLines) -> None:
    """Say what no line shows: a fixture is not looked through."""
    if lines.unanswered:
        calls = plural(lines.unanswered, "call")
        say(f"{calls} had no answer, and will have none again", "warning")
    for reason, count in lines.left_out.items():
        say(f"left out: {plural(count, 'exchange')} {reason}", "warning")
