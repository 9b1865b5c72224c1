"""What is public is documented, and what the help shows runs."""

from __future__ import annotations

import inspect
import shlex
from typing import TYPE_CHECKING

import click
import pytest

import protocol
from inspector.cli import command
from tests.inspector.captures import ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from types import ModuleType

COMMANDS: dict[tuple[str, ...], click.Command] = {
    (): command,
    **{(name,): each for name, each in command.commands.items()},
}

each_command = pytest.mark.parametrize(
    "words", COMMANDS, ids=lambda words: " ".join(words) or "protocol-inspect"
)


def _names_of(module: ModuleType) -> list[str]:
    """Return what a package offers under its own name, submodules left out."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    ]


def test_the_exports_of_the_protocol_are_sorted_and_complete() -> None:
    exported = protocol.__all__

    assert sorted(exported, key=lambda name: (not name.isupper(), name)) == exported
    assert sorted(_names_of(protocol)) == sorted(exported)


@pytest.mark.parametrize("name", protocol.__all__)
def test_every_export_is_documented(name: str) -> None:
    value = getattr(protocol, name)
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return
    if getattr(value, "__module__", "").startswith("protocol"):
        words = (inspect.getdoc(value) or "").strip()
        assert words.endswith((".", ":", ")")), f"{name}: docstring {words!r}"
        own = vars(value).items() if inspect.isclass(value) else []
        for member, method in own:
            if inspect.isfunction(method) and not member.startswith("_"):
                assert inspect.getdoc(method), f"{name}.{member}: docstring"


@each_command
def test_every_command_tells_what_it_does(words: tuple[str, ...]) -> None:
    outcome = run(*words, "--help")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: protocol-inspect")
    assert "\\b" not in outcome.out
    for option in COMMANDS[words].params:
        told = isinstance(option, click.Argument) or option.to_info_dict()["help"]
        assert told, f"{' '.join(words)}: {option.opts} lacks its help"


@each_command
def test_every_help_ends_in_an_example_that_runs(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = _examples_in(run(*words, "--help").out)

    assert examples, f"{' '.join(words)}: the help lacks an example"
    monkeypatch.chdir(ROOT)
    for program, *arguments in examples:
        assert program == "protocol-inspect"
        outcome = run(*arguments)
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out, f"{' '.join(arguments)} prints nothing"


def _examples_in(text: str) -> list[list[str]]:
    """Return the lines after ``Example:``, up to the next blank line, as words."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.strip() in {"Example:", "Examples:"}:
            break
    examples = []
    for line in lines:
        if not line.strip():
            break
        examples.append(shlex.split(line))
    return examples
