from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import click
import pytest

from servers.calling import acting
from servers.calling.asking import UNREACHABLE
from servers.cli import command
from tests.servers.serving.probes import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.hooks import Kind


def _ended(words: list[str], act: Callable[[dict[str, object]], None]) -> int:
    """Return the exit code of what is done with the options of a command."""
    name, *given = words
    with (
        command.commands[name].make_context(name, given) as context,
        pytest.raises(SystemExit) as end,
    ):
        act(context.params)
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.mark.parametrize(("name", "kind"), [("send", "message"), ("emit", "event")])
def test_a_call_that_reaches_nobody_ends_with_its_code(
    name: str, kind: Kind, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"127.0.0.1:{free_port()}"
    code = _ended([name, address, "sum"], lambda given: acting.call(kind, given))

    out, err = capsys.readouterr()
    assert (code, out) == (UNREACHABLE, "")
    assert err.startswith("protocol-call:")
    assert address in err


def test_a_watched_call_ends_after_as_many_times_as_were_typed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["send", f"127.0.0.1:{free_port()}", "sum", "--repeat", "2"]
    code = _ended(words, lambda given: acting.watch(0.001, given))

    assert code == UNREACHABLE
    assert capsys.readouterr().err.count("sum") >= 1


def test_the_lines_of_stdin_are_obeyed_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = io.TextIOWrapper(io.BytesIO(b"send sum 1\n"))
    monkeypatch.setattr(sys, "stdin", lines)
    address = f"127.0.0.1:{free_port()}"
    code = _ended(
        ["prompt", address],
        lambda given: acting.converse(str(given.pop("address")), given),
    )

    assert code == UNREACHABLE
    assert "cannot" in capsys.readouterr().err


def test_what_the_options_do_not_say_together_is_a_mistake_of_usage() -> None:
    with (
        command.commands["send"].make_context("send", ["nowhere", "sum"]) as context,
        pytest.raises(click.UsageError),
    ):
        acting.call("message", context.params)
