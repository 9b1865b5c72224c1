"""What importing a module says where the package that it needs is missing."""

from __future__ import annotations

import subprocess
import sys

from tests.patience import PATIENCE


def said_without(package: str, module: str) -> str:
    """Return the last line on stderr of a program that imports a module.

    Args:
        package: What is missing.
        module: What needs it.
    """
    program = f"import sys; sys.modules[{package!r}] = None; import {module}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    return done.stderr.splitlines()[-1]
