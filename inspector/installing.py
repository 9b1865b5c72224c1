"""The command that installs a package for the Python that runs this program.

The ``pip`` of a shell may belong to another Python, and that of pipx and uv to none.
"""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec


def is_installed(module: str) -> bool:
    """Whether a module can be imported, as far as can be said without importing it."""
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


def pip_command(*words: str) -> str:
    """Return a line for a shell that runs pip for the Python that runs.

    Args:
        words: What pip is asked: ``install``, ``scapy``.
    """
    if find_spec("pip") is None:  # uv makes environments without it
        verb, *rest = words
        return shlex.join(["uv", "pip", verb, "--python", sys.executable, *rest])
    return shlex.join([sys.executable, "-m", "pip", *words])
