"""Without the extra the demos end with one line that names what installs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.inspector.captures import ROOT
from tests.patience import PATIENCE

_WITHOUT = """
import importlib.util, runpy, sys
found = importlib.util.find_spec
lacking = sys.argv.pop()
importlib.util.find_spec = lambda name, *more: None if name == lacking else found(name)
runpy.run_module("servers.demos.main_user", run_name="__main__")
"""


@pytest.mark.parametrize("name", ["argon2", "jwt", "uvicorn"])
def test_a_package_that_is_absent_is_one_line(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _WITHOUT, name],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    )

    assert ended.returncode == 1
    assert ended.stderr == (
        f"servers.demos: {name} is not installed; pip install '.[demos]'\n"
    )
