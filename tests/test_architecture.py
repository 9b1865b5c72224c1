"""The house keeps its shape: who imports whom, what is tested where, how long it is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.patience import PATIENCE

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
FOLDERS = sorted(
    facade.parent
    for package in PACKAGES
    for facade in (ROOT / package).rglob("__init__.py")
)
# What only the channel may use: everything above it reads and writes bodies.
_FRAMES = {"Frame", "FrameDecoder", "encode_frame", "encode_packet", "whole_body"}


def _path(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _loaded_by(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-I", "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout
    return set(printed.split())


def test_the_import_contracts_hold() -> None:
    checked = _linted(ROOT / "pyproject.toml")

    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


def _linted(configuration: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache", "--config", configuration],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    )


def test_the_contracts_of_the_servers_have_no_exceptions() -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    linter = configuration["tool"]["importlinter"]
    held: set[str] = set()
    for contract in linter["contracts"]:
        containers = contract.get("containers", [])
        if any(each.startswith("servers") for each in containers):
            held.update(containers)
            assert contract["exhaustive"], contract["name"]
            assert not contract.get("ignore_imports"), contract["name"]

    folders = {facade.parent for facade in (ROOT / "servers").rglob("__init__.py")}
    assert held == {".".join(each.relative_to(ROOT).parts) for each in folders}
    assert linter["exclude_type_checking_imports"] is False


def test_an_import_for_a_type_counts_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "importlinter.toml").write_text(
        "[tool.importlinter]\n"
        'root_package = "servers"\n'
        "exclude_type_checking_imports = false\n"
        "[[tool.importlinter.contracts]]\n"
        'name = "broken by a type"\n'
        'type = "forbidden"\n'
        'source_modules = ["servers.server.context"]\n'
        'forbidden_modules = ["servers.server.respondent"]\n',
        encoding="utf-8",
    )

    checked = _linted(tmp_path / "importlinter.toml")

    assert checked.returncode == 1
    assert "servers.server.context -> servers.server.respondent" in checked.stdout


def test_only_the_channel_knows_frames() -> None:
    users = {
        _path(module)
        for module in (ROOT / "servers").rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "protocol"
        and _FRAMES & {alias.name for alias in node.names}
    }

    assert users == {"servers/channel.py", "servers/writing.py"}


@pytest.mark.parametrize("module", MODULES, ids=_path)
def test_every_module_has_a_test_file(module: Path) -> None:
    mirrored = ROOT / "tests" / module.relative_to(ROOT)
    test_file = mirrored.with_name(f"test_{module.name}")

    assert "def test_" in test_file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=_path)
def test_no_file_is_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= _LONGEST


def test_a_plain_report_loads_nothing_for_mistakes_archives_and_terminals() -> None:
    capture = ROOT / "captures" / "seed-nest12.pcap"
    loaded = _loaded_by(
        "import os, sys\n"
        "from inspector.cli import main\n"
        "shown, sys.stdout = sys.stdout, open(os.devnull, 'w')\n"
        "sys.argv = ['/nowhere/protocol-inspect']\n"
        f"assert main([{str(capture)!r}]) == 0\n"
        "sys.stdout = shown\n"
    )

    assert "inspector.views.report_view" in loaded
    rare = {"bz2", "difflib", "dpkt", "lark", "lzma", "rich.progress", "zstandard"}
    assert not loaded & {*rare, "asyncio", "construct", "importlib.metadata", "shutil"}
    assert "inspector.redaction.patches" not in loaded


def test_the_command_loads_neither_construct_nor_scapy() -> None:
    loaded = _loaded_by("import inspector.cli")

    assert loaded >= {"inspector.cli", "click"}
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


def _named(docstring: str) -> set[str]:
    """Return what a docstring names in ``literals``, and first in lines of a list."""
    listed = re.findall(r"^(\w+(?:, \w+)*)/?  +\S", docstring, re.MULTILINE)
    return {
        *re.findall(r"``(\w+)``", docstring),
        *(name for names in listed for name in names.split(", ")),
    }


def _column(docstring: str) -> set[str]:
    """Return the first column of the table whose header there is ``module``."""
    found = re.search(
        r"^=+ .*\nmodule .*\n=+ .*\n((?:.+\n)+?)=+ ", docstring, re.MULTILINE
    )
    rows = found[1].splitlines() if found is not None else []
    return {name for row in rows for name in re.split(r"\s\s+", row)[0].split(", ")}


@pytest.mark.parametrize("folder", FOLDERS, ids=_path)
def test_the_docstring_of_a_package_is_its_map(folder: Path) -> None:
    facade = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    docstring = ast.get_docstring(facade) or ""
    modules = {each.stem for each in folder.glob("*.py")} - {"__init__"}
    packages = {each.parent.name for each in folder.glob("*/__init__.py")}

    assert modules | packages <= _named(docstring)
    assert _column(docstring) <= modules | packages
