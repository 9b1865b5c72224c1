"""Names, servers and patterns, as real shells complete them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from protocol.configuration import FILE
from tests.inspector.command import run
from tests.inspector.commands.test_completion import at_a_terminal
from tests.patience import PATIENCE

_PROGRAM = Path(sys.executable).with_name("protocol-call")
_SEEN = [
    ("127.0.0.1:8888", "users:find"),
    ("127.0.0.1:8888", {"cmd": "sum"}),
    ("127.0.0.1:8888", "\x1b[2J"),
    ("127.0.0.1:8888", "sum"),
    ("[::1]:8889", "other"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with names for calls, and with patterns seen."""
    (tmp_path / FILE).write_text(
        '[call.servers]\ncalc = "127.0.0.1:8888"\n[call.aliases]\n'
        'total = {server = "calc", pattern = "sum"}\n',
        encoding="utf-8",
    )
    folder = tmp_path / ".local" / "state" / "protocol-call"
    folder.mkdir(parents=True)
    text = "".join(f"{json.dumps(each)}\n" for each in _SEEN)
    (folder / "patterns.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def _completed(home: Path, words: list[str], separator: str = "\n") -> list[str]:
    """Return what bash is told, the last word being completed."""
    asked = {
        "COMP_WORDS": separator.join(["protocol-call", *words]),
        "COMP_CWORD": str(len(words)),
        "_PROTOCOL_CALL_COMPLETE": "bash_complete",
    }
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    answer = subprocess.run(
        [_PROGRAM],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=home,
        env={**environment, **asked},
        timeout=PATIENCE,
    )
    assert answer.stderr == ""
    return [line.removeprefix("plain,") for line in answer.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["send", ""], ["calc", "total", "'[::1]:8889'", "127.0.0.1:8888"]),
        (["emit", "ca"], ["calc"]),
        (["send", "127.0.0.1", ":", "88"], ["8888"]),
        (["send", "127.0.0.1", ":"], ["8888"]),
        (["send", "calc", ""], ["sum", '\'{"cmd":"sum"}\'', "users:find"]),
        (["send", "calc", "'{"], ['{"cmd":"sum"}']),
        (["send", "calc", "users", ":", "f"], ["find"]),
        (["send", "127.0.0.1", ":", "8888", "su"], ["sum"]),
        (["send", "[", "::", "1]", ":", "8889", ""], ["other"]),
        (["send", "--no-history", "calc", ""], []),
        (["send", "--no-config", "calc", ""], []),
        (["send", "total", ""], []),
    ],
)
def test_bash_is_told_names_servers_and_patterns(
    home: Path, words: list[str], expected: list[str]
) -> None:
    assert _completed(home, words) == expected


def test_a_mistake_in_the_file_completes_nothing(home: Path) -> None:
    (home / FILE).write_text("[call", encoding="utf-8")

    assert _completed(home, ["send", "c"]) == []


_TYPED = [
    ("protocol-call send ca", "send calc"),
    ("protocol-call send calc us", "calc users:find"),
    ("protocol-call send 127.0.0.1:8888 us", "8888 users:find"),
    ("protocol-call send 127.0.0.1:88", "127.0.0.1:8888"),
]


@pytest.mark.parametrize(("typed", "shown"), _TYPED)
def test_a_real_bash_completes_them(home: Path, typed: str, shown: str) -> None:
    script = home / "script"
    script.write_text(run("completion", "bash", "protocol-call").out)

    at_a_terminal(
        ["bash", "--norc", "-i"], [f". {script}\n", f"{typed}\t"], shown, home
    )


@pytest.mark.skipif(which("zsh") is None, reason="a zsh")
@pytest.mark.parametrize(("typed", "shown"), _TYPED)
def test_a_real_zsh_completes_them(home: Path, typed: str, shown: str) -> None:
    script = home / "script"
    script.write_text(run("completion", "zsh", "protocol-call").out)

    at_a_terminal(["zsh", "-f", "-i"], [f". {script}\n", f"{typed}\t"], shown, home)


@pytest.mark.skipif(which("fish") is None, reason="a fish")
@pytest.mark.parametrize(("typed", "shown"), _TYPED)
def test_a_real_fish_completes_them(home: Path, typed: str, shown: str) -> None:
    script = home / "script"
    script.write_text(run("completion", "fish", "protocol-call").out)
    environment = {"PATH": f"{_PROGRAM.parent}:{os.environ['PATH']}"}
    completed = subprocess.run(
        ["fish", "--no-config", "-c", f'source {script}; complete -C "{typed}"'],  # noqa: S607
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=home,
        env={**environment, "HOME": str(home)},
        timeout=PATIENCE,
    )

    assert completed.stdout.splitlines()[0] == shown.rsplit(maxsplit=1)[-1]
