"""Another build of the extension in place of the one that was installed."""

from __future__ import annotations

import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

NAME = "protocol._cut"


def load(file: Path, name: str = NAME) -> ModuleType:
    """Load an extension from a file, as a module of its own each time."""
    loader = ExtensionFileLoader(name, str(file))
    spec = spec_from_file_location(name, file, loader=loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def install(file: Path) -> None:
    """Let ``protocol``, when it is imported, use the extension in a file."""
    assert "protocol" not in sys.modules, "protocol is imported already"
    sys.modules[NAME] = load(file)
