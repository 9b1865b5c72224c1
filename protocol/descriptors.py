"""Messages of Protocol Buffers as JSON, by what descriptors say of them.

JSON is that of Protocol Buffers: names in camel case, integers of 64 bits as text,
bytes in base64, nothing for a field with the value that it has without one. Messages
are read by ``protobuf``, of the extra ``grpc``, which is loaded when it is needed.

Source: https://protobuf.dev/programming-guides/json/.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from .javascript import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor import Descriptor
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.message import Message

EXTRA = "pip install 'protocol-inspect[grpc]'"
"""What installs the library, and what reads ``.proto`` files."""
_MOST_UNKNOWN = 64  # fields that are looked at


class DescriptorError(ValueError):
    """Descriptors cannot be read, or describe no service; the message says why."""


class Method(NamedTuple):
    """What a method takes and returns.

    Attributes:
        service: The name of its service, with the package.
        name: Its own name.
        request: The class of its requests.
        reply: … and of its replies.
        takes_stream: Whether its client sends several messages.
        gives_stream: Whether its server does.
    """

    service: str
    name: str
    request: type[Message]
    reply: type[Message]
    takes_stream: bool
    gives_stream: bool

    @property
    def path(self) -> str:
        """Its path, such as ``/package.Service/Method``."""
        return f"/{self.service}/{self.name}"


def methods_in(data: bytes) -> dict[str, Method]:
    """Return path → method, of all services in a set of descriptors.

    Raises:
        DescriptorError: It cannot be read, or there is none, or no library.
    """
    try:
        from google.protobuf.descriptor_pb2 import (  # noqa: PLC0415 — an extra
            FileDescriptorSet,
        )
        from google.protobuf.message import DecodeError  # noqa: PLC0415
    except ImportError:
        raise DescriptorError(f"it takes protobuf: {EXTRA}") from None
    try:
        files = FileDescriptorSet.FromString(data)
    except DecodeError:
        raise DescriptorError("it is not a set of descriptors") from None
    try:
        found = {method.path: method for method in _methods(files)}
    except (KeyError, TypeError) as error:
        raise DescriptorError(str(error)) from None
    if not found:
        raise DescriptorError("it describes no service")
    return found


def _methods(files: FileDescriptorSet) -> list[Method]:
    from google.protobuf.descriptor_pool import DescriptorPool  # noqa: PLC0415
    from google.protobuf.message_factory import GetMessageClass  # noqa: PLC0415

    pool = DescriptorPool()
    for each in files.file:
        pool.Add(each)
    services = [
        pool.FindServiceByName(f"{each.package}.{service.name}".lstrip("."))
        for each in files.file
        for service in each.service
    ]
    return [
        Method(
            service.full_name,
            method.name,
            GetMessageClass(method.input_type),
            GetMessageClass(method.output_type),
            method.client_streaming,
            method.server_streaming,
        )
        for service in services
        for method in service.methods
    ]


def read_message(data: bytes, kind: type[Message]) -> bytes | None:
    """Return a message as JSON; None where it is not one of a kind."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    message = kind()
    try:
        message.ParseFromString(data)
        return _text_of(message)
    except (DecodeError, ValueError, TypeError, RecursionError):
        return None


def _text_of(message: Message) -> bytes:
    """Return a message as JSON.

    Raises:
        ValueError, TypeError, RecursionError: JSON cannot hold it.
    """
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415

    text = MessageToJson(
        message,
        indent=None,
        ensure_ascii=False,
        sort_keys=_has_maps(message.DESCRIPTOR),  # which have no order of their own
    )
    return dumps(loads(text.encode()))  # without its blanks


class Known(NamedTuple):
    """A message, as far as a kind describes it.

    Attributes:
        text: As JSON.
        unknown: The fields that its kind does not have: their numbers, after the names
            that lead to them (``4``, ``nested.7``); of many, the first.
    """

    text: bytes
    unknown: tuple[str, ...]


def read_known(data: bytes, kind: type[Message]) -> Known | None:
    """Return a message as JSON, and what of it is lost; None if it is not of a kind."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    message = kind()
    try:
        message.ParseFromString(data)
        text = _text_of(message)
    except (DecodeError, ValueError, TypeError, RecursionError):
        return None
    size = message.ByteSize()
    message.DiscardUnknownFields()
    if message.ByteSize() == size:
        return Known(text, ())
    found = _unknown_fields(kind.FromString(data))
    return Known(text, tuple(dict.fromkeys(islice(found, _MOST_UNKNOWN))))


def _unknown_fields(message: Message) -> Iterator[str]:
    """Yield the fields of a message, and of those in it, that their kinds lack."""
    from google.protobuf.unknown_fields import UnknownFieldSet  # noqa: PLC0415

    left = [("", message)]
    while left:
        path, each = left.pop()
        for field in UnknownFieldSet(each):  # type: ignore[attr-defined]  # it has that
            yield f"{path}{field.field_number}"
        for descriptor, value in each.ListFields():
            inner = descriptor.message_type
            if inner is None:
                continue
            name = f"{path}{descriptor.json_name}."
            if inner.GetOptions().map_entry:
                if inner.fields_by_name["value"].message_type is not None:
                    left += [(name, value[key]) for key in value]
            elif descriptor.is_repeated:
                left += [(name, item) for item in value]
            else:
                left.append((name, value))


def write_message(text: bytes, kind: type[Message]) -> bytes:
    """Return a message from JSON.

    Raises:
        DescriptorError: It is not one of a kind; the message says why.
    """
    from google.protobuf.json_format import Parse, ParseError  # noqa: PLC0415

    try:
        return bytes(Parse(text, kind()).SerializeToString(deterministic=True))
    except (ParseError, ValueError, TypeError, RecursionError) as error:
        raise DescriptorError(f"{error}".partition("\n")[0]) from None


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
