"""The table of scenarios names tests that exist, of every file, and what they run."""

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


_ALL = "10, 11, 12"
_PAIRS = {
    "pair": (True, True),
    "WE_ARE_CALLED": (True, False),
    "WE_CALL": (False, True),
}
"""What tests are parametrized by, and whether Nest then calls us, and we call Nest."""


def _tests() -> dict[str, set[str]]:
    """Return the tests of this folder, those of this module aside, and their words."""
    return {
        f"{file.name}::{node.name}": {
            word
            for part in (*node.decorator_list, node.args)
            for word in re.findall(r"\w+", ast.unparse(part))
        }
        for file in _FOLDER.glob("test_*.py")
        if file.name != Path(__file__).name
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


def test_the_table_names_tests_of_every_file_once() -> None:
    named = [name for row in _ROWS for name in _NAME.findall(row)]
    files = {name.split("::")[0] for name in named}

    assert len(named) == len(set(named))
    assert set(named) <= _tests().keys()
    assert files == {name.split("::")[0] for name in _tests()}


def test_a_row_names_the_sides_that_its_tests_have() -> None:
    words = _tests()
    for row in _ROWS:
        _, tests, *columns, _ = (cell.strip() for cell in row.split("|"))
        of_row = set.union(*(words[name] for name in _NAME.findall(tests)))
        for side, column in enumerate(columns):
            if any(sides[side] for word, sides in _PAIRS.items() if word in of_row):
                assert column == _ALL, row
        assert any(columns), row


def test_every_test_of_nest_for_tcp_has_rows() -> None:
    begun = re.findall(r"^\| \*\*([^*]+)\*\*", _PAGE, re.MULTILINE)

    assert begun == [*_SUBJECTS]
