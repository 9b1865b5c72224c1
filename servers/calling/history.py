"""The patterns that were called, for completion: names of things, never data.

One file of lines ``["host:port",pattern]``, or with ``unix:/path``, the latest last,
that only its owner may read. Nothing is kept of what failed for want of a handler or a
connection: it may be a slip. ``PROTOCOL_CALL_NO_HISTORY`` or ``--no-history`` keeps and
reads nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from protocol import Json, dumps, loads
from protocol.configuration import home

from .addresses import Address, parse_address

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_HISTORY = "PROTOCOL_CALL_NO_HISTORY"
_FOLDER = "XDG_STATE_HOME"
"""Source: XDG Base Directory Specification; without it ``~/.local/state``."""
_MOST = 500  # lines
_LONGEST = 200  # bytes of a line
_OWN_FILE, _OWN_FOLDER = 0o600, 0o700


# decision 116: Of calls the patterns are kept, never data
class History:
    """The patterns that were called.

    Args:
        file: Where they are kept; None keeps them until the end of the program.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._added: list[bytes] = []  # where nothing is kept

    @classmethod
    def of_user(cls, environment: Mapping[str, str], *, wanted: bool) -> History:
        """Return the history in the state folder of the user."""
        if not wanted or environment.get(NO_HISTORY):
            return cls(None)
        folder = environment.get(_FOLDER) or Path(home(), ".local", "state")
        return cls(Path(folder) / "protocol-call" / "patterns.jsonl")

    def servers(self) -> list[Address]:
        """Return the addresses that were called, the latest first."""
        found = (parse_address(address) for address, _ in self._read())
        return list(dict.fromkeys(each for each in found if each is not None))

    def patterns(self, server: Address) -> list[Json]:
        """Return the patterns that were called at a server, the latest first."""
        return [pattern for address, pattern in self._read() if address == str(server)]

    def add(self, server: Address, pattern: Json) -> None:
        """Keep a pattern, as far as the folder can be written to."""
        line = dumps([str(server), pattern])
        lines = self._lines()
        if len(line) > _LONGEST or lines[-1:] == [line]:
            return
        lines = [*(each for each in lines if each != line), line][-_MOST:]
        if self._file is None:
            self._added = lines
            return
        with suppress(OSError):
            _replace(self._file, lines)

    def _read(self) -> list[tuple[str, Json]]:
        found = []
        for line in reversed(self._lines()):
            with suppress(ValueError):
                entry = loads(line)
                if isinstance(entry, list) and len(entry) == 2:  # noqa: PLR2004 — the two
                    found.append((str(entry[0]), entry[1]))
        return found

    def _lines(self) -> list[bytes]:
        if self._file is None:
            return self._added
        try:
            if not self._file.is_file():  # a pipe, or a device, may have no end
                return []
            with self._file.open("rb") as file:
                text = file.read(_MOST * (_LONGEST + 1))
        except OSError:
            return []
        # A line that is not ours would fill what is read, time after time.
        lines = [each for each in text.splitlines() if len(each) <= _LONGEST]
        return lines[-_MOST:]


def _replace(file: Path, lines: list[bytes]) -> None:
    """Write a file that only its owner may read, in place of another.

    Raises:
        OSError: It cannot be written.
    """
    file.parent.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(new, flags, _OWN_FILE), "wb") as opened:
            opened.write(b"".join(line + b"\n" for line in lines))
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def typed(pattern: Json) -> str:
    """Return a pattern as it is typed: as JSON, unless a plain string says the same."""
    if isinstance(pattern, str):
        try:
            loads(pattern.encode())
        except ValueError:
            return pattern
    return dumps(pattern).decode()
