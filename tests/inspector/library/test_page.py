"""The page about the library; ``tests/test_docs.py`` runs its examples too."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import inspector
from inspector import Inspection
from tests.inspector.captures import ROOT
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
_BLOCKS = re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)


def test_the_page_has_a_notebook_a_check_a_filter_and_a_histogram() -> None:
    for word in ("# %%", "def test_", "where=", "histogram"):
        assert any(word in block for block in _BLOCKS)


def test_the_checks_of_the_page_pass(tmp_path: Path) -> None:
    (block,) = (block for block in _BLOCKS if "def test_" in block)
    (tmp_path / "test_page.py").write_text(block, encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    )

    assert checked.returncode == 0, checked.stdout
    assert "2 passed" in checked.stdout


def test_the_page_names_all_that_an_inspection_offers() -> None:
    offered = {name for name in vars(Inspection) if not name.startswith("_")}

    assert {name for name in offered if f"seen.{name}" not in _PAGE} == {"close"}


def test_the_page_names_every_error() -> None:
    errors = [name for name in inspector.__all__ if name.endswith("Error")]

    assert [name for name in errors if f"`{name}`" not in _PAGE] == []
