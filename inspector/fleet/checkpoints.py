"""States of sources in a folder, so that a run that was killed goes on where it was.

::

    api-1.3f2a….state:  header (JSON, one line) │ state
                        what was asked, which files are done, digest of the state

A state is written to a file of its own and then takes the place of the one before, so
that there always is a whole one. A state of something else is refused: other options,
another version, or files that have changed since.
"""

from __future__ import annotations

import os
import sys
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.errors import InspectorError, UnwritableOutputError

from .freezing import FrozenError, freeze, thaw
from .storage import Identity  # noqa: TC001 — msgspec reads it

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAYOUT = 5
_OTHERS_MAY_WRITE = 0o022


class Header(msgspec.Struct, frozen=True):
    """What a state is of.

    Attributes:
        asked: The options that change figures, and what computes them.
        source: The name of the source.
        files: The files that are in it, in order.
        digest: BLAKE2b of the state.
    """

    asked: str
    source: str
    files: list[Identity]
    digest: str


def asked_text(asked: dict[str, Any]) -> str:
    """Return what a state must have been asked to be of use: options and version."""
    python = ".".join(map(str, sys.version_info[:2]))
    about = [_LAYOUT, version("protocol-inspect"), python, asked]
    return msgspec.json.encode(about, order="deterministic").decode()


class Checkpoint:
    """The state of one source in a folder.

    Args:
        folder: The folder.
        source: The name of the source.
        asked: What is asked, as :func:`asked_text` says it.
    """

    def __init__(self, folder: str, source: str, asked: str) -> None:
        self._folder, self._source, self._asked = folder, source, asked
        self.path = Path(folder) / f"{safe_name(source)}.state"

    def load(self, files: Sequence[Identity]) -> tuple[Any, int]:
        """Return the state and how many files are in it; None and 0 for none.

        Args:
            files: The files of the source as they are now, in order.

        Raises:
            InspectorError: It is of something else, or not whole.
        """
        header = self.check(files)
        if header is None:
            return None, 0
        state = self.path.read_bytes().partition(b"\n")[2]
        if _digest(state) != header.digest:
            raise self._refused("is damaged")
        try:
            return thaw(state), len(header.files)
        except FrozenError as error:
            raise self._refused(f"cannot be read: {error}") from error

    def check(self, files: Sequence[Identity]) -> Header | None:
        """Return the header of the state, which is one of the same work; or None.

        Raises:
            InspectorError: It is of other options or other files.
        """
        try:
            with self.path.open("rb") as file:
                self._check_owner(os.fstat(file.fileno()))
                header = msgspec.json.decode(file.readline(), type=Header)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refused((error.strerror or str(error)).lower()) from None
        except msgspec.MsgspecError:
            raise self._refused("is damaged") from None
        if header.asked != self._asked or header.source != self._source:
            raise self._refused("is of other options, or of another version")
        changed = [
            one.name
            for one, now in zip(header.files, files, strict=False)
            if one != now
        ]
        if changed or len(header.files) > len(files):
            which = changed[0] if changed else header.files[len(files)].name
            raise self._refused(f"is stale: {which} has changed since")
        return header

    def save(self, state: object, files: Sequence[Identity]) -> bool:
        """Keep a state; return whether that was possible.

        Raises:
            UnwritableOutputError: The folder takes no more.
        """
        try:
            data = freeze(state)
        except FrozenError:  # such as of a compressed stream: the one before stays
            return False
        header = Header(self._asked, self._source, list(files), _digest(data))
        write_whole(self.path, msgspec.json.encode(header) + b"\n" + data)
        return True

    def _check_owner(self, status: os.stat_result) -> None:
        """Refuse what somebody else may have written: to read it runs what it names."""
        if not hasattr(os, "getuid"):
            return
        if status.st_uid != os.getuid() or status.st_mode & _OTHERS_MAY_WRITE:
            raise self._refused("may have been written by somebody else")

    def _refused(self, problem: str) -> InspectorError:
        named = f"--checkpoint {self._folder}"
        words = f"the state of {self._source} {problem}; remove it, or name another"
        return InspectorError(named, f"{words} folder")


def write_whole(path: Path, data: bytes, *, private: bool = True) -> None:
    """Write a file that is there as a whole or not at all.

    Args:
        path: The file.
        data: What is in it.
        private: Whether nobody else may read it.

    Raises:
        UnwritableOutputError: The folder takes no more.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(open_new(part, private=private), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UnwritableOutputError.of(str(path), error) from error


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
    return f"{readable}.{_digest(name.encode())[:8]}"


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
