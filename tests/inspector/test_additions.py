"""Commands of other packages are called by their names, and harm no other command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from inspector.additions import added
from tests.inspector.added import install
from tests.inspector.captures import SEED
from tests.inspector.command import run, spawn

if TYPE_CHECKING:
    from pathlib import Path

_COMMANDS = {
    "sing": "birds:sing",
    "fall": "birds:fall",
    "quit": "birds:quit",
    "three": "birds:three",
    "seven": "birds:not_a_command",
    "gone": "no_such_module:command",
    "report": "birds:sing",
}


@pytest.fixture
def birds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path, _COMMANDS, {})
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "birds", raising=False)
    return tmp_path


def test_a_command_is_listed_without_being_imported(birds: Path) -> None:
    outcome = spawn("--help", environment={"PYTHONPATH": str(birds)})

    assert b"  sing         Of the package birds." in outcome.stdout
    assert outcome.stderr == b""
    assert set(added(["report"])) == set(_COMMANDS) - {"report"}


@pytest.mark.usefixtures("birds")
def test_it_takes_its_own_parameters_and_has_its_own_help() -> None:
    assert run("sing", "la", "--twice").out == "lala\n"
    assert "Sing." in run("sing", "--help").out
    assert "Sing." in run("help", "sing").out
    assert run("sing", "--loud").code == 2
    assert run("three").code == 3


@pytest.mark.usefixtures("birds")
@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("fall", 1, "command fall fails: ValueError: no wing at all (birds.py:19)"),
        ("quit", 1, "command quit fails: gone"),
        ("seven", 2, "command seven cannot be used"),
        ("gone", 2, "command gone cannot be used"),
    ],
)
def test_one_that_is_broken_is_a_line(name: str, code: int, said: str) -> None:
    outcome = run(name)

    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.splitlines()[-1] == f"protocol-inspect: {said}"
    assert "Traceback" not in outcome.err


@pytest.mark.usefixtures("birds")
def test_what_is_left_out_is_said_once_and_by_name() -> None:
    lines = run("gone").err.splitlines()

    assert lines[0] == (
        "protocol-inspect: left out command gone (no_such_module:command): "
        "ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert len(lines) == 2


@pytest.mark.usefixtures("birds")
def test_our_own_commands_and_captures_are_as_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run(SEED)
    assert outcome.code == 0
    assert outcome.err == ""
    assert run("report", SEED).out == outcome.out
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sing").write_bytes(SEED.read_bytes())
    assert run("sing", "--json").lines[-1]["type"] == "summary"


@pytest.mark.usefixtures("birds")
def test_the_doctor_says_what_cannot_be_used() -> None:
    checks = {
        (line["name"], line["mark"])
        for line in run("doctor", "--json").lines
        if line["group"] == "plug-ins"
    }

    assert checks >= {("sing", "good"), ("seven", "broken"), ("gone", "broken")}
