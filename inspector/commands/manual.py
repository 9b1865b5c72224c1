"""The help texts of all commands as one page, ``docs/cli.md``.

An option of several commands is described there once. ``make docs`` writes the
page, and a test fails when it is not what the commands say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .shared_options import documented, option_names
from .speech import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .shared_options import Described, Documented, Group

_WIDTH = 80
_PREFACE = """\
# The command

What `protocol-inspect --help` and `protocol-inspect COMMAND --help` say, each option of
[several commands](#options-of-several-commands) once; at the end, what
`protocol-serve --help` says. This page, and those of `man protocol-inspect`,
`man protocol-call` and `man protocol-serve`, are written by `make docs`.

[filters.md](filters.md) describes the expressions of `--where`, `--fields` and
`--fail-on`, [output.md](output.md) the formats and the JSON lines.
"""
_SEVERAL = "\n## Options of several commands\n"


def manual(root: click.Group, others: Mapping[str, click.Command]) -> str:
    """Return the page: the program, each command, and the options that they share.

    Args:
        root: The program.
        others: Programs of one command each, by their names.
    """
    commands, groups = documented(root)
    return "".join(
        [
            _PREFACE,
            _section(PROGRAM, _help(root, PROGRAM)),
            *map(_command_section, commands),
            _SEVERAL,
            *map(_group_section, groups),
            *(_section(name, _help(each, name)) for name, each in others.items()),
        ]
    )


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, **command.context_settings)
    context.terminal_width = _WIDTH  # whatever that of the terminal is
    return command.get_help(context)


def _section(title: str, text: str, after: str = "") -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"\n## {title}\n\n```text\n{lines}\n```\n{after}"


def _command_section(of: Documented) -> str:
    formatter = click.HelpFormatter(width=_WIDTH, max_width=_WIDTH)
    of.command.format_usage(of.context, formatter)
    of.command.format_help_text(of.context, formatter)
    if of.own:
        with formatter.section("Options"):
            formatter.write_dl(of.own)
    of.command.format_epilog(of.context, formatter)
    text = formatter.getvalue().rstrip("\n")
    shared = f"\nAlso: {_code(of.shared)}.\n" if of.shared else ""
    return _section(f"{PROGRAM} {of.name}", text, shared)


def _group_section(group: Group) -> str:
    formatter = click.HelpFormatter(width=_WIDTH, max_width=_WIDTH)
    with formatter.indentation():
        formatter.write_dl(group.options)
    names = ", ".join(f"`{name}`" for name in group.commands)
    return f"\nOf {names}:\n\n```text\n{formatter.getvalue().rstrip()}\n```\n"


def _code(options: Sequence[Described]) -> str:
    return ", ".join(f"`{name}`" for name in _names(options))


def _names(options: Sequence[Described]) -> Iterator[str]:
    yield from option_names(options).split(", ")
