"""``protocol-inspect doctor``: what of this machine the program can use."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

import click

from inspector.checkup.check import Check, Mark
from inspector.checkup.extensions import extensions
from inspector.checkup.packages import extras, third_party
from inspector.checkup.programs import programs
from inspector.checkup.rights import rights
from inspector.checkup.terminal import Screen, terminal
from inspector.views.doctor_view import checkup_lines, print_checkup
from inspector.views.theme import make_console

from .pictures import png_option, save, svg_option, take_pictures
from .speech import PROGRAM
from .standard_output import StandardOutput

_BROKEN = 1


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Write a JSON line for each check."
)
@svg_option
@png_option
def doctor(*, as_json: bool, **given: str | None) -> None:
    """Check what can be used on this machine, with commands that fix the rest.

    Checks the permission to capture, programs, extensions in C, extras, plug-ins,
    and the terminal. What is absent is needed only by some commands. The exit code is
    1 if something that is installed is broken, and 0 otherwise.

    \b
    Example:
      protocol-inspect doctor
    """
    pictures = take_pictures(given, "--json" if as_json else None)
    checks = _look()
    output = StandardOutput("doctor", (), recorded=bool(pictures))
    if as_json:
        for line in checkup_lines(checks):
            output.write(line)
    else:
        print_checkup(output.screen(), _heading(), checks)
    save(pictures, output)
    if any(each.mark is Mark.BROKEN for each in checks):
        raise SystemExit(_BROKEN)


def _look() -> list[Check]:
    console = make_console()
    colours = console.color_system or "" if not console.no_color else ""
    screen = Screen(console.is_terminal, console.width, colours, console.encoding)
    return [
        *rights(),
        *programs(),
        *extensions(),
        *extras(),
        *third_party(),
        *terminal(screen, os.environ),
    ]


def _heading() -> str:
    python = f"Python {platform.python_version()}"
    return f"{PROGRAM} {version(PROGRAM)}   {python}   {platform.platform(terse=True)}"
