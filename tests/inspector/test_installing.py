"""What installs a package: a line for the Python that runs."""

from __future__ import annotations

import subprocess
import sys
from shlex import split
from typing import TYPE_CHECKING

from inspector import installing
from inspector.installing import pip_command

if TYPE_CHECKING:
    import pytest


def test_the_line_runs_pip_for_this_python() -> None:
    line = split(pip_command("show", "rich"))

    assert line == [sys.executable, "-m", "pip", "show", "rich"]
    found = subprocess.run(line, capture_output=True, check=True, text=True)
    assert "Name: rich" in found.stdout


def test_a_python_in_a_folder_with_blanks_is_quoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/my tools/python")

    assert pip_command("install", "scapy") == "'/my tools/python' -m pip install scapy"


def test_where_there_is_no_pip_it_is_that_of_uv(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installing, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "executable", "/venv/python")

    assert pip_command("install", "scapy") == (
        "uv pip install --python /venv/python scapy"
    )
