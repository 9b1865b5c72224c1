"""Commands and hooks of other packages, as far as entry points name them.

A package names a command as ``NAME = package:command`` in the group
``protocol_inspect.commands``, which is a command of click, and a hook in the group
``protocol_inspect.hooks``, which is an object with a method ``before``, ``after`` or
both. Names are known without loading anything; a command is imported when it is called,
hooks when any command begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import plugins

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

    import click

COMMANDS = "protocol_inspect.commands"
HOOKS = "protocol_inspect.hooks"
_WORDS = {COMMANDS: "left out command {}", HOOKS: "left out hook {}"}
_METHODS = ("before", "after")


class CommandsWarning(UserWarning):
    """A command or a hook of another package cannot be used."""


def added(ours: Iterable[str]) -> dict[str, str]:
    """Return the names of commands of other packages, each with its sentence.

    Args:
        ours: Names that they cannot have.
    """
    entries = sorted(plugins.entry_points(COMMANDS), key=lambda each: each.name)
    taken = set(ours)
    return {each.name: _sentence(each) for each in entries if each.name not in taken}


def _sentence(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist is not None else entry.value
    return f"Of the package {package}."


def load_command(name: str) -> click.Command | None:
    """Return a command of another package; None, and warn, if it cannot be used."""
    found: list[click.Command] = [each for _, each in _load(COMMANDS, name)]
    return found[0] if found else None


def load_commands() -> list[Any]:
    """Return all commands of other packages; warn of those that cannot be used."""
    return [found for _, found in _load(COMMANDS)]


def load_hooks() -> list[tuple[str, Any]]:
    """Return all hooks, each with its name; warn of those that cannot be used."""
    return _load(HOOKS)


def _load(group: str, name: str | None = None) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for entry in sorted(plugins.entry_points(group), key=lambda each: each.name):
        if name not in {None, entry.name}:
            continue
        try:
            loaded = entry.load()
            problem = _problem(group, loaded)
        except plugins.FAILURES as error:
            loaded, problem = None, plugins.described(error)
        if problem:
            plugins.leave_out(entry, _WORDS[group], CommandsWarning, problem)
        else:
            found.append((entry.name, loaded))
    return found


def _problem(group: str, loaded: object) -> str:
    """Return why something that was loaded cannot be used; nothing if it can."""
    if group == HOOKS:
        can = any(callable(getattr(loaded, each, None)) for each in _METHODS)
        return "" if can else "it has neither before() nor after()"
    import click  # noqa: PLC0415 — for those who have such commands

    return "" if isinstance(loaded, click.Command) else "it is not a click.Command"
