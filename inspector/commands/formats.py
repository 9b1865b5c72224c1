"""``--format`` and ``--fields``: for people, for spreadsheets, or for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from inspector.filters.projection import Column

TABLE, JSON, CSV = "table", "json", "csv"
_FORMAT = f"{__name__}.format"


def _remember(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value == CSV and context.info_name != "exchanges":
        raise click.UsageError("--format csv is for exchanges")
    context.meta[_FORMAT] = value


def _json_too(context: click.Context, _: click.Parameter, value: object) -> bool:
    return bool(value) or context.meta.get(_FORMAT) == JSON


def _read_fields(
    _: click.Context, __: click.Parameter, text: str | None
) -> list[Column] | None:
    if text is None:
        return None
    from inspector.filters.projection import compile_fields  # noqa: PLC0415

    return compile_fields(text)


def chosen_columns(chosen: list[Column] | None) -> list[Column] | None:
    """Return the columns to write; None for the usual view or line."""
    if chosen is None and wants_csv():
        from inspector.filters.keys import COLUMNS  # noqa: PLC0415
        from inspector.filters.projection import compile_fields  # noqa: PLC0415

        return compile_fields(", ".join(COLUMNS))
    return chosen


def wants_csv() -> bool:
    """Whether this call of the command is to write CSV."""
    return click.get_current_context().meta.get(_FORMAT) == CSV


format_option = click.option(
    "--format",
    type=click.Choice([TABLE, JSON, CSV]),
    is_eager=True,
    expose_value=False,
    callback=_remember,
    help="Write a table for people, JSON lines, or (exchanges) CSV.",
)
json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    is_eager=True,
    callback=_json_too,
    help="Write JSON lines: the same as --format json.",
)
fields_option = click.option(
    "--fields",
    "columns",
    metavar="LIST",
    callback=_read_fields,
    help="Only these columns: 'route, latency_ns, data.user.id'.",
)
