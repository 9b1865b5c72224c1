"""docs/cli.md and the pages for man say what the help texts say; examples run."""

from __future__ import annotations

import re
import shlex
from functools import partial
from typing import TYPE_CHECKING

import click
import pytest

import servers.cli
import servers.launching.command
from inspector.cli import command
from inspector.commands.man_page import Page, man_page
from inspector.commands.manual import manual
from tests.inspector.captures import ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTEXT = click.Context(command)
_NAMES = command.list_commands(_CONTEXT)
_NEEDS_MORE = {"live", "proxy", "browse", "conformance"}  # an interface, a service …


_CALL = Page(
    program="protocol-call",
    arguments=("COMMAND ...",),
    codes=servers.cli.__doc__ or "",
    environment=(
        (
            "PROTOCOL_CALL_NO_HISTORY",
            "If it is set, patterns are not kept.",
        ),
    ),
    see_also=("protocol-inspect (1)", "protocol-serve (1)"),
)
_SERVE = Page(
    program="protocol-serve",
    arguments=("[OPTIONS] MODULE[:SERVICE]",),
    codes=servers.launching.command.__doc__ or "",
    environment=(),
    see_also=("protocol-call (1)",),
)
serve = servers.launching.command.command
_OTHERS = {"protocol-serve": serve}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("cli.md", partial(manual, command, _OTHERS)),
        ("protocol-inspect.1", partial(man_page, command)),
        ("protocol-call.1", partial(man_page, servers.cli.command, _CALL)),
        ("protocol-serve.1", partial(man_page, serve, _SERVE)),
    ],
)
def test_the_page_is_what_make_docs_writes(
    request: pytest.FixtureRequest, name: str, written: Callable[[], str]
) -> None:
    file, page = ROOT / "docs" / name, written()
    if request.config.getoption("--update-golden"):
        file.write_text(page, encoding="utf-8")

    assert file.read_text(encoding="utf-8") == page


def test_an_option_of_several_commands_stands_once() -> None:
    page = manual(command, {})

    assert len(re.findall("^ +--where EXPRESSION", page, re.MULTILINE)) == 1
    assert len(re.findall("^ +--hex", page, re.MULTILINE)) == 1


def test_every_command_names_all_of_its_options() -> None:
    sections = re.split(
        r"^## protocol-inspect ", manual(command, {}), flags=re.MULTILINE
    )
    texts = dict(section.split("\n", 1) for section in sections)
    for name in _NAMES:
        found = command.get_command(_CONTEXT, name)
        assert found is not None
        for option in (each for param in found.params for each in param.opts):
            assert not option.startswith("--") or option in texts[name]


def _example(*arguments: str) -> str:
    """Return what follows ``Example:`` in a help text, to its end."""
    return run(*arguments, "--help").out.rpartition("Example:\n")[2]


@pytest.mark.parametrize("name", _NAMES)
def test_every_help_ends_in_an_example_of_that_command(name: str) -> None:
    lines = _example(name).strip().splitlines()

    others = [line for line in lines if "protocol-inspect" not in line]
    assert not others, f"lines of the example that run something else: {others}"
    assert name == "report" or f"protocol-inspect {name}" in lines[-1]


def test_the_first_help_ends_in_an_example() -> None:
    assert _example().strip() == "protocol-inspect captures/seed-nest12.pcap"


@pytest.mark.parametrize("name", [each for each in _NAMES if each not in _NEEDS_MORE])
def test_every_example_runs(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("example")
    (folder / "captures").symlink_to(ROOT / "captures")
    monkeypatch.chdir(folder)
    for line in re.findall(r"^ *protocol-inspect (.*)$", _example(name), re.MULTILINE):
        outcome = run(*shlex.split(line))
        assert (outcome.code, outcome.err) == (0, "")
