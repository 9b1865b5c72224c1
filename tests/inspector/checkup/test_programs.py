"""The programs that work together with this one, where they are and where not."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import pytest

from inspector.checkup.check import Mark
from inspector.checkup.programs import programs

if TYPE_CHECKING:
    from pathlib import Path


def _install(folder: Path, *names: str) -> None:
    for name in names:
        program = folder / name
        program.write_text("#!/bin/sh\n", encoding="ascii")
        program.chmod(0o755)


def test_what_is_installed_is_told_with_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _install(tmp_path, "tshark")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {check.name: check for check in programs()}

    assert found["tshark"].mark is Mark.GOOD
    assert found["tshark"].found == str(tmp_path / "tshark")
    assert found["python"].found == platform.python_version()


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("apt", "sudo apt install tshark"),
        ("dnf", "sudo dnf install wireshark-cli"),
        ("apk", "sudo apk add tshark"),
        ("brew", "brew install wireshark"),
    ],
)
def test_what_is_absent_is_installed_as_this_system_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, manager: str, expected: str
) -> None:
    _install(tmp_path, manager)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {check.name: check for check in programs()}

    assert found["tshark"].mark is Mark.ABSENT
    assert found["tshark"].fix == expected
