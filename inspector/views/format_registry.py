"""The output formats that there are: the files of :mod:`inspector.views.formats`.

The file of a format is loaded when the format is asked for, and not before.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from . import formats
from .output_format import known

if TYPE_CHECKING:
    from .output_format import Format

DEFAULT = "table"


def names() -> list[str]:
    """Return the names of all formats, the default first."""
    from pkgutil import iter_modules  # noqa: PLC0415 — not where the default is written

    found = (module.name for module in iter_modules(formats.__path__))
    return sorted(found, key=lambda name: (name != DEFAULT, name))


def format_named(name: str) -> type[Format]:
    """Return a format.

    Raises:
        LookupError: No file has that name, or it registers no format.
    """
    if name != DEFAULT and name not in names():
        raise LookupError(f"no format {name}; there are {', '.join(names())}")
    import_module(f"{formats.__name__}.{name}")
    if name not in known:
        raise LookupError(f"{formats.__name__}.{name} registers no format")
    return known[name]


def description() -> str:
    """Return what all formats write, in one phrase."""
    *first, last = (format_named(name).described() for name in names())
    return f"{', '.join(first)}, or {last}"
