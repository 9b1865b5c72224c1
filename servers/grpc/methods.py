"""Patterns of methods, as Nest has them, and the files that offer them.

Source: ``packages/microservices/decorators/message-pattern.decorator.ts``,
``createGrpcMethodMetadata``; ``server/server-grpc.ts``, ``getMessageHandler``.
"""

from __future__ import annotations

from difflib import get_close_matches
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
    from servers.server.routes import Routes

_MOST_NAMED = 4
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


def unserved(routes: Routes, methods: Mapping[str, Method]) -> list[str]:
    """Return what is amiss with the handlers of a service, in words.

    That is: none of them is for a method; or one is for a method of a service that
    there is, and not for one that it has.
    """
    handled = [
        each for each in methods.values() if any(map(routes.find, routes_of(each)))
    ]
    found = [] if handled else [_none_handled(methods)]
    known = {route for each in methods.values() for route in routes_of(each)}
    others = [each.route for each in routes if each.route not in known]
    words = (_misnamed(name, methods) for name in dict.fromkeys(others))
    return found + [each for each in words if each]


def _none_handled(methods: Mapping[str, Method]) -> str:
    names = [f"{each.service}.{each.name}" for each in methods.values()]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (
        f"no handler is for one of its methods ({', '.join(names[:_MOST_NAMED])}{more})"
        ": every call is answered by UNIMPLEMENTED"
    )


def _misnamed(name: str, methods: Mapping[str, Method]) -> str:
    """Return what is wrong with a handler; nothing if it is for something else."""
    service, rpc = _names_of(name)
    of_service = [
        each
        for each in methods.values()
        if service in {each.service, each.service.rpartition(".")[2]}
    ]
    if not of_service or not rpc:
        return ""
    wanted = next((each for each in of_service if each.name == rpc), None)
    if wanted is None:
        near = get_close_matches(rpc, [each.name for each in of_service], 1)
        hint = f": did you mean {near[0]}?" if near else ""
        return f"a handler is for {service}.{rpc}, which is not a method{hint}"
    takes = "takes a stream" if wanted.takes_stream else "takes no stream"
    right = f'method("{service}", "{rpc}"{", stream=True" * wanted.takes_stream})'
    return f"a handler is not for {service}.{rpc}, which {takes}: {right} is"


def _names_of(channel: str) -> tuple[str, str]:
    """Return the service and the method that a route names; empty where it does not."""
    if channel.startswith("{"):
        pattern = loads(channel.encode())
        if not isinstance(pattern, dict):
            return "", ""
        return f"{pattern.get('service', '')}", f"{pattern.get('rpc', '')}"
    parts = (
        channel[1:].rpartition("/") if channel[:1] == "/" else channel.rpartition(".")
    )
    return parts[0], parts[2]


def method_at(channel: str, methods: Mapping[str, Method]) -> Method | None:
    """Return what a route names: a path, ``Service.Method``, or a pattern of Nest's."""
    if channel in methods:
        return methods[channel]
    service, rpc = _names_of(channel)
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
