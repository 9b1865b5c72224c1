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


def _example(*arguments: str) -> str:
    """Return what stands behind ``Example:`` in a help text, which ends it."""
    return run(*arguments, "--help").out.rpartition("Example:\n")[2]


@pytest.mark.parametrize("name", _NAMES)
def test_every_help_ends_in_an_example_of_that_command(name: str) -> None:
    lines = _example(name).strip().splitlines()

    others = [line for line in lines if "protocol-inspect" not in line]
    assert not others, f"lines of the example that run something else: {others}"
    assert name == "report" or f"protocol-inspect {name}" in lines[-1]


def test_the_first_help_ends_in_an_example() -> None:
    assert _example().strip() == "protocol-inspect captures/seed-nest12.pcap"


@pytest.mark.parametrize(
    "name", [each for each in _NAMES if each not in _NEEDS_AN_INTERFACE]
)
def test_every_example_runs(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("example")
    (folder / "captures").symlink_to(ROOT / "captures")
    monkeypatch.chdir(folder)
    for line in re.findall(r"^ *protocol-inspect (.*)$", _example(name), re.MULTILINE):
        outcome = run(*shlex.split(line))
        assert (outcome.code, outcome.err) == (0, "")
