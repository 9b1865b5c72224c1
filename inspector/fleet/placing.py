"""Files that are there as a whole or not at all, and names of sources as theirs."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

from inspector.errors import UnwritableOutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = r"[^.]*\.[0-9a-f]{8}"
"""What :func:`safe_name` gives, as a regular expression …"""
PART = r"(?:\.\d+\.part)?"
"""… and what is behind a name until a file is whole."""


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """Yield where a file is written; at the end of the context it has its name.

    Args:
        path: The file.

    Raises:
        UnwritableOutputError: The folder takes no more.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise UnwritableOutputError.of(str(path), error) from error
    finally:
        with suppress(OSError):  # what is wrong was said
            part.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes, *, private: bool = True) -> None:
    """Write a file that is there as a whole or not at all.

    Args:
        path: The file.
        data: What is in it.
        private: Whether nobody else may read it.

    Raises:
        UnwritableOutputError: The folder takes no more.
    """
    with (
        placed(path) as part,
        os.fdopen(open_new(part, private=private), "wb") as file,
    ):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def open_new(path: Path, *, private: bool = True) -> int:
    """Return the descriptor of a new file, which nobody else may read if private.

    Raises:
        OSError: It cannot be written.
    """
    path.unlink(missing_ok=True)  # it may be one that others may read
    mode = 0o600 if private else 0o666
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, mode)


def safe_name(name: str) -> str:
    """Return a file name for a source, which no other has."""
    readable = "".join(each if each.isalnum() else "-" for each in name)[:40]
    return f"{readable}.{_digest(name)[:8]}"


def _digest(name: str) -> str:
    return blake2b(name.encode(), digest_size=16).hexdigest()
