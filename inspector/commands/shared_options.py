"""Options that several commands have, so that a page describes each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from protocol.named_tuple import NamedTuple

from .speech import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEVERAL = 3  # commands; an option of two stands with each, unless these are all


class Described(NamedTuple):
    """An option as help texts have it: ``--port PORT``, and what it does."""

    names: str
    text: str


class Group(NamedTuple):
    """Options, and the commands that have them all."""

    commands: tuple[str, ...]
    options: list[Described]


class Documented(NamedTuple):
    """A command, its context, and the options that it has alone and with others."""

    name: str
    command: click.Command
    context: click.Context
    own: list[Described]
    shared: list[Described]


def documented(
    root: click.Group, program: str = PROGRAM
) -> tuple[list[Documented], list[Group]]:
    """Return all commands, and the options that at least three of them have, or all."""
    context = click.Context(root, info_name=program, **root.context_settings)
    owners: dict[Described, list[str]] = {}
    found: list[tuple[str, click.Command, click.Context, list[Described]]] = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        options = described(command, inner)
        for option in options:
            owners.setdefault(option, []).append(name)
        found.append((name, command, inner, options))
    least = min(_SEVERAL, len(found))
    several = {each for each, names in owners.items() if len(names) >= least}
    commands = [
        Documented(
            name,
            command,
            inner,
            [each for each in options if each not in several],
            [each for each in options if each in several],
        )
        for name, command, inner, options in found
    ]
    return commands, _groups(owners, several)


def described(command: click.Command, context: click.Context) -> list[Described]:
    """Return the options of a command in the order of its help, but for ``--help``."""
    options = [each for each in command.params if isinstance(each, click.Option)]
    records = (each.get_help_record(context) for each in options)
    return [Described(*record) for record in records if record is not None]


def _groups(owners: dict[Described, list[str]], several: set[Described]) -> list[Group]:
    """Return the shared options, together those that the same commands have."""
    groups: dict[tuple[str, ...], list[Described]] = {}
    for option, names in owners.items():
        if option in several:
            groups.setdefault(tuple(names), []).append(option)
    return [Group(names, options) for names, options in groups.items()]


def option_names(options: Sequence[Described]) -> str:
    """Return the long names of options, without what they take: ``--port, --nest``."""
    return ", ".join(
        word.strip(",")
        for each in options
        for word in each.names.split()
        if word.startswith("--")
    )
