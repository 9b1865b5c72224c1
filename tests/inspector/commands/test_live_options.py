"""The options of ``live`` and ``proxy`` are the same, and mean the same."""

from __future__ import annotations

import click
import pytest

from inspector.commands.live import live
from inspector.commands.proxy import proxy
from tests.inspector.captures import SHOWCASE
from tests.inspector.command import run, spawn

_SHARED = {
    "--for", "--count", "--slow", "--write", "--rotate-size", "--rotate-time", "--keep",
    "--json", "--only", "--where", "--redact", "--fail-on", "--nest", "--port",
    "--max-connections", "--max-memory", "--max-connection-memory", "--format",
    "--carrier",
}  # fmt: skip


@pytest.mark.parametrize("command", [live, proxy], ids=["live", "proxy"])
def test_both_take_the_same(command: click.Command) -> None:
    options = {option for param in command.params for option in param.opts}

    assert options >= _SHARED
    silent = [
        param.name
        for param in command.params
        if isinstance(param, click.Option) and not param.help
    ]
    assert not silent, f"options without help: {silent}"


def test_what_is_hidden_is_hidden_in_every_line() -> None:
    data = SHOWCASE.read_bytes()
    words = ("live", "-", "--json", "--only", "pattern=echo")
    shown = spawn(*words, stdin=data).stdout
    hidden = spawn(*words, "--redact", "data", stdin=data).stdout

    assert shown.count("求求求".encode()) > hidden.count("求求求".encode())


def test_only_compares_numbers_as_numbers_and_words_as_strings() -> None:
    data = SHOWCASE.read_bytes()
    pattern = 'pattern={"cmd":"sum"}'
    for only in ("packets=1", "pattern=7", "kind=event", pattern):
        out = spawn("live", "-", "--json", "--only", only, stdin=data).stdout
        assert out.count(b'"type":"exchange"') == 1, only


def test_a_field_that_does_not_exist_is_an_error() -> None:
    outcome = run("live", "-", "--only", "patern=sum")

    assert outcome.code == 2
    assert "did you mean pattern" in outcome.err


def test_a_format_that_shows_nothing_live_is_refused() -> None:
    outcome = run("live", "-", "--format", "csv")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith("--format csv is for exchanges and services\n")


def test_packets_are_written_to_a_file_with_a_name() -> None:
    outcome = run("live", "-", "--write", "-")

    assert outcome.code == 2
    assert outcome.err.startswith("protocol-inspect: --write: - is not a file")
