"""mypy accepts every sample of the documentation, and refuses what is mistyped.

What mypy must refuse is ignored in ``tests/servers/typed_*.py``; as it is strict, an
ignore without an error is an error, so that both halves are checked wherever mypy
runs. Here it runs once, for those and for the samples.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from servers import Client, Service
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.patience import PATIENCE
from tests.servers.typed_middleware import around_calls, around_handlers, use

if TYPE_CHECKING:
    from pathlib import Path

_PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
_TYPED = sorted(ROOT.glob("tests/servers/typed_*.py"))
_SAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def _samples(page: Path, folder: Path) -> list[Path]:
    """Write each sample of a page as a module; its lines have the page's numbers."""
    text = page.read_text(encoding="utf-8")
    written = []
    for found in _SAMPLE.finditer(text):
        above = text[: found.start(1)].count("\n")
        file = folder / f"{page.stem.lower().replace('-', '_')}_{above}.py"
        file.write_text("\n" * above + found[1], encoding="utf-8")
        written.append(file)
    return written


def _generated(folder: Path) -> list[Path]:
    """Write a contract of real Nest as Python, and what a person writes around it."""
    captures = sorted(ROOT.glob("captures/s[eh]*-nest12.pcap"))
    outcome = run("contract", *captures, "--format", "python")
    made, own = folder / "contract.py", folder / "own.py"
    made.write_text(outcome.out, encoding="utf-8")
    shutil.copy(ROOT / "tests" / "inspector" / "contracts" / "own.py", own)
    return [made, own]


def test_mypy_accepts_what_fits_and_refuses_the_rest(tmp_path: Path) -> None:
    samples = [file for page in _PAGES for file in _samples(page, tmp_path)]
    samples += _generated(tmp_path)
    # What make check found out of the modules that are imported is not found out again.
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *_TYPED, *samples],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    )

    assert len(_TYPED) == 4
    assert len(samples) >= 20
    assert checked.returncode == 0, checked.stdout


def test_middleware_is_used_as_it_is_typed() -> None:
    assert use(Service(), Client()) == (around_handlers, around_calls)
