"""What is written: ``--format`` and what stands for it, ``--fields``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from inspector.views.format_registry import DEFAULT, description, format_named, names

from .completing import complete_field
from .pictures import PICTURES, save, take_pictures
from .standard_output import StandardOutput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem

    from inspector.filters.projection import Column
    from inspector.views.output_format import Format

_SHORT = {"as_json": "json", "as_mermaid": "mermaid", "as_csv_raw": "csv_raw"}
"""Options that stand for a format, where ``--format`` names none."""


class _FormatName(click.ParamType[str]):
    """A format, whose words may be joined as those of options are: ``json-schema``.

    Which there are is looked up when one is named.
    """

    name = "format"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the name of the format."""
        choice = click.Choice(names())
        found: str = choice.convert(value.replace("-", "_"), param, ctx)
        return found

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete the name of a format."""
        return click.Choice(names()).shell_complete(ctx, param, incomplete)


class _FormatOption(click.Option):
    """An option whose help describes the formats that there are, once it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the help; only now all formats are loaded."""
        self.help = f"Write {description()}."
        return super().get_help_record(ctx)

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem]:
        """Complete the formats that serve the command; live stands for proxy too."""
        command = "live" if ctx.info_name == "proxy" else ctx.info_name
        return [
            item
            for item in super().shell_complete(ctx, incomplete)
            if command in format_named(item.value).served()
        ]


def _read_fields(
    _: click.Context, __: click.Parameter, text: str | None
) -> list[Column] | None:
    if text is None:
        return None
    from inspector.filters.projection import compile_fields  # noqa: PLC0415

    return compile_fields(text)


format_option = click.option(
    "--format",
    "format_name",
    cls=_FormatOption,
    type=_FormatName(),
    metavar="NAME",
    help="What to write.",
)
json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Write JSON lines: the same as --format json.",
)
mermaid_option = click.option(
    "--mermaid",
    "as_mermaid",
    is_flag=True,
    help="Write a Mermaid sequence diagram: the same as --format mermaid.",
)
csv_raw_option = click.option(
    "--csv-raw",
    "as_csv_raw",
    is_flag=True,
    help="Write CSV for programs, with nothing escaped: --format csv_raw.",
)
fields_option = click.option(
    "--fields",
    "columns",
    metavar="LIST",
    callback=_read_fields,
    shell_complete=complete_field,
    help="Only these columns: 'route, latency_ns, data.user.id'.",
)


@contextmanager
def take_format(given: dict[str, Any], command: str) -> Iterator[Format]:
    """Open the format among the parameters of a command, and remove them there.

    Raises:
        click.UsageError: It does not serve the command, or cannot be drawn.
        UnwritableOutputError: The picture cannot be written: its folder is known at
            the beginning, a full disk at the end.
    """
    name = given.pop("format_name", None) or DEFAULT
    for option, format_name in _SHORT.items():
        if given.pop(option, False) and name == DEFAULT:
            name = format_name
    chosen = format_named(name)
    if command not in chosen.served():
        raise click.UsageError(f"--format {name} is for {_listed(chosen.served())}")
    pictures = take_pictures(given, None if chosen.drawn else _spelled(name))
    captures = given.get("captures", ())
    output = StandardOutput(command, captures, recorded=bool(pictures))
    try:
        yield chosen(output)
    finally:
        save(pictures, output)


def format_is_named() -> bool:
    """Whether the command line says how something is written, or asks for a picture."""
    source = click.get_current_context().get_parameter_source
    names = ("format_name", "columns", *_SHORT, *PICTURES)
    return any(source(each) is ParameterSource.COMMANDLINE for each in names)


def _spelled(name: str) -> str:
    """Return the option that chooses a format."""
    if f"as_{name}" in _SHORT:
        return f"--{name.replace('_', '-')}"
    return f"--format {name}"


def _listed(commands: list[str]) -> str:
    *first, last = commands
    return f"{', '.join(first)} and {last}" if first else last
