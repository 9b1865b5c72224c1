"""What the commands over captures take, as one value for each call."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import click

from inspector.views.clock import Times
from inspector.views.shell_words import program, shell_names

from .choice_options import choice_options, take_choice
from .completing import complete_file
from .format_options import format_option, json_option, take_format
from .leaving import reader_may_leave
from .limit_options import limit_options, take_limits
from .name_options import name_options, take_names
from .page_options import take_page
from .parquet_options import take_parquet
from .paths import exists
from .pictures import PICTURES, png_option, svg_option
from .prompts import AskedArgument, ask_captures
from .run_options import (
    RunOptions,
    allow_empty_option,
    carrier_option,
    fail_on_option,
    keylog_option,
    nest_option,
    port_option,
    proto_option,
    redact_channel_option,
    redact_option,
    same_broker_option,
    write_option,
)
from .settings import no_config_option, take_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from inspector.tls.keylog import KeyLog

    Option: TypeAlias = Callable[[Callable[..., None]], Callable[..., None]]


def _check_captures(
    context: click.Context, _: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the captures; none of them is a command that stands too late.

    Raises:
        click.UsageError: One is, with the line that was meant.
    """
    root = context.find_root().command
    commands = root.list_commands(context) if isinstance(root, click.Group) else []
    late = next((each for each in names if each in commands and not exists(each)), None)
    if late is not None and len(names) > 1:
        words = shell_names([each for each in names if each != late])
        meant = f"{program()} {late} {words}"
        raise click.UsageError(f"{late} is a command, and comes first: {meant}")
    return names


captures_argument = click.argument(
    "captures",
    cls=AskedArgument,
    ask=ask_captures,
    nargs=-1,
    required=True,
    callback=_check_captures,
    metavar="CAPTURE...",
    shell_complete=complete_file,
)
reading_options = (
    captures_argument,
    port_option,
    carrier_option,
    proto_option,
    same_broker_option,
    keylog_option,
)
"""What is read, and how it is taken …"""
READING_FIELDS = (
    "captures",
    "ports",
    "carriers",
    "described",
    "same_brokers",
    "keylog",
)
"""… and the fields of :class:`RunOptions` that these are."""
_OPTIONS = (
    *reading_options,
    nest_option,
    *choice_options,
    *name_options,
    fail_on_option,
    allow_empty_option,
    write_option,
    redact_option,
    redact_channel_option,
    svg_option,
    png_option,
    format_option,
    json_option,
    *limit_options,
    no_config_option,
)
_UNJUDGED = tuple(
    each
    for each in _OPTIONS
    if each not in {fail_on_option, allow_empty_option, write_option}
)
_FIELDS = (
    *READING_FIELDS,
    "nest",
    "conditions",
    "allow_empty",
    "subset",
    "redaction",
)


def capture_options(
    command: Callable[..., None] | None = None, *, judged: bool = True
) -> Callable[..., Any]:
    """Give a command what every command over captures takes.

    Args:
        command: Is called with a :class:`RunOptions`, and with what else it takes by
            its names. Its own name is that of the method of a format.
        judged: Whether it takes conditions and writes a subset, which need one run
            over all captures; without, this returns a decorator.
    """
    if command is None:
        return partial(_taking, options=_OPTIONS if judged else _UNJUDGED)
    return _taking(command, options=_OPTIONS)


def _taking(
    command: Callable[..., None], *, options: Sequence[Option]
) -> Callable[..., None]:
    @wraps(command)
    def called(**given: Any) -> None:  # noqa: ANN401 — what click has read
        bare = take_page(given)
        settings = take_settings(given, given["captures"])
        given["redaction"] = None if bare else given["redaction"]
        if "parquet" in given:  # an option of few commands
            given["parquet"] = take_parquet(given, bare=bare)
        named = take_names(given, settings.names)
        times = Times(given.pop("times", Times.RELATIVE))
        limits, where = take_limits(given), take_choice(given, times)
        wanted = ("subset", "conditions", "html", "otlp", "parquet", *PICTURES)
        asked = any(given.get(name) for name in wanted)
        with (
            reader_may_leave(wanted=asked),
            take_format(given, command.__name__) as chosen,
        ):
            fields = {name: given.pop(name) for name in _FIELDS if name in given}
            own_ns = given.pop("slow_ns", None)  # an option of few commands
            fields["slow_ns"] = own_ns or settings.slow_ns
            options = RunOptions(
                chosen,
                where=where,
                limits=limits,
                times=times,
                names=named.names,
                repeated=(*named.words, *keylog_words(fields["keylog"])),
                **fields,
            )
            command(options, **given)

    return with_options(called, tuple(options))


def keylog_words(keylog: KeyLog | None) -> list[str]:
    """Return the words that name a key log, for a next command."""
    names = () if keylog is None else keylog.names
    return [word for name in names for word in ("--keylog", name)]


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what every command takes that writes something.

    Args:
        command: Is called with the format, and with what else it takes by its names.
            Its own name is that of the method of a format.
    """

    @wraps(command)
    def called(**given: Any) -> None:  # noqa: ANN401 — what click has read
        with take_format(given, command.__name__) as chosen:
            command(chosen, **given)

    return with_options(called, (json_option, format_option, svg_option, png_option))


def with_options(
    command: Callable[..., None],
    options: tuple[Callable[[Callable[..., None]], Callable[..., None]], ...],
) -> Callable[..., None]:
    """Give a command options, which its help shows in their order."""
    for option in reversed(options):
        command = option(command)
    return command
