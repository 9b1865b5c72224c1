"""Which files a folder has, what they are called, and which of them a run replaces.

::

    calls/exchanges-20261130T141502Z-00001-9f3a2c1e.parquet
    calls/hour=2026-11-30T14/exchanges-20261130T141502Z-00001-9f3a2c1e.parquet

The name has the time of the first row, the number of the file in its run, and the key
of the run. What is being written begins with a dot and does not end in ``.parquet``,
so that nobody reads it before it is complete.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.sources.files import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SUFFIX = ".parquet"
HOUR_NS = 3_600_000_000_000
_HOUR = "hour="
_KEY_DIGITS = 8
_MOST_NAMED = 3  # captures
_SECOND_NS = 1_000_000_000


def key_of(captures: Sequence[str]) -> str | None:
    """Return the key of a run over captures, the same whenever they are read again.

    None where they cannot be read again.
    """
    if not captures or STDIN in captures:
        return None
    paths = "\0".join(os.path.realpath(each) for each in captures)
    return sha256(paths.encode("utf-8", "surrogateescape")).hexdigest()[:_KEY_DIGITS]


def source_of(captures: Sequence[str]) -> str:
    """Return what captures are called in rows: their names without folders."""
    names = ["stdin" if each == STDIN else Path(each).name for each in captures]
    more = ", …" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder that are complete, at any depth, by their names."""
    return sorted(each for each in folder.rglob(f"*{SUFFIX}") if not _is_hidden(each))


def _is_hidden(path: Path) -> bool:
    return path.name.startswith((".", "_"))


def others_in(folder: Path, key: str) -> bool:
    """Whether a folder holds files that are complete, of runs with another key."""
    return any(not each.stem.endswith(f"-{key}") for each in files_in(folder))


class Folder:
    """A folder that a run writes to.

    Args:
        path: Where; it is made where it is missing.
        key: What the files of the run are known by; None for a new one.
        together: Whether files get their names when all of them are written, and no
            sooner.

    Attributes:
        path: The same.
        hourly: Whether files are in folders of hours; None while nothing decides it.
        files: Those that the run has completed, in that order.

    Raises:
        OSError: It cannot be made.
    """

    def __init__(
        self, path: Path, key: str | None = None, *, together: bool = False
    ) -> None:
        self.path = path
        self._together = together
        self._nameless: list[tuple[Path, Path]] = []
        self._again = key is not None
        self._key = key or secrets.token_hex(_KEY_DIGITS // 2)
        self._count = 0
        self.files: list[Path] = []
        path.mkdir(parents=True, exist_ok=True)
        self.hourly = self._layout()

    def _layout(self) -> bool | None:
        """Return how the files of others in it lie, which these join."""
        if any(self.path.glob(f"{_HOUR}*")):
            return True
        others = (each for each in self.path.glob(f"*{SUFFIX}") if not self._own(each))
        return False if any(others) else None

    def _own(self, path: Path) -> bool:
        return path.stem.endswith(f"-{self._key}")

    def begin(self, first_ns: int) -> tuple[Path, Path]:
        """Return where a file is written, and what it is once it is complete.

        Args:
            first_ns: The time of its first row, in nanoseconds since 1970.
        """
        self._count += 1
        time = datetime.fromtimestamp(first_ns // _SECOND_NS, UTC)
        name = f"exchanges-{time:%Y%m%dT%H%M%SZ}-{self._count:05}-{self._key}{SUFFIX}"
        folder = self.path / f"{_HOUR}{time:%Y-%m-%dT%H}" if self.hourly else self.path
        folder.mkdir(exist_ok=True)
        return folder / f".{name}.tmp", folder / name

    def complete(self, written: Path, name: Path) -> None:
        """Give a file its name, which it replaces as a whole."""
        self.files.append(name)
        if self._together:
            self._nameless.append((written, name))
        else:
            written.replace(name)

    def abandon(self) -> None:
        """Remove files that have no names yet."""
        while self._nameless:
            written, name = self._nameless.pop()
            written.unlink(missing_ok=True)
            self.files.remove(name)

    def sweep(self) -> None:
        """Remove what an earlier run over the same captures has written, and this not.

        Files of other captures stay, and so do those of live runs.
        """
        while self._nameless:
            written, name = self._nameless.pop()
            written.replace(name)
        if self._again:
            kept = set(self.files)
            _remove(
                each
                for each in files_in(self.path)
                if self._own(each) and each not in kept
            )


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
