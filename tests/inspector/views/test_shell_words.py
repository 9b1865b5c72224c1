"""A shell takes the names as they were meant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from inspector.views.shell_words import from_pipe, program, shell_names
from tests.inspector.command import PROGRAM


@pytest.mark.parametrize("name", ["a b.pcap", "it's.pcap", "$HOME", "a;b", "求.pcap"])
def test_a_shell_gives_back_the_names(name: str) -> None:
    script = f"printf '%s|' {shell_names([name, 'c'])}"
    given = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)

    assert given.stdout.decode() == f"{name}|c|"


def test_a_name_with_a_dash_is_no_option_and_stdin_is_a_dash() -> None:
    assert shell_names(["-x.pcap", "-"]) == "./-x.pcap -"


def test_what_a_terminal_would_obey_is_escaped() -> None:
    assert "\x1b" not in shell_names(["a\x1b[2J"])


def test_a_capture_from_a_pipe_is_not_there_a_second_time() -> None:
    assert from_pipe(["a.pcap", "-"])
    assert not from_pipe(["a.pcap", "./-"])


@pytest.mark.parametrize(
    ("called", "path", "shown"),
    [
        (str(PROGRAM), str(PROGRAM.parent), "protocol-inspect"),
        (str(PROGRAM), "/nowhere", str(PROGRAM)),
        ("./bin/protocol-inspect", str(PROGRAM.parent), "./bin/protocol-inspect"),
        ("a b/protocol-inspect", "/nowhere", "'a b/protocol-inspect'"),
        ("/usr/lib/inspector/cli.py", "/nowhere", "protocol-inspect"),
    ],
    ids=["found", "not found", "another", "blank", "module"],
)
def test_the_program_has_its_name_where_a_shell_finds_it_by_that(
    called: str, path: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called, "a.pcap"])
    monkeypatch.setenv("PATH", path)

    assert program() == shown


@pytest.mark.parametrize("on_path", [True, False])
def test_a_shell_starts_the_program_by_what_is_shown(
    tmp_path: Path, *, on_path: bool
) -> None:
    folder = tmp_path / "its bin"
    folder.symlink_to(PROGRAM.parent)
    path = f"{PROGRAM.parent}:/usr/bin:/bin" if on_path else "/usr/bin:/bin"
    called = "protocol-inspect" if on_path else "'its bin/protocol-inspect'"
    capture = Path(__file__).parents[3] / "captures" / "seed-nest12.pcap"

    def shell(line: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=tmp_path,
            env={"PATH": path, "COLUMNS": "80"},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode()

    last = shell(f"{called} {capture}").splitlines()[-1]
    typed = last.removeprefix("next     ")

    assert typed == f"{called} ladder {capture}"
    assert shell(typed).startswith("   time s")
