"""Packages of Python: the extras, and what others bring."""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from inspector import additions, plugins
from inspector.carriers import registry
from inspector.findings import catalogue
from inspector.installing import pip_command
from protocol.named_tuple import NamedTuple

from .check import Check, Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Extra(NamedTuple):
    """An extra of ours, the package that it installs, and what that is for."""

    name: str
    module: str
    distribution: str
    purpose: str


_EXTRAS = (
    _Extra("live", "scapy", "scapy", "live -i INTERFACE captures with it"),
    _Extra("fast", "uvloop", "uvloop", "servers and clients of ours run faster"),
    _Extra(
        "metrics",
        "prometheus_client",
        "prometheus-client",
        "metrics of servers and of live",
    ),
    _Extra(
        "otlp", "opentelemetry.proto", "opentelemetry-proto", "--otlp sends with it"
    ),
    _Extra("tls", "cryptography", "cryptography", "--keylog decrypts TLS with it"),
    _Extra("html", "jinja2", "jinja2", "the report as a page, --html"),
    _Extra("parquet", "pyarrow", "pyarrow", "exchanges as Parquet: --parquet DIR"),
    _Extra("query", "duckdb", "duckdb", "query: SQL over such files"),
    _Extra("png", "resvg_py", "resvg-py", "pictures in pixels: --png FILE"),
    _Extra("web", "starlette", "starlette", "live --web and proxy --web"),
    _Extra("fleet", "distributed", "distributed", "fleet --cluster, and over URLs"),
    _Extra("prompt", "prompt_toolkit", "prompt-toolkit", "protocol-call prompt"),
    _Extra("tui", "textual", "textual", "browse, and --browse of live and proxy"),
)


def extras() -> Iterator[Check]:
    """Yield which of the extras are installed, and can be imported."""
    for extra in _EXTRAS:
        yield _look_for(extra)


def _look_for(extra: _Extra) -> Check:
    try:
        found = f"{extra.distribution} {version(extra.distribution)}"
    except PackageNotFoundError:
        found = f"no {extra.distribution}"
        fix = pip_command("install", extra.distribution)
        return Check("extras", extra.name, Mark.ABSENT, found, extra.purpose, fix)
    try:
        import_module(extra.module)
    except plugins.FAILURES as error:
        fix = pip_command("install", "--force-reinstall", extra.distribution)
        return Check(
            "extras", extra.name, Mark.BROKEN, found, plugins.described(error), fix
        )
    return Check("extras", extra.name, Mark.GOOD, found, extra.purpose)


def third_party() -> Iterator[Check]:
    """Yield what other packages add, and whether it loads."""
    yield from _loaded("carrier", registry.GROUP, registry.carriers)
    yield from _loaded("findings", catalogue.GROUP, catalogue.rules)
    commands, hooks = additions.load_commands, additions.load_hooks
    yield from _loaded("command", additions.COMMANDS, commands)
    yield from _loaded("hook", additions.HOOKS, hooks)


def _loaded(kind: str, group: str, load: Callable[[], object]) -> Iterator[Check]:
    """Yield the entry points of a group, each with the warning that names it.

    What is loaded already warns no more: only the first look of a process says what is
    wrong.
    """
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        load()
    for entry in sorted(plugins.entry_points(group), key=lambda each: each.name):
        known = f"{entry.name} ({entry.value})"
        problem = next((str(w.message) for w in said if known in str(w.message)), "")
        if problem:
            fix = pip_command("uninstall", entry.dist.name) if entry.dist else ""
            yield Check("plug-ins", entry.name, Mark.BROKEN, kind, problem, fix)
        else:
            yield Check("plug-ins", entry.name, Mark.GOOD, kind, entry.value)
