"""Where the tasks of a run keep what they share, or what a later run goes on with.

A folder of this machine, or one that is mounted, or a URL that fsspec can write to.
What is kept there is whole or not there at all: files of a folder take their names once
they are written, objects are put in one request where the store has that.
"""

from __future__ import annotations

import errno
import os
import stat
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.installing import pip_command

from .placing import open_new, placed, write_whole
from .storage import is_remote, problem_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS_MAY_WRITE = 0o022
_WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "memory", "http", "https"}
"""Protocols whose stores have an object as a whole, or not at all."""
_CHECKPOINT = "--checkpoint {}"
_LARGE = 1 << 25
"""Bytes of a file that is sent in parts."""
_LOCAL = ("file://", "local://")
OF_PROCESS = "memory://"
"""What no other process sees."""


class NotOwnError(Exception):
    """A file may have been written by somebody else."""


# decision 200
class Store(ABC):
    """Files by their names, each whole.

    All methods raise an :class:`InspectorError` for what cannot be read, and an
    :class:`UnwritableOutputError` for what cannot be written.

    Args:
        place: The folder or URL.

    Attributes:
        place: The same.
        far: Whether each look at it is a request.
    """

    far = False

    def __init__(self, place: str) -> None:
        self.place = place

    @abstractmethod
    def read(self, name: str, *, own: bool = False) -> bytes | None:
        """Return what a file holds; None where there is none.

        Args:
            name: Of the file.
            own: Whether nobody else may have written it, as far as can be seen.

        Raises:
            NotOwnError: Somebody else may have.
        """

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Whether there is such a file."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file, if there is one."""

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of all files, as far as the store says them."""

    @abstractmethod
    def placed(self, name: str) -> AbstractContextManager[Path]:
        """Return the context in which a file is written; at its end it has its name."""

    @abstractmethod
    def fetched(self, name: str) -> AbstractContextManager[Path]:
        """Return the context in which a file can be read by its path."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file, which takes the place of one of that name."""
        with self.placed(name) as path:
            path.write_bytes(data)

    def keep(self, name: str, data: bytes) -> None:
        """Write a file that is there as a whole, whatever happens to the machine."""
        self.write(name, data)


def store_at(place: str) -> Store:
    """Return the store at a path or URL.

    Raises:
        InspectorError: There is none of such a URL.
    """
    if place in {"", *_LOCAL}:
        raise InspectorError(_CHECKPOINT.format(place or "''"), "names no folder")
    for each in _LOCAL:
        if place.startswith(each):
            return Folder(place.removeprefix(each))
    return Remote(place) if is_remote(place) else Folder(place)


def _open_plain(path: Path) -> int:
    """Open what is a plain file; a pipe would be waited for, without an end.

    Raises:
        OSError: It is none.
    """
    found = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if stat.S_ISREG(os.fstat(found).st_mode):
        return found
    os.close(found)
    raise OSError(errno.EINVAL, "not a plain file", str(path))


