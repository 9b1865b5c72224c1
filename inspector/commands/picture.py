"""``--svg FILE``: what a view shows, saved as a picture by rich's own export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.terminal_theme import TerminalTheme

from inspector.errors import UnwritableOutputError
from inspector.views.theme import make_console

if TYPE_CHECKING:
    from rich.console import Console

_META = f"{__name__}.file"
_SHADES = TerminalTheme(
    (24, 25, 30),
    (222, 226, 230),
    [
        (24, 25, 30), (240, 98, 98), (128, 200, 120), (230, 180, 80),
        (104, 160, 240), (208, 140, 224), (90, 196, 210), (222, 226, 230),
    ],
)  # fmt: skip
"""What the colour names of the terminal look like in a picture."""

# The fonts are those of the reader: a picture must not fetch anything.
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px monospace; white-space: pre }}
.{unique_id}-title {{ font: 18px sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})"
   clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


def _remember(
    context: click.Context, _option: click.Parameter, file: str | None
) -> None:
    if file is None:
        return
    if context.params.get("as_json"):
        raise click.UsageError("--svg draws a view, which --json is not")
    context.meta[_META] = file


svg_option = click.option(
    "--svg",
    metavar="FILE",
    expose_value=False,
    callback=_remember,
    help="Save what is shown as a picture, too.",
)


def screen() -> Console:
    """Return the console for a view; what it shows is saved if ``--svg`` asks so.

    Raises:
        UnwritableOutputError: When the command ends, and the file cannot be written.
    """
    console = make_console()
    context = click.get_current_context()
    file = context.meta.get(_META)
    if file is not None:
        console.record = True
        context.call_on_close(lambda: _save(console, Path(file), context))
    return console


def _save(console: Console, file: Path, context: click.Context) -> None:
    picture = console.export_svg(
        title=_title(context), theme=_SHADES, code_format=_FORMAT, unique_id="view"
    )
    try:
        file.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise UnwritableOutputError.of(f"--svg: {file}", error) from None


def _title(context: click.Context) -> str:
    """Return the command as it is typed, without where files are."""
    names = [Path(name).name for name in context.params.get("captures") or ()]
    command = [] if context.info_name == "report" else [context.info_name or ""]
    return " ".join(["protocol-inspect", *command, *names])
