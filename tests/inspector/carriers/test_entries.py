"""Entry points are those that importlib finds, and are not asked for where none is."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points as all_entry_points
from typing import TYPE_CHECKING

import pytest

from inspector.carriers import entries
from inspector.carriers.registry import GROUP
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_TEXT = f"[{GROUP}]\npigeon = a_package:carrier\n"
_METADATA = "Metadata-Version: 2.1\nName: a-package\nVersion: 1\n"


def _found() -> list[str]:
    return [each.name for each in entries.entry_points(GROUP)]


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which packages are looked for."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return tmp_path


def _install(folder: Path, text: str, kind: str = "dist-info") -> None:
    metadata = folder / f"a_package-1.{kind}"
    metadata.mkdir()
    name = "METADATA" if kind == "dist-info" else "PKG-INFO"
    (metadata / name).write_text(_METADATA)
    (metadata / "entry_points.txt").write_text(text)


@pytest.mark.parametrize("kind", ["dist-info", "egg-info"])
def test_a_package_that_registers_a_carrier_is_found(only: Path, kind: str) -> None:
    _install(only, _TEXT, kind)

    assert _found() == ["pigeon"]


def test_so_it_is_in_the_folder_in_which_python_was_started(
    only: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(only, _TEXT)
    monkeypatch.setattr(sys, "path", [""])
    monkeypatch.chdir(only)

    assert _found() == ["pigeon"]


def test_so_it_is_in_an_archive(only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = only / "packages.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a_package-1.dist-info/METADATA", _METADATA)
        packed.writestr("a_package-1.dist-info/entry_points.txt", _TEXT)
    monkeypatch.setattr(sys, "path", [str(archive)])

    assert _found() == ["pigeon"]


def test_nobody_is_asked_where_no_package_names_the_group(
    only: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(only, "[console_scripts]\nfly = a_package:main\n")
    monkeypatch.setattr(sys, "path", [str(only), str(only / "missing")])
    asked = list[object]()
    monkeypatch.setattr("importlib.metadata.entry_points", asked.append)

    assert _found() == []
    assert asked == []


def test_an_egg_is_asked(only: Path) -> None:
    _install(only, "[console_scripts]\nfly = a_package:main\n")
    (only / "other.egg").mkdir()

    assert _found() == []


def test_what_cannot_be_read_is_asked(only: Path) -> None:
    (only / "a_package-1.dist-info" / "entry_points.txt").mkdir(parents=True)

    assert entries._may_name(GROUP, only)  # noqa: SLF001 — importlib only passes it over


def test_here_it_is_what_importlib_finds() -> None:
    assert _found() == [each.name for each in all_entry_points(group=GROUP)]


def test_the_command_does_not_wait_for_the_metadata_of_packages() -> None:
    """Unless a carrier is installed here, which the test before would show."""
    program = (
        "import sys; from inspector.carriers.registry import carriers; carriers();"
        "print('importlib.metadata' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )

    assert done.stdout == f"{bool(list(all_entry_points(group=GROUP)))}\n"