class Folder(Store):
    """A folder of this machine, whose files nobody else may read.

    Args:
        place: The folder.
    """

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self._path = Path(place)

    def path(self, name: str) -> Path:
        """Return where a file is."""
        return self._path / name

    def make(self) -> None:
        """Make the folder, if it is not there."""
        said = _CHECKPOINT.format(self.place)
        with _writing(said):
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(self._path, os.W_OK):
            raise InspectorError(said, "may not be written to")

    def changes(self, suffix: str) -> dict[str, int]:
        """Return the names of some files, and when they were written."""
        with _reading(self.place), os.scandir(self._path) as found:
            return {
                each.name: each.stat().st_mtime_ns
                for each in found
                if each.name.endswith(suffix)
            }

    def read(self, name: str, *, own: bool = False) -> bytes | None:
        """Return what a file holds; None where there is none."""
        with _reading(self.place):
            try:
                with os.fdopen(_open_plain(self.path(name)), "rb") as file:
                    if own and not _is_own(os.fstat(file.fileno())):
                        raise NotOwnError
                    return file.read()
            except FileNotFoundError:
                return None

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return self.path(name).exists()

    def remove(self, name: str) -> None:
        """Remove a file, if there is one."""
        with _writing(self.place):
            self.path(name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of all files."""
        return sorted(each.name for each in self._path.iterdir() if each.is_file())

    @contextmanager
    def placed(self, name: str) -> Iterator[Path]:
        """Yield where a file is written, which then takes its name."""
        with placed(self.path(name)) as part:
            os.close(open_new(part))
            yield part

    def keep(self, name: str, data: bytes) -> None:
        """Write a file that is there as a whole, also after a power failure."""
        write_whole(self.path(name), data)

    @contextmanager
    def fetched(self, name: str) -> Iterator[Path]:
        """Yield where a file is."""
        yield self.path(name)


class Remote(Store):
    """A URL that fsspec can read and write.

    Args:
        place: The URL.

    Raises:
        InspectorError: fsspec is not installed, or knows no such URLs.
    """

    far = True

    def __init__(self, place: str) -> None:
        super().__init__(place.rstrip("/"))
        self._said = _CHECKPOINT.format(place)
        try:
            import fsspec  # noqa: PLC0415 — for URLs alone
        except ImportError:
            command = pip_command("install", "fsspec")
            words = f"fsspec is not installed; {command}"
            raise InspectorError(self._said, words) from None
        with _reading(self._said):
            found = fsspec.core.url_to_fs(self.place)
        self._system, self._root = cast("tuple[Any, str]", found)
        self._whole = place.partition("://")[0] in _WHOLE

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def check(self, *, removes: bool) -> None:
        """Make sure that files can be written, and removed if need be."""
        name = "protocol-inspect.check"  # always the same, where it stays
        self.write(name, b"1")
        try:
            self._system.rm_file(self._at(name))
        except Exception as error:  # of whatever library
            if removes:
                words = "cannot remove what is written there; name another store"
                raise InspectorError(self._said, words) from error

    def read(self, name: str, *, own: bool = False) -> bytes | None:  # noqa: ARG002
        """Return what a file holds; None where there is none; nobody knows whose."""
        with _reading(self._said):
            try:
                return cast("bytes", self._system.cat_file(self._at(name)))
            except FileNotFoundError:
                return None

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        with _reading(self._said):
            return bool(self._system.exists(self._at(name)))

    def remove(self, name: str) -> None:
        """Remove a file, if there is one."""
        with _writing(self._said), suppress(FileNotFoundError):
            self._system.rm_file(self._at(name))

    def names(self) -> list[str]:
        """Return the names of all files; none where the store lists nothing."""
        try:
            self._system.invalidate_cache()
            found = self._system.ls(self._root, detail=False)
        except Exception:  # noqa: BLE001 — of whatever library
            return []
        return sorted(each.rstrip("/").rpartition("/")[2] for each in found)

    @contextmanager
    def placed(self, name: str) -> Iterator[Path]:
        """Yield where a file is written, which is put there as a whole."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "part"
            yield path
            with _writing(self._said):
                self._put(path, name)

    def _put(self, path: Path, name: str) -> None:
        if self._whole:
            self._send(path, self._at(name))
            return
        with suppress(FileExistsError, NotImplementedError):
            self._system.makedirs(self._root, exist_ok=True)
        part = self._at(f"{name}.{os.getpid()}.part")
        self._send(path, part)
        self._system.mv(part, self._at(name))

    def _send(self, path: Path, target: str) -> None:
        if path.stat().st_size > _LARGE:
            self._system.put_file(str(path), target)
        else:
            self._system.pipe_file(target, path.read_bytes())

    @contextmanager
    def fetched(self, name: str) -> Iterator[Path]:
        """Yield where a copy of a file is."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            with _reading(self._said):
                self._system.get_file(self._at(name), str(path))
            yield path


def _is_own(status: os.stat_result) -> bool:
    """Whether nobody else may have written a file."""
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & _OTHERS_MAY_WRITE


@contextmanager
def _reading(place: str) -> Iterator[None]:
    try:
        yield
    except (InspectorError, NotOwnError):
        raise
    except Exception as error:  # of whatever library
        raise InspectorError(place, problem_of(error)) from error


@contextmanager
def _writing(place: str) -> Iterator[None]:
    try:
        yield
    except InspectorError:
        raise
    except OSError as error:
        if error.errno is None:
            raise UnwritableOutputError(place, problem_of(error)) from error
        raise UnwritableOutputError.of(place, error) from error
    except Exception as error:  # of whatever library
        raise UnwritableOutputError(place, problem_of(error)) from error
