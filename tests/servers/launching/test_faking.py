from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from servers import BlockingClient
from servers.errors import UsageError
from servers.launching.command import command
from servers.launching.faking import finder_of
from servers.launching.speech import USAGE
from servers.launching.starting import start
from servers.testing import serving
from tests.servers.recorded.recorded import line, value

if TYPE_CHECKING:
    from pathlib import Path


def _options(*words: str) -> dict[str, Any]:
    with command.make_context("protocol-serve", list(words)) as context:
        return context.params


@pytest.fixture
def answers(tmp_path: Path) -> str:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(line("a", {"at": 1}, value(5, after_ms=60_000_000)))
    return str(file)


@pytest.mark.parametrize("latency", ["none", "0", "0.5ms"])
def test_recordings_are_served_with_their_options(answers: str, latency: str) -> None:
    words = ["--from", answers, "--latency", latency, "--ignore", "$.at", "--strict"]
    find, options = finder_of(_options(*words, "tcp://127.0.0.1:1", "nats://n:1"))

    assert options["urls"] == ("tcp://127.0.0.1:1", "nats://n:1")
    with serving(find()) as server, BlockingClient(port=server.port) as nest:
        assert nest.send("a", {"at": 2}) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing argument 'MODULE"),
        (["module", "--ignore", "$.a"], "--ignore is for --from"),
        (["module", "--latency", "none"], "--latency is for --from"),
        (["module", "--strict"], "--strict is for --from"),
        (["module", "--from", "a"], "--from takes the place of the module 'module'"),
        (["--from", "a", "--factory"], "--factory is for a module"),
        (["--from", "a", "--reload"], "--reload is for a module"),
        (["--from", "a", "--workers", "2"], "served by one process"),
    ],
)
def test_what_contradicts_itself_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        finder_of(_options(*words))


@pytest.mark.parametrize("latency", ["soon", "-1", "nan", "inf", ""])
def test_a_latency_is_one_of_three(
    latency: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from servers.launching.command import main  # noqa: PLC0415

    assert main(["--from", "a", "--latency", latency]) == USAGE
    assert "neither recorded, none nor milliseconds" in capsys.readouterr().err


def test_a_file_that_is_missing_is_a_line_and_the_code_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "missing.jsonl")

    assert start(_options("--from", missing, "--port", "0")) == USAGE
    err = capsys.readouterr().err
    assert err == f"protocol-serve: {missing}: no such file or directory\n"


def test_a_shell_completes_the_words_of_a_latency() -> None:
    context = command.make_context("protocol-serve", [], resilient_parsing=True)
    latency = next(each for each in command.params if each.name == "latency")
    found = [each.value for each in latency.shell_complete(context, "")]

    assert found == ["recorded", "none"]
