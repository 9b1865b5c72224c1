"""The help texts of all commands as one page, ``docs/cli.md``.

``make docs`` writes it, and a test fails when it is not what the commands say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .speech import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 80
_PREFACE = """\
# The command

What `protocol-inspect --help` and `protocol-inspect COMMAND --help` say. This page
is written by `make docs`.

[filters.md](filters.md) describes the expressions of `--where`, `--fields` and
`--fail-on`, [output.md](output.md) the formats and the JSON lines.
"""


def manual(root: click.Group) -> str:
    """Return the page: the help of the program, then that of each command."""
    return _PREFACE + "".join(_sections(root))


def _sections(root: click.Group) -> Iterator[str]:
    context = click.Context(root, info_name=PROGRAM, **root.context_settings)
    yield _section(PROGRAM, root, context)
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        yield _section(f"{PROGRAM} {name}", command, inner)


def _section(title: str, command: click.Command, context: click.Context) -> str:
    context.terminal_width = _WIDTH  # whatever that of the terminal is
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    text = "\n".join(lines)
    return f"\n## {title}\n\n```text\n{text}\n```\n"
