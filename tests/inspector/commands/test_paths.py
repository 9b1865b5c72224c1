"""Whether there is a file: an answer, and never an error."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from inspector.commands.paths import exists
from tests.inspector.captures import SEED
from tests.inspector.command import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NOBODY = 65534


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let nobody enter a folder; root, who may, becomes nobody."""
    user = os.geteuid()
    folder.chmod(0)
    if user == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o700)


def test_what_is_there_exists_and_what_is_not_does_not(tmp_path: Path) -> None:
    assert exists(str(tmp_path))
    assert not exists(str(tmp_path / "nothing"))


def test_what_may_not_be_looked_at_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with _locked(tmp_path):
        assert not exists(str(tmp_path / "file"))


@pytest.mark.parametrize("name", ["x" * 1000, "a\0b"])
def test_what_can_be_no_file_does_not_exist(name: str) -> None:
    assert not exists(name)


@pytest.mark.parametrize("option", ["--write", "--svg"])
@pytest.mark.parametrize("name", ["out.svg", "deep/out.svg"])
def test_what_may_not_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    file = tmp_path / name
    run(SEED, option, tmp_path / "first.svg")  # nobody may not load modules
    with _locked(tmp_path):
        outcome = run(SEED, option, file)

    assert outcome.code == 5
    assert outcome.err == (
        f"protocol-inspect: {option}: {file}: cannot write: permission denied\n"
    )


def test_a_misspelt_command_is_told_in_a_locked_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("exchang")  # nobody may not load modules
    with _locked(tmp_path):
        outcome = run("exchang")

    assert outcome.code == 2
    assert "did you mean exchanges?" in outcome.err
