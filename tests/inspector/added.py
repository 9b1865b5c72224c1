"""A package of somebody else that adds commands and hooks, in a folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MODULE = '''
import sys
import click

print("birds is imported", file=sys.stderr)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--twice", is_flag=True)
def sing(words, twice):
    """Sing."""
    click.echo(" ".join(words) * (1 + twice))


@click.command()
def fall():
    """Fall."""
    raise ValueError("no wing\\nat all")


@click.command()
def quit():
    """Quit."""
    sys.exit("gone")


@click.command()
def three():
    """End with 3."""
    sys.exit(3)


not_a_command = 7


class Log:
    def before(self, command, parameters):
        print("before", command, parameters, file=sys.stderr)

    def after(self, command, parameters, exit_code):
        print("after", command, parameters, exit_code, file=sys.stderr)


class Rude:
    def before(self, command, parameters):
        raise ValueError("rude before")

    def after(self, command, parameters, exit_code):
        sys.exit(9)


log, rude = Log(), Rude()
'''


def install(folder: Path, commands: dict[str, str], hooks: dict[str, str]) -> None:
    """Install the package in a folder that Python looks into.

    Args:
        folder: The folder.
        commands: Name → what of the module it is …
        hooks: … and of hooks.
    """
    (folder / "birds.py").write_text(MODULE, encoding="utf-8")
    metadata = folder / "birds-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: birds\nVersion: 1\n"
    )
    groups = {"protocol_inspect.commands": commands, "protocol_inspect.hooks": hooks}
    lines = []
    for group, entries in groups.items():
        lines += [f"[{group}]", *(f"{key} = {at}" for key, at in entries.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
