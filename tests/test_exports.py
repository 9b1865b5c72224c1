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
    from pathlib import Path
    from types import ModuleType

COMMANDS: dict[tuple[str, ...], click.Command] = {(): command}
for _name in command.list_commands(click.Context(command)):
    COMMANDS[_name,] = command.get_command(click.Context(command), _name) or command
_ENDLESS = {("live",), ("proxy",), ("browse",), ("conformance",)}
"""They go on until they are left, or need a peer."""

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
def test_every_help_ends_in_an_example(words: tuple[str, ...]) -> None:
    examples = _examples_in(run(*words, "--help").out)

    assert examples, f"{' '.join(words)}: the help lacks an example"
    assert "protocol-inspect" in {program for program, *_ in examples}


@pytest.mark.parametrize("words", sorted({*COMMANDS} - _ENDLESS), ids=" ".join)
def test_what_the_help_shows_runs(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "captures").symlink_to(ROOT / "captures")
    monkeypatch.chdir(tmp_path)
    for program, *arguments in _examples_in(run(*words, "--help").out):
        assert program == "protocol-inspect"
        outcome = run(*arguments)
        assert (outcome.code, outcome.err) == (0, "")
        written = [each for each in tmp_path.iterdir() if each.name != "captures"]
        assert outcome.out or written, f"{' '.join(arguments)} prints nothing"


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
