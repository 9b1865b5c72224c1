"""Runs of the command as where a package is not installed."""

from __future__ import annotations

import subprocess
import sys

from tests.patience import PATIENCE


def without(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process that finds no such module."""
    program = (
        "import sys\n"
        "from importlib.abc import MetaPathFinder\n"
        "class Hidden(MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] == {module!r}:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
        "from inspector.cli import main\n"
        "sys.exit(main())"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=PATIENCE,
    )
