"""The house keeps its shape: who imports whom, what is tested where, how long it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ["protocol", "inspector", "servers"]
MODULES = sorted(
    module
    for package in PACKAGES
    for module in (ROOT / package).rglob("*.py")
    if module.name != "__init__.py"
)
FILES = sorted(
    file
    for folder in (*PACKAGES, "tests", "captures", "benchmarks", "examples")
    for file in (ROOT / folder).rglob("*.py")
    if "node_modules" not in file.parts
)
_LONGEST = 400  # lines of a file


def _path(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _loaded_by(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded behind a statement."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-I", "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    ).stdout
    return set(printed.split())


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [linter, "--no-cache"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=120,
    )

    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


@pytest.mark.parametrize("module", MODULES, ids=_path)
def test_every_module_has_a_test_file(module: Path) -> None:
    mirrored = ROOT / "tests" / module.relative_to(ROOT)
    test_file = mirrored.with_name(f"test_{module.name}")

    assert "def test_" in test_file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=_path)
def test_no_file_is_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= _LONGEST


def test_the_command_loads_neither_construct_nor_scapy() -> None:
    loaded = _loaded_by("import inspector.cli")

    assert loaded >= {"inspector.cli", "protocol", "rich.console", "click"}
    assert not loaded & {"construct", "scapy", "asyncio"}


def test_the_protocol_does_no_input_and_output() -> None:
    loaded = _loaded_by("import protocol")

    assert "protocol.decoder" in loaded
    assert not loaded & {
        "asyncio",
        "construct",
        "dpkt",
        "logging",
        "rich",
        "scapy",
        "socket",
    }


def test_the_grammar_is_what_speaks_construct() -> None:
    assert "construct" in _loaded_by("import protocol.grammar")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_tells_what_it_is(package: str) -> None:
    for folder in {module.parent for module in (ROOT / package).rglob("*.py")}:
        facade = (folder / "__init__.py").read_text(encoding="utf-8")
        assert facade.startswith('"""')
