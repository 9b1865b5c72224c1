"""Patterns of methods, as Nest has them, and the files that offer them.

Source: ``packages/microservices/decorators/message-pattern.decorator.ts``,
``createGrpcMethodMetadata``; ``server/server-grpc.ts``, ``getMessageHandler``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protocol import loads, route
from protocol.descriptors import DescriptorError
from protocol.proto_files import methods_of
from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protocol import Json
    from protocol.descriptors import Method

_NO_STREAM, _STREAM = "no_stream", "rx_stream"


def method(service: str, rpc: str, *, stream: bool = False) -> dict[str, Json]:
    """Return the pattern of a method, as Nest's ``@GrpcMethod()`` makes it.

    Args:
        service: The name of the service, with the package or without.
        rpc: The name of the method in the file.
        stream: Whether clients send a stream, as for ``@GrpcStreamMethod()``.
    """
    return {
        "service": service,
        "rpc": rpc,
        "streaming": _STREAM if stream else _NO_STREAM,
    }


def routes_of(each: Method) -> list[str]:
    """Return the routes by which a handler of a method may be registered."""
    short = each.service.rpartition(".")[2]
    patterns = [
        method(service, each.name, stream=each.takes_stream)
        for service in (short, each.service)
    ]
    return [*map(route, patterns), each.path, f"{short}.{each.name}"]


def method_at(channel: str, methods: Mapping[str, Method]) -> Method | None:
    """Return what a route names: a path, ``Service.Method``, or a pattern of Nest's."""
    if channel in methods:
        return methods[channel]
    service, rpc = channel.rpartition(".")[::2]
    if channel.startswith("{"):
        pattern = loads(channel.encode())
        if not isinstance(pattern, dict):
            return None
        service, rpc = f"{pattern.get('service')}", f"{pattern.get('rpc')}"
    for each in methods.values():
        names = each.service, each.service.rpartition(".")[2]
        if service in names and rpc == each.name:
            return each
    return None


def offered(files: Sequence[str], packages: Sequence[str]) -> dict[str, Method]:
    """Return path → method, of the services in some packages of some files.

    Args:
        files: ``.proto`` files or descriptor sets.
        packages: None of them for all.

    Raises:
        UsageError: A file cannot be read, or has no such service.
    """
    found: dict[str, Method] = {}
    for file in files:
        try:
            found.update(methods_of(Path(file)))
        except DescriptorError as error:
            raise UsageError(str(error)) from error
    chosen = {
        path: each
        for path, each in found.items()
        if not packages or each.service.rpartition(".")[0] in packages
    }
    if not chosen:
        raise UsageError(
            f"no service of {', '.join(packages)} is in {', '.join(files)}"
        )
    return chosen
