from __future__ import annotations

import os
import subprocess
import sys

import pytest

from inspector.commands.speech import PROGRAM, say
from tests.patience import PATIENCE


@pytest.mark.parametrize("role", ["error", "warning"])
def test_words_are_one_line_on_stderr(
    role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say("a.pcap: " + "a long sentence " * 20 + "ends", role)
    said = capsys.readouterr()

    assert said.out == ""
    assert said.err == f"{PROGRAM}: a.pcap: {'a long sentence ' * 20}ends\n"


def test_words_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    say("\x1b[2J\r\nx", "error")

    assert capsys.readouterr().err == f"{PROGRAM}: \\u001b[2J\\u000d\\u000ax\n"


def test_on_a_terminal_words_fold_at_a_blank(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    say("a.pcap: no such file, nor a directory of that name", "error")

    assert capsys.readouterr().err.splitlines()[1:] == [
        "  file, nor a directory of that name"
    ]


def test_the_exit_code_is_told_though_nobody_reads_the_words() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "inspector.cli", "no-such-file"],
            env={**os.environ, "PYTHONUNBUFFERED": ""},
            stderr=writer,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(writer)

    assert ended.returncode == 3
