"""The table of scenarios names tests that exist, and leaves none of them out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.interop.nests import NEST

_FOLDER = Path(__file__).parent
_PAGE = (NEST / "README.md").read_text(encoding="utf-8")
_ROWS = re.findall(r"^\| (?!scenario)(.*) \|$", _PAGE, re.MULTILINE)
_NAME = re.compile(r"`(test_\w+\.py::test_\w+)`")
_SUBJECTS = (
    "sum-rpc",
    "broadcast",
    "disconnected client",
    "packet metadata",
    "pipelining",
    "memory bounds",
    "reconnect",
    "shutdown",
    "TLS",
)
"""The end-to-end tests for TCP in ``integration/microservices/e2e`` of Nest."""


def _tests() -> set[str]:
    """Return the tests of this folder, those of this module aside."""
    return {
        f"{file.name}::{node.name}"
        for file in _FOLDER.glob("test_*.py")
        if file.name != Path(__file__).name
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


def test_the_table_has_every_test_once() -> None:
    named = [name for row in _ROWS for name in _NAME.findall(row)]

    assert len(named) == len(set(named))
    assert set(named) == _tests()


def test_every_row_has_a_test_and_versions() -> None:
    assert _ROWS
    for row in _ROWS:
        _, tests, called, calling, _ = row.split("|")
        assert _NAME.search(tests), row
        assert (called + calling).strip(), row


def test_every_test_of_nest_for_tcp_has_rows() -> None:
    begun = re.findall(r"^\| \*\*([^*]+)\*\*", _PAGE, re.MULTILINE)

    assert begun == [*_SUBJECTS]
