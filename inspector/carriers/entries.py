"""Entry points, read only where some package has one of the group.

``importlib.metadata`` takes longer to load, and to read the metadata of every package,
than a small capture takes to be inspected; hardly anybody has installed a carrier. To
look whether a file of entry points names the group at all takes a tenth of that.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

_FILES = "*-info/entry_points.txt"
"""Of ``.dist-info`` and ``.egg-info``, in a folder of packages."""
_EGGS = "*.egg"


def entry_points(group: str) -> Iterable[EntryPoint]:
    """Return the entry points of a group, of all packages that can be imported."""
    if not any(_may_name(group, Path(folder or os.curdir)) for folder in sys.path):
        return ()
    from importlib.metadata import entry_points as read  # noqa: PLC0415

    return read(group=group)


def _may_name(group: str, folder: Path) -> bool:
    """Whether a package in a folder may have an entry point of a group.

    What is no folder, such as an archive, may; so may an egg, and a file that cannot be
    read.
    """
    try:
        if not folder.is_dir():
            return folder.exists()
        named = group.encode()
        files = folder.glob(_FILES)
        return any(named in each.read_bytes() for each in files) or any(
            folder.glob(_EGGS)
        )
    except OSError:
        return True
