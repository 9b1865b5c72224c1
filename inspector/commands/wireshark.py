"""``protocol-inspect wireshark``: the dissector that shows the same in Wireshark."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import click

from inspector.errors import UnwritableOutputError

STDOUT = "-"


@click.command()
@click.option(
    "--output",
    default=STDOUT,
    metavar="FILE",
    show_default="stdout",
    help="Where to write it.",
)
def wireshark(output: str) -> None:
    """Write a Wireshark dissector for this protocol, in Lua.

    It recognises frames on any port, also those that span several packets, and
    defines fields to filter by: nest.kind, nest.route, nest.id, nest.err, nest.length,
    nest.time. Put the file into the personal Lua plugin folder, shown under Help >
    About > Folders in Wireshark, or pass it to tshark:

    \b
      tshark -X lua_script:nest.lua -r CAPTURE -Y 'nest.route == "sum"'

    \b
    Example:
      protocol-inspect wireshark --output nest.lua
    """
    script = files("inspector").joinpath("wireshark", "nest.lua").read_bytes()
    if output == STDOUT:
        sys.stdout.buffer.write(script)
        return
    try:
        Path(output).write_bytes(script)
    except OSError as error:
        raise UnwritableOutputError.of(output, error) from error
