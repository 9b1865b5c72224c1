"""The beginning of the README: what it is, what it shows, how one gets it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
_BEGINNING = _TEXT[:4000]
_LINES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", _BEGINNING, re.DOTALL)
    for line in block.splitlines()
    if line and not line.startswith("#")
]
_CALLS = [line for line in _LINES if line.startswith("protocol-inspect")]
_OTHERS = [line for line in _LINES if line not in _CALLS]


def _words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def test_the_beginning_asks_three_questions_and_installs() -> None:
    for words in ("What is slow?", "What fails?", "What is never answered?"):
        assert words in _BEGINNING
    assert "## Install" in _BEGINNING
    assert "NestJS" in _BEGINNING[:200]
    assert "pip install '.[live]'" in _BEGINNING
    assert len(_CALLS) >= 5


@pytest.fixture
def capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with nest.pcap, in which a call waits and others fail."""
    crash = ROOT / "tests" / "data" / "cases" / "s07_crash.pcap"
    shutil.copy(crash, tmp_path / "nest.pcap")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("capture")
@pytest.mark.parametrize("line", _CALLS)
def test_its_calls_run(line: str) -> None:
    outcome = run(*_words(line)[1:])

    assert outcome.code == 0, outcome.err
    assert outcome.out or "selected none" in outcome.err


@pytest.mark.usefixtures("capture")
def test_the_unanswered_are_found() -> None:
    (line,) = [line for line in _CALLS if '"unanswered"' in line]

    assert run(*_words(line)[1:]).out.count("unanswered") == 3


def test_failures_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "captures" / "showcase-nest12.pcap", tmp_path / "nest.pcap")
    monkeypatch.chdir(tmp_path)
    (line,) = [line for line in _CALLS if '"no_handler"' in line]
    found = run(*_words(line)[1:]).out

    assert "refused on purpose" in found
    assert "no handler" in found


@pytest.mark.parametrize("line", _OTHERS)
def test_what_else_is_to_be_typed_is_understood(line: str) -> None:
    program, *arguments = [word for word in _words(line) if word != "sudo"]
    if program == "tcpdump":
        _is_a_filter(arguments[-1])
    elif program == "make":
        _run("make", "--dry-run", *arguments)
    else:
        assert program in {"pipx", "pip"}
        assert arguments[0] == "install"
        _is_this_package(arguments[1])


def _is_a_filter(expression: str) -> None:
    """Compile a filter, which takes no right."""
    _run("tcpdump", "-y", "EN10MB", "-d", expression)


def _is_this_package(name: str) -> None:
    """Whether ``.`` or ``.[extra,extra]`` names what there is."""
    found = re.fullmatch(r"\.(?:\[([\w,]+)\])?", name)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert found is not None
    extras = set() if found[1] is None else set(found[1].split(","))
    assert extras <= set(project["project"]["optional-dependencies"])


def _run(*words: str) -> None:
    done = subprocess.run(
        words, check=False, capture_output=True, cwd=ROOT, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
