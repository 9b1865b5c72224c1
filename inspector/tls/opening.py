"""A key log from what a person names, and what is needed for it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.installing import pip_command

from .keylog import KeyLog

if TYPE_CHECKING:
    from collections.abc import Sequence

OPTION = "--keylog"


def can_decrypt() -> bool:
    """Whether there is what decrypts."""
    return find_spec("cryptography") is not None


def open_keylog(
    names: Sequence[str], *, grows: bool = False, asked: str = OPTION
) -> KeyLog:
    """Return the secrets in some files.

    Args:
        names: The files.
        grows: Whether they may grow while they are read, or be made only then.
        asked: By what they were asked for.

    Raises:
        InspectorError: A file cannot be read or is no key log, or what decrypts is not
            installed.
    """
    if not can_decrypt():
        command = pip_command("install", "cryptography")
        raise InspectorError(asked, f"cryptography is not installed; {command}")
    return KeyLog(names, grows=grows)
