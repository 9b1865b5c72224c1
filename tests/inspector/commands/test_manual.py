"""docs/cli.md is what the help texts say, and their examples run."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from inspector.cli import command
from inspector.commands.manual import manual
from tests.inspector.captures import ROOT
from tests.inspector.command import run

_PAGE = ROOT / "docs" / "cli.md"
_CONTEXT = click.Context(command)
_NAMES = command.list_commands(_CONTEXT)
_NEEDS_AN_INTERFACE = {"live", "proxy"}


def test_the_page_is_what_make_docs_writes(request: pytest.FixtureRequest) -> None:
    page = manual(command)
    if request.config.getoption("--update-golden"):
        _PAGE.write_text(page, encoding="utf-8")

    assert _PAGE.read_text(encoding="utf-8") == page


@pytest.mark.parametrize("name", _NAMES)
def test_every_help_ends_in_an_example_of_that_command(name: str) -> None:
    found = command.get_command(_CONTEXT, name)
    assert found is not None
    assert found.help is not None
    *_, example = found.help.replace("\b", "").rstrip().partition("Example:\n")

    assert example.strip().startswith("protocol-inspect")
    assert name == "report" or f"protocol-inspect {name}" in example


@pytest.mark.parametrize(
    "name", [each for each in _NAMES if each not in _NEEDS_AN_INTERFACE]
)
def test_every_example_runs(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = command.get_command(_CONTEXT, name)
    assert found is not None
    assert found.help is not None
    example = found.help.rpartition("Example:\n")[2]
    folder = tmp_path_factory.mktemp("example")
    (folder / "captures").symlink_to(ROOT / "captures")
    monkeypatch.chdir(folder)
    for line in re.findall(r"^ *protocol-inspect (.*)$", example, re.MULTILINE):
        outcome = run(*shlex.split(line))
        assert (outcome.code, outcome.err) == (0, "")
