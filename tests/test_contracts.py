"""Every module of every package has its floor in pyproject.toml, without exception."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ROOTS = ["protocol", "inspector", "servers"]
PACKAGES = sorted(
    ".".join(file.parent.relative_to(ROOT).parts)
    for root in ROOTS
    for file in (ROOT / root).rglob("__init__.py")
)


@cache
def _linter() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    linter: dict[str, Any] = project["tool"]["importlinter"]
    return linter


def _contracts(kind: str) -> list[dict[str, Any]]:
    return [each for each in _linter()["contracts"] if each["type"] == kind]


def _inside(package: str) -> set[str]:
    """Return the names of the modules and packages in a package."""
    folder = ROOT.joinpath(*package.split("."))
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    return modules | {file.parent.name for file in folder.glob("*/__init__.py")}


def _on_floors(package: str) -> set[str]:
    """Return what of a package stands on a floor, or beside its equals."""
    found: set[str] = set()
    for contract in _contracts("layers"):
        if package in contract.get("containers", ()):
            for layer in contract["layers"]:
                found |= {name.strip(" ()") for name in re.split(r"[|:]", layer)}
    for contract in _contracts("independence"):
        if f"{package}.*" in contract["modules"]:
            found |= _inside(package)
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_of_a_package_has_its_floor(package: str) -> None:
    assert _on_floors(package) == _inside(package)


def test_no_import_is_left_out_and_types_count() -> None:
    assert not _linter().get("exclude_type_checking_imports")
    assert set(_linter()["root_packages"]) == set(ROOTS)
    assert [
        (contract["name"], contract["ignore_imports"])
        for contract in _linter()["contracts"]
        if contract.get("ignore_imports")
    ] == []
