"""Whether there is a file, asked where not all folders may be looked into."""

from __future__ import annotations

from pathlib import Path


def exists(name: str) -> bool:
    """Whether a file is there, as far as one may look.

    :meth:`Path.exists` raises an error where a folder may not be entered, and for a
    name that is too long.
    """
    try:
        return Path(name).exists()
    except OSError:
        return False
