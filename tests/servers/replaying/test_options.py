from __future__ import annotations

import click
import pytest
from click.shell_completion import ShellComplete

from servers.cli import command


def _completed(*words: str) -> list[tuple[str, str]]:
    *typed, incomplete = words
    shell = ShellComplete(command, {}, "protocol-call", "_PROTOCOL_CALL_COMPLETE")
    found = shell.get_completions(["replay", *typed], incomplete)
    return [(each.value, each.type) for each in found]


def test_files_and_options_are_completed() -> None:
    assert _completed("nest.p") == [("nest.p", "file")]
    assert ("--ignore", "plain") in _completed("a.jsonl", "a:1", "--i")
    assert _completed("a.jsonl", "a:1", "--kind", "m") == [("message", "plain")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "FILE"),
        (["a.jsonl"], "TARGET"),
        (["a.jsonl", "a:1", "--speed", "0"], "--speed"),
        (["a.jsonl", "a:1", "--concurrency", "0"], "--concurrency"),
        (["a.jsonl", "a:1", "--kind", "x"], "--kind"),
    ],
)
def test_what_is_missing_or_wrong_is_named(words: list[str], said: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        command.commands["replay"].make_context("replay", words)
    assert said in caught.value.format_message()
