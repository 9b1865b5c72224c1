"""How a table is read: ``--sort``, ``--limit``, ``--last``, ``--time``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from inspector.filters.arranging import SORTED_BY, Arrangement, Order
from inspector.filters.literals import did_you_mean
from inspector.views.clock import Times

from .quantities import NUMBER
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from inspector.calls.exchanges import Exchange


class _Order(click.ParamType):  # type: ignore[type-arg]  # generic only in types
    """A word by which exchanges are sorted; a - before it turns the order round."""

    name = "field"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Order:
        """Return the order; fail if exchanges are not sorted by this."""
        try:
            return Order.parse(str(value))
        except LookupError as error:
            word = str(error.args[0])
            known = did_you_mean(word, SORTED_BY) or f"; there are {_listed()}"
            self.fail(f"nothing is sorted by {word!r}{known}", param, ctx)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Complete the words."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415

        words = (*SORTED_BY, *(f"-{word}" for word in SORTED_BY))
        return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _listed() -> str:
    return ", ".join(SORTED_BY)


_sort_option = click.option(
    "--sort",
    "order",
    type=_Order(),
    metavar="FIELD",
    help=f"Sort by {_listed()}: numbers in descending order; -FIELD reverses it.",
)


def _number_option(name: str, words: str) -> Any:  # noqa: ANN401 — a decorator
    return click.option(name, metavar="N", type=NUMBER, help=words)


_part_options = (
    _number_option("--limit", "Only the first N of them."),
    _number_option("--last", "Only the last N of them."),
)


times_option = click.option(
    "--time",
    "times",
    type=click.Choice([str(each) for each in Times]),
    default=str(Times.RELATIVE),
    metavar="WHICH",
    help="Show times as relative (to the beginning; the default), utc, local, or "
    "delta (since the row above).",
)


def part_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how many of what comes are shown."""
    for option in reversed(_part_options):
        command = option(command)
    return command


def arrangement_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which exchanges are shown, in what order."""
    return _sort_option(part_options(command))


def part_of(limit: int | None, last: int | None) -> Arrangement[Any]:
    """Return what shows the first or the last of what comes.

    Raises:
        click.UsageError: Both were asked for.
    """
    _check(limit, last)
    return Arrangement(limit=limit, last=last)


def arrangement_of(
    order: Order | None, limit: int | None, last: int | None
) -> Arrangement[Exchange]:
    """Return what arranges exchanges as they were asked for.

    Raises:
        click.UsageError: The first and the last were asked for.
    """
    if order is None:
        return part_of(limit, last)
    _check(limit, last)
    return Arrangement(order.key, descending=order.descending, limit=limit, last=last)


def say_left_out(arrangement: Arrangement[Any], noun: str) -> None:
    """Say what was not shown, if that is anything.

    Args:
        arrangement: What chose.
        noun: What they are: ``exchange``.
    """
    words = arrangement.left_out(noun)
    if words is not None:
        sys.stdout.flush()  # so that it stands below what is shown
        say(f"{arrangement.option}: {words}", "warning")


def _check(limit: int | None, last: int | None) -> None:
    if limit is not None and last is not None:
        raise click.UsageError("--limit and --last exclude each other")
