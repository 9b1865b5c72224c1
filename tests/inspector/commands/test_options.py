"""What a command is given is one value, and what it takes besides by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from inspector.commands.options import capture_options, output_options
from inspector.commands.run_options import RunOptions
from inspector.limits import MEBIBYTE, Limits
from inspector.views.formats.csv import Csv
from inspector.views.formats.json import Json
from inspector.views.formats.table import Table
from tests.inspector.captures import SEED
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.views.output_format import Format

_given: list[object] = []


@click.command()
@click.option("--full", is_flag=True)
@capture_options
def exchanges(options: RunOptions, *, full: bool) -> None:
    """Stand for a command over captures."""
    _given[:] = options, full


@click.command()
@click.argument("text")
@output_options
def explain(chosen: Format, text: str) -> None:
    """Stand for a command that writes."""
    _given[:] = chosen, text


def _parsed(command: click.Command, *arguments: str) -> tuple[int, str]:
    _given.clear()
    result = CliRunner().invoke(command, arguments)
    return result.exit_code, result.output


def _options(*arguments: str) -> RunOptions:
    code, said = _parsed(exchanges, *arguments)
    assert (code, said) == (0, "")
    options = _given[0]
    assert isinstance(options, RunOptions)
    return options


def test_of_what_is_not_named_the_usual_is_taken() -> None:
    options = _options("a.pcap", "-")

    assert options == RunOptions(options.format, ("a.pcap", "-"))
    assert isinstance(options.format, Table)
    assert _given[1] is False


def test_a_command_takes_captures_ports_carriers_and_a_format() -> None:
    options = _options(
        "--json", "--port", "1", "a", "--port", "65535", "--full", "--carrier", "tcp:7",
        "--max-memory", "3", "--max-connections", "9", "--write", "b", "--nest", "10",
    )  # fmt: skip

    assert isinstance(options.format, Json)
    assert options.captures == ("a",)
    assert options.ports == {1, 65535}
    assert options.carriers == {7: "tcp"}
    assert options.limits == Limits(memory=3 * MEBIBYTE, connections=9)
    assert options.subset == "b"
    assert options.nest.major == "10"
    assert _given[1] is True


def test_a_command_that_only_writes_takes_a_format() -> None:
    assert _parsed(explain, "x") == (0, "")
    assert isinstance(_given[0], Table)
    assert _parsed(explain, "x", "--json") == (0, "")
    assert isinstance(_given[0], Json)
    assert _given[1] == "x"


def test_the_format_is_that_of_the_name_if_the_command_is_served() -> None:
    assert isinstance(_options("a", "--format", "csv").format, Csv)
    code, said = _parsed(explain, "x", "--format", "csv")

    assert code == 2
    assert said.endswith("Error: --format csv is for exchanges and services\n")


@pytest.mark.parametrize(
    "arguments", [[], ["--port", "0", "a"], ["--port", "65536", "a"], ["--prot", "a"]]
)
def test_what_it_does_not_take_is_wrong_usage(arguments: list[str]) -> None:
    code, said = _parsed(exchanges, *arguments)

    assert code == 2
    assert "Error: " in said


def test_a_command_after_the_captures_is_told_with_the_line_that_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = tmp_path / "my calls.pcap"
    capture.write_bytes(SEED.read_bytes())
    late = run(capture, "show", "12")

    assert (late.code, late.out) == (2, "")
    assert late.err.endswith(
        f"show is a command, and comes first: protocol-inspect show '{capture}' 12\n"
    )
    monkeypatch.chdir(tmp_path)
    capture.rename("show")
    assert run(SEED, "show").code == 0
    assert run("exchanges", SEED, "--grep", "show").code == 0
