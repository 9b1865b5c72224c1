"""The shells: what they ask, and what they are answered."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from shutil import which
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
        (["conformance", "--check", "length-w"], "plain,length-written-bmp"),
        (["query", "calls", "slow"], "plain,slowest"),
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


def _script(folder: Path, shell: str) -> Path:
    """Return a file with the completions of both programs."""
    script = folder / f"completion.{shell}"
    programs = ("protocol-inspect", "protocol-call", "protocol-serve")
    texts = [run("completion", shell, program).out for program in programs]
    script.write_text("\n".join(texts), encoding="utf-8")
    return script


_TYPED = [
    ("protocol-call se", "protocol-call send"),
    ("protocol-call send --tls-n", "--tls-name"),
    ("protocol-serve orders --reload-", "--reload-dir"),
    ("protocol-inspect exchanges --where outc", "--where outcome"),
    ("protocol-inspect exchanges --where 'latency > 1s and outc", "and outcome'"),
    ("protocol-inspect exchanges --fields route,lat", "--fields route,latency"),
]


@pytest.mark.skipif(which("zsh") is None, reason="a zsh")
@pytest.mark.parametrize(("typed", "shown"), _TYPED)
def test_a_real_zsh_completes_and_asks_nothing(
    typed: str, shown: str, tmp_path: Path
) -> None:
    others = tmp_path / "others"
    others.mkdir()
    others.chmod(0o777)  # compinit would ask whether to go on
    said = at_a_terminal(
        ["zsh", "-f", "-i"],
        [f"fpath=({others} $fpath); . {_script(tmp_path, 'zsh')}\n", f"{typed}\t"],
        shown,
        tmp_path,
    )

    assert "insecure" not in said
    assert "not found" not in said


def at_a_terminal(shell: list[str], typed: list[str], awaited: str, home: Path) -> str:
    """Type something into a shell until it shows what is awaited."""
    ours, its = pty.openpty()
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(home), "TERM": "dumb", "COLUMNS": "200"}
    said, end = "", time.monotonic() + PATIENCE
    with subprocess.Popen(
        shell, stdin=its, stdout=its, stderr=its, env=environment, cwd=home
    ) as process:
        os.close(its)
        os.write(ours, "".join(typed).encode())
        while awaited not in said and time.monotonic() < end:
            if select.select([ours], [], [], 1)[0]:
                said += os.read(ours, 65536).decode("utf-8", "replace")
        process.kill()
    os.close(ours)
    assert awaited in said, said
    return said


@pytest.mark.skipif(which("fish") is None, reason="a fish")
@pytest.mark.parametrize(("typed", "shown"), _TYPED)
def test_a_real_fish_completes(typed: str, shown: str, tmp_path: Path) -> None:
    asked = f'source {_script(tmp_path, "fish")}; complete -C "{typed}"'
    completed = subprocess.run(
        ["fish", "--no-config", "-c", asked],  # noqa: S607
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"},
        timeout=PATIENCE,
    )
    first = completed.stdout.splitlines()[0].split("\t")[0]

    assert first.split()[-1] == shown.strip("'").split()[-1]


def test_zsh_loads_its_completion_system_where_nobody_has() -> None:
    *_, load, register, end = run("completion", "zsh").out.rstrip().splitlines()

    assert load.strip() == (
        "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }"
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
