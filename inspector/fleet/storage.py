"""Where captures are: files of this machine, and with the extra ``fleet`` URLs.

URLs are opened by fsspec: ``s3://``, ``gs://``, ``ssh://``, ``http://``, ``memory://``,
whatever it has an implementation for.
"""

from __future__ import annotations

from contextlib import contextmanager
from glob import glob, has_magic
from hashlib import blake2b
from pathlib import Path
from stat import S_ISREG
from typing import IO, TYPE_CHECKING, Any, cast

import msgspec

from inspector.errors import InspectorError, UnreadableCaptureError
from inspector.installing import pip_command
from inspector.sources.files import read_capture, read_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.reading import Reading
    from inspector.sources.records import PacketRecord

_ENDS = 1 << 16
"""Bytes of the head and the tail of a file by which it is known again."""


class Identity(msgspec.Struct, frozen=True):
    """What a file is known by.

    Attributes:
        name: Its path or URL.
        size: Its bytes.
        changed: When it was changed, as its file system says; empty where it does not.
        digest: BLAKE2b of its size and its first and last 64 KiB.
    """

    name: str
    size: int
    changed: str
    digest: str


def is_remote(name: str) -> bool:
    """Whether a name is a URL."""
    return "://" in name


def expand(pattern: str) -> list[str]:
    """Return the files that a pattern matches; a name without wildcards itself.

    Raises:
        InspectorError: It is a URL that cannot be listed.
    """
    if not has_magic(pattern):
        return [pattern]
    if not is_remote(pattern):
        return glob(pattern, recursive=True)  # noqa: PTH207 — an absolute one, too
    scheme = pattern.partition("://")[0]
    with _said(pattern):
        system, path = _filesystem(pattern)
        return [
            each if is_remote(each) else f"{scheme}://{each.lstrip('/')}"
            for each in system.glob(path)
        ]


def identity(name: str) -> Identity:
    """Return what a file is known by.

    Raises:
        UnreadableCaptureError: It cannot be read.
    """
    with _said(name):
        if is_remote(name):
            system, path = _filesystem(name)
            about = system.info(path)
            size = int(about.get("size") or 0)
            changed = _changed(about)
        else:
            status = Path(name).stat()
            if not S_ISREG(status.st_mode):  # a pipe might be waited for, for ever
                raise UnreadableCaptureError(name, "not a plain file")
            size, changed = status.st_size, str(status.st_mtime_ns)
        with _opened(name) as file:
            head = file.read(_ENDS)
            file.seek(max(size - _ENDS, 0))
            digest = blake2b(b"%d " % size + head + file.read(_ENDS), digest_size=16)
    return Identity(name, size, changed, digest.hexdigest())


def read(name: str, reading: Reading) -> Iterator[PacketRecord]:
    """Yield the records of a capture, wherever it is.

    Raises:
        UnreadableCaptureError: It cannot be opened, or it is not a capture.
        DamagedCaptureError: It can be read up to a point, and no further.
    """
    if not is_remote(name):
        yield from read_capture(name, reading)
        return
    with _said(name), _opened(name) as file:
        yield from read_stream(file, name, reading)


def _changed(about: dict[str, Any]) -> str:
    found = [about.get(key) for key in ("mtime", "LastModified", "last_modified")]
    found += [about.get(key) for key in ("ETag", "etag")]
    return str(next((each for each in found if each), ""))


def _filesystem(name: str) -> tuple[Any, str]:
    try:
        import fsspec  # noqa: PLC0415 — for URLs alone
    except ImportError:
        command = pip_command("install", "fsspec")
        raise InspectorError(name, f"fsspec is not installed; {command}") from None
    return cast("tuple[Any, str]", fsspec.core.url_to_fs(name))


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if is_remote(name):
        system, path = _filesystem(name)
        with system.open(path, "rb") as file:
            yield file
    else:
        with Path(name).open("rb") as file:
            yield file


@contextmanager
def _said(name: str) -> Iterator[None]:
    """Make one error of all that file systems raise, each in its own words."""
    try:
        yield
    except InspectorError:
        raise
    except FileNotFoundError:
        raise UnreadableCaptureError(name, "no such file") from None
    except Exception as error:
        raise UnreadableCaptureError(name, problem_of(error)) from error


def problem_of(error: Exception) -> str:
    """Return, in one line, what a file system says, whose library nobody knows here."""
    if isinstance(error, OSError):
        return (error.strerror or str(error) or type(error).__name__).lower()
    return " ".join(str(error).split()) or type(error).__name__
