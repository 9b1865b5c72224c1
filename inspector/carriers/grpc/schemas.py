"""What messages are, by ``.proto`` files or descriptor sets.

``grpcio-tools``, of the extra ``grpc``, reads ``.proto`` files.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from protocol.descriptors import EXTRA, DescriptorError, methods_in, write_message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

    from protocol.descriptors import Method

_SOURCE = ".proto"


class SchemaError(ValueError):
    """A file does not describe services, or cannot be read; the message says why."""


class Schemas:
    """What some files say of methods.

    Args:
        files: ``.proto`` files, and descriptor sets as ``protoc`` writes them.

    Raises:
        SchemaError: One of them cannot be read.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._methods: dict[str, Method] = {}
        for file in files:
            try:
                self._methods.update(methods_in(_read(Path(file))))
            except DescriptorError as error:
                raise SchemaError(f"{file}: {error}") from None

    def method(self, path: str) -> Method | None:
        """Return the method with a path such as ``/package.Service/Method``."""
        return self._methods.get(path)


def written(text: bytes, kind: type[Message], size: int) -> bytes | None:
    """Return JSON as a message of a size; None where it takes another."""
    try:
        data = write_message(text, kind)
    except DescriptorError:
        return None
    return data if len(data) == size else None


def _read(file: Path) -> bytes:
    """Return the descriptors in a file.

    Raises:
        SchemaError: It cannot be read.
    """
    try:
        return _compiled(file) if file.suffix == _SOURCE else file.read_bytes()
    except OSError as error:
        raise SchemaError(f"{file}: {(error.strerror or '').lower()}") from None


def _compiled(file: Path) -> bytes:
    """Return the descriptors of a ``.proto`` file."""
    try:
        import grpc_tools  # noqa: PLC0415 — an extra
    except ImportError:
        raise SchemaError(f"{file}: it takes grpcio-tools: {EXTRA}") from None
    if not file.is_file():
        raise SchemaError(f"{file}: there is no such file")
    known = Path(grpc_tools.__path__[0]) / "_proto"
    with TemporaryDirectory() as folder:
        target = Path(folder) / "descriptors"
        # In a process of its own: what is wrong with a file is written to its stderr.
        run = subprocess.run(  # noqa: S603 — no shell, and the file is a name
            [
                *(sys.executable, "-m", "grpc_tools.protoc", "--include_imports"),
                *(f"--proto_path={file.parent}", "--proto_path=.", f"-I{known}"),
                *(f"--descriptor_set_out={target}", str(file)),
            ],
            check=False,
            capture_output=True,
            text=True,
        )
        if run.returncode:
            # Beside what is wrong, others say what they think of it on the same stream.
            lines = [
                line
                for line in run.stderr.splitlines()
                if f"{_SOURCE}:" in line and ": warning:" not in line
            ]
            raise SchemaError(lines[0] if lines else f"{file}: it is malformed")
        return target.read_bytes()
