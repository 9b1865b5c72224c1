"""Which options several commands have, and what is said of them."""

from __future__ import annotations

import click

from inspector.cli import command
from inspector.commands.shared_options import (
    Described,
    described,
    documented,
    option_names,
)


def _group(**options: list[str]) -> click.Group:
    """Return commands, each with some options."""
    root = click.Group()
    for name, names in options.items():
        params = [click.Option([each], help="Text.", is_flag=True) for each in names]
        root.add_command(click.Command(name, params=[*params]))
    return root


def test_an_option_of_three_commands_is_shared_and_one_of_two_is_not() -> None:
    root = _group(a=["--x", "--y"], b=["--x", "--y"], c=["--x", "--z"])
    commands, groups = documented(root)

    (group,) = groups
    assert group.commands == ("a", "b", "c")
    assert option_names(group.options) == "--x"
    assert [option_names(each.own) for each in commands] == ["--y", "--y", "--z"]


def test_the_same_name_with_another_text_is_another_option() -> None:
    commands, _ = documented(command)
    own = {each.name: option_names(each.own).split(", ") for each in commands}

    assert "--write" in own["live"]
    assert "--write" not in own["report"]


def test_every_option_stands_somewhere() -> None:
    commands, groups = documented(command)
    shared = {option for group in groups for option in group.options}
    for each in commands:
        known = described(each.command, each.context)
        assert {*each.own, *each.shared} == set(known)
        assert shared >= set(each.shared)


def test_names_are_the_long_ones() -> None:
    both = Described("-i, --interface NAME", "Listen there.")

    assert option_names([both, Described("--json", "")]) == "--interface, --json"
