from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner

from inspector.commands.options import capture_options


@click.command()
@capture_options
def _echo(**options: Any) -> None:  # noqa: ANN401 — whatever click gives
    click.echo(sorted(options.items()))


def _parsed(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(_echo, arguments)
    return result.exit_code, result.output.strip()


def test_a_command_takes_captures_ports_and_json() -> None:
    assert _parsed("a.pcap", "-") == (
        0,
        "[('as_json', False), ('captures', ('a.pcap', '-')), ('ports', ())]",
    )
    assert _parsed("--json", "--port", "1", "a", "--port", "65535") == (
        0,
        "[('as_json', True), ('captures', ('a',)), ('ports', (1, 65535))]",
    )


@pytest.mark.parametrize(
    "arguments", [[], ["--port", "0", "a"], ["--port", "65536", "a"], ["--prot", "a"]]
)
def test_what_it_does_not_take_is_wrong_usage(arguments: list[str]) -> None:
    code, said = _parsed(*arguments)

    assert code == 2
    assert "Error: " in said
