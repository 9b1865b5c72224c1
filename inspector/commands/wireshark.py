"""``protocol-inspect wireshark``: the dissector that shows the same in Wireshark."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inspector.errors import UnwritableOutputError

from .completing import complete_file

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

STDOUT = "-"
_NAME = "nest"
_SUFFIX = ".lua"


@click.command()
@click.option(
    "--output",
    default=STDOUT,
    metavar="FILE",
    shell_complete=complete_file,
    show_default="stdout",
    help="Where to write it.",
)
def wireshark(output: str) -> None:
    """Write a Wireshark dissector for this protocol, in Lua.

    It recognises packets over TCP, NATS, RabbitMQ, Redis, MQTT, Kafka, gRPC, WebSocket
    and Socket.IO on any port, also those that span several segments, and defines fields
    to filter by: nest.kind, nest.route, nest.id, nest.err, nest.time, nest.carrier,
    nest.channel; of requests of HTTP, nest.http.route. Put the file into the personal
    Lua plugin folder, shown under Help > About > Folders in Wireshark, or pass it to
    tshark:

    \b
      tshark -X lua_script:nest.lua -r CAPTURE -Y 'nest.route == "sum"'

    \b
    Example:
      protocol-inspect wireshark --output nest.lua
    """
    script = one_script(files("inspector").joinpath("wireshark")).encode()
    if output == STDOUT:
        sys.stdout.buffer.write(script)
        return
    try:
        Path(output).write_bytes(script)
    except OSError as error:
        raise UnwritableOutputError.of(output, error) from error


def one_script(folder: Traversable) -> str:
    """Return the dissector as one file, with all its modules.

    Wireshark looks for no modules beside a script that it is given, so each becomes a
    function in ``package.preload``, where ``require`` looks first.

    Args:
        folder: Holds ``nest.lua`` and, in the folder ``nest``, the modules.
            ``require("nest.json")`` is ``nest/json.lua``.
    """
    main = folder.joinpath(_NAME + _SUFFIX).read_text(encoding="utf-8")
    modules = sorted(folder.joinpath(_NAME).iterdir(), key=lambda each: each.name)
    head, blank, body = main.partition("\n\n")
    return head + blank + "".join(map(_preloaded, modules)) + body


def _preloaded(module: Traversable) -> str:
    name = f"{_NAME}.{module.name.removesuffix(_SUFFIX)}"
    text = module.read_text(encoding="utf-8")
    return f'package.preload["{name}"] = function()\n{text}end\n\n'
