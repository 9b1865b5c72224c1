"""From ``module:service`` to the service."""

from __future__ import annotations

import importlib
import inspect
import sys
from operator import attrgetter
from os.path import isfile
from pathlib import Path
from types import ModuleType  # noqa: TC003 — hints at run time, too

from servers.running import RunByModuleError, importing
from servers.server import Service

from .tracebacks import shortened

DEFAULT_NAME = "service"
"""What is served of a module when no name is given."""


class NotFoundError(Exception):
    """There is no such module, or no service of that name in it; says so in a line."""


class BrokenError(Exception):
    """The module, or the function that makes the service, raised; has the traceback."""


def load(target: str, *, factory: bool = False) -> Service:
    """Return the service that is named.

    Args:
        target: ``module``, or ``module:name``; both may be dotted. Modules are looked
            for in the current directory first, as by ``python -m``.
        factory: Whether the name is that of a function which returns the service.

    Raises:
        NotFoundError: There is no such module, no such name, or no service there.
        BrokenError: The module or the function raised.
        RunByModuleError: The module, or the function, runs the service itself.
    """
    name, _, attributes = target.partition(":")
    module = _module(name)
    attributes = attributes or DEFAULT_NAME
    try:
        found = attrgetter(attributes)(module)
    except AttributeError:
        raise NotFoundError(f"{name} has no {attributes!r}{_instead(module)}") from None
    if factory:
        found = _made(found, target)
    if isinstance(found, Service):
        return found
    raise NotFoundError(f"{name}:{attributes} {_what_it_is(found, factory=factory)}")


def _module(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    _check_name(name)
    try:
        with importing():
            return importlib.import_module(name)
    except RunByModuleError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            _check_no_file(name)
            raise NotFoundError(
                f"no module {error.name!r} in {here}, nor where Python looks"
            ) from None
        raise BrokenError(shortened(error)) from error
    except Exception as error:
        raise BrokenError(shortened(error)) from error


def _check_name(name: str) -> None:
    if name.endswith(".py"):
        stem = name.removesuffix(".py").replace("/", ".").strip(".")
        raise NotFoundError(f"{name!r} is a file; write its module: {stem}")
    if "/" in name or not all(part.isidentifier() for part in name.split(".")):
        _check_no_file(name)
        if "/" in name:
            stem = name.replace("/", ".").strip(".")
            raise NotFoundError(f"{name!r} is a file; write its module: {stem}")
        raise NotFoundError(f"{name!r} is not the name of a module")


def _check_no_file(name: str) -> None:
    """Point from a file, of which no module was found, to what reads files."""
    if isfile(name):  # noqa: PTH113 — of any length
        raise NotFoundError(
            f"{name!r} is a file, and no module; --from answers as recorded in one"
        )


def _made(factory: object, target: str) -> object:
    if not callable(factory):
        kind = type(factory).__name__
        raise NotFoundError(
            f"{target} is no function, but of type {kind}; omit --factory"
        )
    try:
        with importing():
            return factory()
    except RunByModuleError:
        raise
    except Exception as error:
        raise BrokenError(shortened(error)) from error


def _instead(module: ModuleType) -> str:
    """Name the services that a module has."""
    names = [name for name, each in vars(module).items() if isinstance(each, Service)]
    name = module.__name__
    return f"; it has {', '.join(f'{name}:{each}' for each in names)}" if names else ""


def _what_it_is(found: object, *, factory: bool) -> str:
    kind = type(found).__name__
    if inspect.iscoroutine(found):
        found.close()
        return "is a coroutine function; make the service in a plain one"
    if factory:
        return f"returned no servers.Service, but a value of type {kind}"
    if inspect.isfunction(found) or inspect.ismethod(found):
        return "is a function; with --factory what it returns is served"
    return f"is no servers.Service, but of type {kind}"
