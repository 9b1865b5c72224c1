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
sys.modules[lacking] = None
importlib.util.find_spec = lambda name, *more: None if name == lacking else found(name)
runpy.run_module(sys.argv.pop(), run_name="__main__")
"""


@pytest.mark.parametrize(
    ("application", "name", "extras"),
    [
        ("main_user", "argon2", "demos"),
        ("main_user", "prometheus_client", "demos"),
        ("graph", "strawberry", "demos,graphql"),
        ("notes", "pycrdt", "demos,yjs"),
    ],
)
def test_a_package_that_is_absent_is_one_line(
    application: str, name: str, extras: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _WITHOUT, f"servers.demos.{application}", name],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    )

    assert ended.returncode == 1
    assert ended.stderr == (
        f"servers.demos: {name} is not installed; pip install '.[{extras}]'\n"
    )
