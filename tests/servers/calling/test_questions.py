"""What is asked at a real terminal, and in no pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers.cli import main
from tests.asking import asked
from tests.servers.calling.terminals import served

if TYPE_CHECKING:
    from pathlib import Path


def test_server_pattern_and_data_are_asked_for(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        (tmp_path / "protocol-inspect.toml").write_text(
            f'[call.servers]\ncalc = "{address}"\n', encoding="utf-8"
        )
        with asked(
            tmp_path, "send", "--no-history", program="protocol-call"
        ) as command:
            command.answer("Server (calc, HOST:PORT):", "clac\n")
            command.answer("did you mean calc?\nServer (calc, HOST:PORT):", "calc\n")
            command.answer("Pattern (JSON, or a plain string):", "sum\n")
            command.answer("Data [{}]:", "[1,2\n")
            command.answer("Data [{}]:", "[1,2]\n")
            code, shown = command.ended()
        assert (code, "3" in shown.splitlines()) == (0, True)

        with asked(tmp_path, "prompt", program="protocol-call") as command:
            command.interrupt("Server (calc, HOST:PORT):")
            code, shown = command.ended()
        assert (code, "Traceback" in shown) == (130, False)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["send"], "protocol-call: Missing argument 'HOST:PORT'\n"),
        (["emit", "127.0.0.1:1"], "protocol-call: Missing argument 'PATTERN'\n"),
        (["prompt"], "protocol-call: Missing argument 'HOST:PORT'\n"),
    ],
)
def test_nobody_is_asked_in_a_pipe(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", line)
