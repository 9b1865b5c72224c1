"""What a person asks of a run besides its view: which exchanges, which conditions.

Every command over captures takes the same, so it does not pass through their
parameters: click keeps it in the context of the call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from inspector.errors import InspectorError
from inspector.journal import Journal
from inspector.limits import Limits
from protocol import NEST_VERSIONS, NEWEST, NestVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from inspector.calls.exchanges import Exchange
    from inspector.filters.conditions import Conditions
    from inspector.redaction.texts import Redaction

_KEY = "protocol-inspect.choice"
_NAMED = 8  # connections that an error names


@dataclass
class Choice:
    """What was asked for.

    Attributes:
        where: Which exchanges are meant; None for all.
        conditions: What fails the run; None when nothing does.
        nest: The version of Nest by which findings are judged.
        limits: What may be kept of connections.
        redaction: What is hidden in all that is told; None when nothing is.
        output: The capture file to write the packets of the exchanges to.
    """

    where: Callable[[Exchange], bool] | None = None
    conditions: Conditions | None = None
    nest: NestVersion = NEWEST
    limits: Limits = field(default_factory=Limits)
    redaction: Redaction | None = None
    output: str | None = None


def current_choice() -> Choice:
    """Return what was asked for in this call of the command."""
    context = click.get_current_context(silent=True)
    if context is None:
        return Choice()
    choice: Choice = context.meta.setdefault(_KEY, Choice())
    return choice


def current_journal() -> Journal:
    """Return a journal that notes what was asked for in this call of the command."""
    choice = current_choice()
    return Journal(
        selective=choice.where is not None, excerpts=choice.redaction is None
    )


def check_connections(wanted: Iterable[int], journal: Journal) -> None:
    """Make sure that the connections that were asked for are Nest's.

    Raises:
        InspectorError: One of them is not, though others are.
    """
    nest = sorted(connection.number for connection in journal.nest)
    for number in wanted:
        if nest and number not in nest:
            known = ", ".join(map(str, nest[:_NAMED]))
            more = "" if len(nest) <= _NAMED else f" and {len(nest) - _NAMED:,} more"
            which = "the only one is" if len(nest) == 1 else "those are"
            problem = f"no Nest connection; {which} {known}{more}"
            raise InspectorError(f"connection {number}", problem)


def choose_besides(chosen: Callable[[Exchange], bool]) -> None:
    """Leave out exchanges that an option of a command does not mean."""
    choice = current_choice()
    before = choice.where
    choice.where = (
        chosen
        if before is None
        else lambda exchange: before(exchange) and chosen(exchange)
    )


def _choose(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> None:
    if not texts:
        return
    # lark takes its time to load, which who filters nothing need not wait for.
    from inspector.filters.selection import compile_selection  # noqa: PLC0415

    chosen = [compile_selection(text) for text in texts]
    first = chosen[0]
    current_choice().where = (
        first
        if len(chosen) == 1
        else lambda exchange: all(each(exchange) for each in chosen)
    )


def _set_conditions(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> None:
    if not texts:
        return
    from inspector.filters.conditions import Conditions  # noqa: PLC0415

    current_choice().conditions = Conditions(texts)


def _set_version(_: click.Context, __: click.Parameter, version: str) -> None:
    current_choice().nest = NestVersion.of(version)


def _set_redaction(
    _: click.Context, __: click.Parameter, paths: tuple[str, ...]
) -> None:
    if paths:
        from inspector.redaction.texts import Redaction  # noqa: PLC0415

        current_choice().redaction = Redaction(paths)


def _set_output(_: click.Context, __: click.Parameter, file: str | None) -> None:
    current_choice().output = file


nest_option = click.option(
    "--nest",
    type=click.Choice([each.major for each in NEST_VERSIONS]),
    default=NEWEST.major,
    show_default=True,
    expose_value=False,
    callback=_set_version,
    help="Judge by what this version of Nest does.",
)
where_option = click.option(
    "--where",
    metavar="EXPRESSION",
    multiple=True,
    expose_value=False,
    callback=_choose,
    help="Only exchanges for which this holds: 'route == \"sum\" and latency > 5ms'.",
)
fail_on_option = click.option(
    "--fail-on",
    metavar="CONDITION",
    multiple=True,
    expose_value=False,
    callback=_set_conditions,
    help="End with exit code 1 when this holds: 'unanswered > 0'.",
)
redact_option = click.option(
    "--redact",
    metavar="PATH",
    multiple=True,
    expose_value=False,
    callback=_set_redaction,
    help="Hide data.password, a key at any depth, or (auto) only known secrets.",
)
write_option = click.option(
    "--write",
    metavar="FILE",
    expose_value=False,
    callback=_set_output,
    help="Write the packets of the exchanges to a capture file (pcapng).",
)
