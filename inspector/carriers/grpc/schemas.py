"""What messages are, by ``.proto`` files or descriptor sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protocol.descriptors import DescriptorError, write_message
from protocol.proto_files import methods_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

    from protocol.descriptors import Method


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
                self._methods.update(methods_of(Path(file)))
            except DescriptorError as error:
                raise SchemaError(str(error)) from None

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
