"""The shells: what they ask, and what they are answered."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.command import PROGRAM, run, spawn
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_the_program(shell: str) -> None:
    outcome = run("completion", shell)

    assert outcome.code == 0
    assert f"_PROTOCOL_INSPECT_COMPLETE={shell}_complete" in outcome.out
    assert "protocol-inspect" in outcome.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["lad"], "plain,ladder"),
        (["ex"], "plain,exchanges"),
        (["ladder", "--mer"], "plain,--mermaid"),
        (["some.pcap", "--whe"], "plain,--where"),
        (["some"], "file,some"),
        (["follow", "so"], "file,so"),
        (["exchanges", "x.pcap", "--format", "c"], "plain,csv"),
        (["exchanges", "x.pcap", "--where", "outc"], "plain,outcome"),
        (["exchanges", "x.pcap", "--fields", "route,lat"], "plain,route,latency"),
    ],
)
def test_the_program_answers(words: list[str], expected: str) -> None:
    asked = {
        "_PROTOCOL_INSPECT_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["protocol-inspect", *words]),
        "COMP_CWORD": str(len(words)),
    }
    outcome = spawn(environment=asked)

    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert expected in outcome.stdout.decode().splitlines()


def test_a_real_bash_completes(tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(run("completion", "bash").out, encoding="utf-8")
    typed = f"""
        PATH={PROGRAM.parent}:$PATH
        . {script}
        COMP_WORDS=(protocol-inspect time) COMP_CWORD=1
        _protocol_inspect_completion protocol-inspect
        echo "${{COMPREPLY[@]}}"
    """
    completed = subprocess.run(
        ["bash", "-c", typed],  # noqa: S607
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    )

    assert "timeline" in completed.stdout.split()


def test_zsh_loads_its_completion_system_where_nobody_has() -> None:
    *_, load, register, end = run("completion", "zsh").out.rstrip().splitlines()

    assert load.strip() == (
        "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }"
    )
    assert register.strip() == "compdef _protocol_inspect_completion protocol-inspect"
    assert end == "fi"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_other_program_has_a_script_too(shell: str) -> None:
    script = run("completion", shell, "protocol-call").out

    assert f"_PROTOCOL_CALL_COMPLETE={shell}_complete" in script
    assert "protocol-inspect" not in script


def test_the_other_program_answers() -> None:
    asked = {"COMP_WORDS": "protocol-call se", "COMP_CWORD": "1"}
    answer = subprocess.run(
        [PROGRAM.with_name("protocol-call")],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **asked, "_PROTOCOL_CALL_COMPLETE": "bash_complete"},
        timeout=PATIENCE,
    )

    assert answer.stdout.splitlines() == ["plain,send"]


def test_another_shell_is_refused() -> None:
    assert run("completion", "cmd").code == 2
