"""Which exchanges are meant: ``--where``, ``--grep``, ``--from``, ``--to``."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from inspector.views.clock import Times
from protocol.on_demand import on_demand

from .completing import complete_field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.filters.moments import Moment

    Choice = Callable[[Exchange], bool]
    from inspector.filters.grep import Grep
    from inspector.filters.moments import TimeRange, parse_moment
    from inspector.filters.watching import (
        options_of,
        patterns_of,
        routes_of,
        unquoted,
        words_of,
    )
else:  # decision 158
    options_of = on_demand("inspector.filters.watching:options_of")
    patterns_of = on_demand("inspector.filters.watching:patterns_of")
    routes_of = on_demand("inspector.filters.watching:routes_of")
    unquoted = on_demand("inspector.filters.watching:unquoted")
    words_of = on_demand("inspector.filters.watching:words_of")
    Grep = on_demand("inspector.filters.grep:Grep")
    TimeRange = on_demand("inspector.filters.moments:TimeRange")
    parse_moment = on_demand("inspector.filters.moments:parse_moment")


def all_of(choices: Sequence[Choice]) -> Choice | None:
    """Return what chooses an exchange that all choose; None where nothing is asked."""
    if len(choices) <= 1:
        return choices[0] if choices else None
    return _AllOf(choices)


class _AllOf:
    """A choice of what all choose; its routes and options are those of all."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self.routes = [route for each in choices for route in routes_of(each)]
        self.patterns = [text for each in choices for text in patterns_of(each)]
        self.options = [option for each in choices for option in options_of(each)]
        self.words = [word for each in choices for word in words_of(each)]

    def unquoted(self, exchange: Exchange) -> str:
        return next(
            filter(None, (unquoted(each, exchange) for each in self._choices)), ""
        )

    def __call__(self, exchange: Exchange) -> bool:
        return all(chosen(exchange) for chosen in self._choices)


def _read_where(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> list[Choice]:
    if not texts:
        return []
    # lark takes its time to load, which who filters nothing need not wait for.
    from inspector.filters.selection import compile_selection  # noqa: PLC0415

    return [compile_selection(text) for text in texts]


def _read_grep(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> list[Choice]:
    try:
        return [Grep(text) for text in texts]
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


where_option = click.option(
    "--where",
    metavar="EXPRESSION",
    multiple=True,
    callback=_read_where,
    shell_complete=complete_field,
    help="Only exchanges for which this holds: 'route == \"sum\" and latency > 5ms'.",
)
_grep_option = click.option(
    "--grep",
    metavar="TEXT",
    multiple=True,
    callback=_read_grep,
    help="Only exchanges with this text in their pattern, data or replies.",
)
_time_options = (
    click.option(
        "--from",
        "begin",
        metavar="TIME",
        help="Only exchanges from this time on: 2.5 (as shown), 10:00:05, or a date.",
    ),
    click.option("--to", "end", metavar="TIME", help="Only exchanges up to this time."),
)
text_options = (where_option, _grep_option)
"""What chooses exchanges by what they are, on every command; all of it has to hold."""
choice_options = (*text_options, *_time_options)
"""The same, and by when they began, on commands over captures."""


def take_choice(given: dict[str, Any], times: Times = Times.RELATIVE) -> Choice | None:
    """Return the choice among the parameters of a command, and remove its parts.

    Args:
        given: The parameters.
        times: What the times of tables say, and so what those of a range do.

    Raises:
        ExpressionError: A time is malformed; the message points at the character.
    """
    texts = {"--from": given.pop("begin", None), "--to": given.pop("end", None)}
    begin, end = (_moment(text, option, times) for option, text in texts.items())
    ranges = [] if begin is end is None else [TimeRange(begin, end)]
    for each in ranges:
        each.words = [f"{name} {quote(text)}" for name, text in texts.items() if text]
    return all_of([*given.pop("where"), *given.pop("grep"), *ranges])


def _moment(text: str | None, option: str, times: Times) -> Moment | None:
    if text is None:
        return None
    return parse_moment(text, option, local=times is Times.LOCAL)
