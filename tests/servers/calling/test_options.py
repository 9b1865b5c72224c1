from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import pytest

from protocol import UNDEFINED
from protocol.configuration import FILE
from servers.calling.addresses import Address
from servers.calling.options import (
    WatchableCommand,
    call_options,
    question_of,
    watch_option,
)

if TYPE_CHECKING:
    from pathlib import Path

    from servers.calling.question import Question

_TEXT = """\
[call.servers]
calc = { address = "127.0.0.1:8888", timeout = 5, tls_insecure = true }

[call.aliases]
total = { server = "calc", pattern = { cmd = "sum" }, data = [1, 2], metadata = "m" }
quick = { server = "calc", pattern = "quick", timeout = 0.5 }
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / FILE).write_text(_TEXT, encoding="utf-8")


def _question(*words: str) -> Question:
    """Return the call that a command line asks for."""
    found: list[Question] = []

    @click.command()
    @call_options
    def command(**given: Any) -> None:  # noqa: ANN401
        found.append(question_of("message", given))

    command.main(list(words), standalone_mode=False)
    return found[0]


def test_a_server_has_a_name() -> None:
    question = _question("calc", "sum", "[1]")

    assert question.server == Address("127.0.0.1", 8888)
    assert (question.pattern, question.data) == ("sum", [1])
    assert question.timeout == 5.0
    assert question.tls is not None


def test_a_call_has_a_name_and_its_data_may_be_others() -> None:
    question = _question("total")
    assert question.server == Address("127.0.0.1", 8888)
    assert (question.pattern, question.data) == ({"cmd": "sum"}, [1, 2])
    assert question.metadata == "m"

    assert _question("total", "[3]").data == [3]
    assert _question("total", "--metadata", "1").metadata == 1
    assert _question("quick").data == {}
    with pytest.raises(click.UsageError, match="total has a pattern; only data"):
        _question("total", "sum", "[3]")


def test_the_timeout_is_that_of_the_nearest() -> None:
    assert _question("quick").timeout == 0.5
    assert _question("total").timeout == 5.0
    assert _question("quick", "--timeout", "30").timeout == 30.0
    assert _question("quick", "--timeout", "0").timeout is None
    assert _question("localhost:1", "a").timeout == 30.0


def test_an_address_is_taken_as_before() -> None:
    question = _question("[::1]:8888", '{"cmd":"sum"}')

    assert question.server == Address("::1", 8888)
    assert (question.pattern, question.data) == ({"cmd": "sum"}, {})
    assert (question.metadata, question.tls) == (UNDEFINED, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["calk", "sum"], "'calk' is not host:port or unix:/path.*mean calc?"),
        (["calc"], "Missing argument 'PATTERN'"),
        (["calc", "sum", "--no-config"], "'calc' is not host:port"),
    ],
)
def test_what_is_wrong_is_said(words: list[str], said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        _question(*words)


def test_a_mistake_in_the_file_is_a_mistake_of_use(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[call.servers]\na = 1", encoding="utf-8")

    with pytest.raises(click.UsageError, match=r"line 2, call\.servers\.a: is a table"):
        _question("localhost:1", "a")


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        (["a:1", "b"], None),
        (["--watch", "a:1", "b"], 1.0),
        (["a:1", "b", "--watch"], 1.0),
        (["a:1", "b", "--watch", "0.5"], 0.5),
        (["a:1", "b", "--watch=3"], 3.0),
        (["a:1", "b", "--watch", "--repeat", "2"], 1.0),
    ],
)
def test_the_interval_of_a_watch_may_be_left_out(
    words: list[str], seconds: float | None
) -> None:
    found: list[float | None] = []

    @click.command(cls=WatchableCommand)
    @call_options
    @watch_option
    def command(*, watch: float | None, **_: Any) -> None:  # noqa: ANN401
        found.append(watch)

    command.main(words, standalone_mode=False)
    assert found == [seconds]
