"""One output in several formats; each command offers all, and refuses what it lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import pytest

from inspector import cli
from inspector.views.format_registry import description, format_named, names
from inspector.views.output_format import COMMANDS
from inspector.words import listing
from tests.inspector.captures import SEED
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

_CALLS = {
    **{command: [command, str(SEED)] for command in COMMANDS},
    "report": [str(SEED)],
    "show": ["show", str(SEED), "1"],
    "explain": ["explain", '7#{"a":1}'],
    "check": ["check", str(SEED), "--contract", str(SEED.with_name("seed.json"))],
    "diff": ["diff", str(SEED), str(SEED)],
    "live": ["live", "-", "--only", "kind=event"],
}


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if each != "live"], ids=str
)
def test_format_json_is_json_and_format_table_is_the_view(command: str) -> None:
    call = _CALLS[command]

    assert run(*call, "--format", "json") == run(*call, "--json")
    assert run(*call, "--format", "table") == run(*call)
    assert json.loads(run(*call, "--json").out.split("\n{")[0])


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("command", COMMANDS)
def test_a_format_is_written_or_refused_with_what_it_is_for(
    name: str, command: str
) -> None:
    served = format_named(name).served()
    if command in served:
        if command != "live":  # whose end somebody has to bring about
            outcome = run(*_CALLS[command], "--format", name)
            assert (outcome.code, outcome.err) == (0, "")
            assert outcome.out
        return
    outcome = run(*_CALLS[command], "--format", name)

    assert (outcome.code, outcome.out) == (2, "")
    wanted = listing(served)
    assert outcome.err == f"protocol-inspect: --format {name} is for {wanted}\n"


def test_the_help_describes_what_there_is() -> None:
    for command in ("exchanges", "explain", "live"):
        shown = "".join(run(command, "--help").out.split()).replace("comma-", "comma-")

        assert "".join(f"Write {description()}.".split()) in shown


def test_an_unknown_format_is_a_usage_error_that_names_those_that_there_are() -> None:
    outcome = run("exchanges", SEED, "--format", "xml")

    assert outcome.code == 2
    assert all(f"'{name}'" in outcome.err for name in names())


def test_options_that_stand_for_a_format_yield_to_its_name() -> None:
    assert run("exchanges", SEED, "--json", "--format", "csv").out.startswith("number,")
    mermaid = run("ladder", SEED, "--mermaid")
    assert mermaid == run("ladder", SEED, "--format", "mermaid")
    assert mermaid.out.startswith("sequenceDiagram\n")
    assert run("ladder", SEED, "--mermaid", "--json") == run("ladder", SEED, "--json")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--format", "json"], "--json"),
        (["--format", "csv"], "--format csv"),
    ],
)
def test_only_a_view_has_a_picture(
    options: list[str], named: str, tmp_path: Path
) -> None:
    picture = tmp_path / "view.svg"
    outcome = run("exchanges", SEED, *options, "--svg", picture)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"protocol-inspect: --svg draws a view, which {named} is not\n"
    )
    assert not picture.exists()


def test_a_wrong_field_suggests_the_right_one() -> None:
    outcome = run("exchanges", SEED, "--fields", "rout")

    assert (outcome.code, outcome.out) == (2, "")
    assert "--fields: no field 'rout', did you mean route?" in outcome.err


@pytest.mark.parametrize(("name", "served"), [("exchanges", False), ("ladder", True)])
def test_only_formats_that_serve_a_command_are_completed(
    name: str, *, served: bool
) -> None:
    found = cli.command.get_command(click.Context(cli.command), name)
    assert found is not None
    context = click.Context(found, info_name=name)
    option = next(each for each in found.params if each.name == "format_name")
    values = [item.value for item in option.shell_complete(context, "")]

    assert "json" in values
    assert ("mermaid" in values) is served
