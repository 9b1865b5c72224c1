"""Messages to JSON, by the names of ``.proto`` files or of descriptor sets.

JSON is that of Protocol Buffers: names in camel case, integers of 64 bits as text,
bytes in base64. ``protobuf`` reads messages, ``grpcio-tools`` reads ``.proto`` files;
both are of the extra ``grpc``.

Source: https://protobuf.dev/programming-guides/json/.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor import Descriptor
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message import Message

EXTRA = "pip install 'protocol-inspect[grpc]'"
_SOURCE = ".proto"


class SchemaError(ValueError):
    """A file does not describe services, or cannot be read; the message says why."""


class Method(NamedTuple):
    """What a method takes and returns.

    Attributes:
        request: The class of its requests.
        reply: … and of its replies.
        listed: Whether it takes a stream.
    """

    request: type[Message]
    reply: type[Message]
    listed: bool


class Schemas:
    """What some files say of methods.

    Args:
        files: ``.proto`` files, and descriptor sets as ``protoc`` writes them.

    Raises:
        SchemaError: One of them cannot be read.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._methods: dict[str, Method] = {}
        try:
            from google.protobuf import descriptor_pool  # noqa: PLC0415 — an extra
        except ImportError:
            raise SchemaError(f"it takes protobuf: {EXTRA}") from None
        for file in files:
            pool = descriptor_pool.DescriptorPool()
            self._add(file, _read(Path(file)), pool)

    def method(self, path: str) -> Method | None:
        """Return the method with a path such as ``/package.Service/Method``."""
        return self._methods.get(path)

    def _add(self, file: str, files: FileDescriptorSet, pool: DescriptorPool) -> None:
        from google.protobuf.message_factory import (  # noqa: PLC0415
            GetMessageClass,
        )

        try:
            for each in files.file:
                pool.Add(each)
            for each in files.file:
                for service in each.service:
                    name = f"{each.package}.{service.name}".lstrip(".")
                    found = pool.FindServiceByName(name)
                    for method in found.methods:
                        self._methods[f"/{name}/{method.name}"] = Method(
                            GetMessageClass(method.input_type),
                            GetMessageClass(method.output_type),
                            method.client_streaming,
                        )
        except (KeyError, TypeError) as error:
            raise SchemaError(f"{file}: {error}") from None


def read_named(data: bytes, kind: type[Message]) -> bytes | None:
    """Return a message as JSON; None where it is not one of a kind."""
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    message = kind()
    try:
        message.ParseFromString(data)
        text = MessageToJson(
            message,
            indent=None,
            ensure_ascii=False,
            sort_keys=_has_maps(kind.DESCRIPTOR),  # which have no order of their own
        )
        return text.encode()
    except (DecodeError, ValueError, TypeError, RecursionError):
        return None


@cache
def _has_maps(descriptor: Descriptor) -> bool:
    """Whether messages of a type, or those in them, have maps."""
    seen, left = {descriptor}, [descriptor]
    while left:
        for field in left.pop().fields:
            inner = field.message_type
            if inner is not None and inner.GetOptions().map_entry:
                return True
            if inner is not None and inner not in seen:
                seen.add(inner)
                left.append(inner)
    return False


def written(text: bytes, kind: type[Message], size: int) -> bytes | None:
    """Return JSON as a message of a size; None where it takes another."""
    from google.protobuf.json_format import Parse, ParseError  # noqa: PLC0415

    try:
        data: bytes = Parse(text, kind()).SerializeToString(deterministic=True)
    except (ParseError, ValueError, RecursionError):
        return None
    return data if len(data) == size else None


def _read(file: Path) -> FileDescriptorSet:
    """Return what a file describes.

    Raises:
        SchemaError: It cannot be read.
    """
    from google.protobuf.descriptor_pb2 import FileDescriptorSet  # noqa: PLC0415
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    try:
        data = _compiled(file) if file.suffix == _SOURCE else file.read_bytes()
        found = FileDescriptorSet.FromString(data)
    except OSError as error:
        raise SchemaError(f"{file}: {(error.strerror or '').lower()}") from None
    except DecodeError:
        raise SchemaError(f"{file}: it is not a set of descriptors") from None
    if not any(each.service for each in found.file):
        raise SchemaError(f"{file}: it describes no service")
    return found


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
            lines = [line for line in run.stderr.splitlines() if "warning" not in line]
            raise SchemaError(f"{lines[0] if lines else f'{file}: it is malformed'}")
        return target.read_bytes()
