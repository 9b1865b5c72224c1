"""The extension as the tests need it: with sanitizers, or counting its branches."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "protocol" / "_cut.c"
SCAN = ROOT / "inspector" / "sources" / "_scan.c"
TOOLS = Path(__file__).parent
_COMPILER = "gcc"
_FLAGS = ["-std=c11", "-g", "-fPIC", "-Wall", "-Wextra", "-Werror"]
_STABLE = "-DPy_LIMITED_API=0x030B0000"
SANITIZERS = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
"""What ends the process at the first access outside of bounds, or overflow."""
COVERAGE = ["-O0", "--coverage"]
"""What writes down beside the object file which branches were taken."""


def headers() -> list[str]:
    """Return the options with which the headers of this Python and ours are found."""
    return [f"-I{sysconfig.get_path('include')}", f"-I{SOURCE.parent}"]


def build(folder: Path, flags: list[str], source: Path = SOURCE) -> Path:
    """Compile an extension into a folder, and return the file to load.

    Raises:
        AssertionError: It does not compile, with what the compiler said.
    """
    made = folder / f"{source.stem}.so"
    options = [
        *_FLAGS,
        *flags,
        *headers(),
        *([_STABLE] if source.parent != TOOLS else []),
    ]
    run([_COMPILER, *options, "-c", source, "-o", folder / f"{source.stem}.o"])
    run([_COMPILER, *flags, "-shared", folder / f"{source.stem}.o", "-o", made])
    return made


def run(
    command: list[str | Path], environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in the root of the project.

    Raises:
        AssertionError: It fails, with what it said.
    """
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def sanitized() -> dict[str, str]:
    """Return the variables with which Python loads an extension that has sanitizers.

    Every object is allocated by itself, so that a byte outside of one is noticed; what
    Python itself never frees is none of ours.
    """
    library = run([_COMPILER, "-print-file-name=libasan.so"]).stdout.strip()
    return {
        "LD_PRELOAD": library,
        "PYTHONMALLOC": "malloc",
        "ASAN_OPTIONS": "detect_leaks=0",
    }
