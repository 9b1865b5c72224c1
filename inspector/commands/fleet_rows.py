"""``--parquet DIR`` of a fleet: its exchanges as rows, each once."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.fleet.rows import RowsAsked
from inspector.fleet.storage import is_remote
from inspector.words import plural

from .parquet_options import OPTION, take_parquet
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.fleet.gathering import Gathered
    from inspector.fleet.sources import Source

_KEY_DIGITS = 8


def take_rows(given: dict[str, Any], sources: Sequence[Source]) -> RowsAsked | None:
    """Return how exchanges are written; None where they are not.

    Args:
        given: The parameters of the command.
        sources: The sources.

    Raises:
        click.UsageError: Payloads are asked for, and no files.
        InspectorError: The extra ``parquet`` is not installed, or the folder holds
            exchanges of something else.
        UnwritableOutputError: The folder cannot be made, or written to.
    """
    options = take_parquet(dict(given), bare=given["no_redact"])
    if options is None:
        return None
    key = _key_of(sources)
    _check_folder(options.folder, key)
    return RowsAsked(options.folder, key, options.payloads, options.hides)


def say_rows(asked: RowsAsked, gathered: Gathered) -> None:
    """Say how many rows there are, and where."""
    count = f"{plural(gathered.rows, 'exchange')} in {plural(gathered.files, 'file')}"
    say(f"{asked.folder}: {count}", "command")


def _check_folder(folder: str, key: str) -> None:
    """Make sure that files can be written, and are counted with no others."""
    from inspector.columnar.folders import others_in  # noqa: PLC0415 — of this option

    said = f"{OPTION}: {folder}"
    if is_remote(folder):
        raise InspectorError(said, "a URL is refused: rows are written to a folder")
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableOutputError.of(said, error) from error
    if not os.access(path, os.W_OK):
        raise UnwritableOutputError(said, "cannot write: permission denied")
    if others_in(path, key):
        words = "holds exchanges of other captures, with which these would be counted"
        raise InspectorError(said, f"{words}; name another folder")


def _key_of(sources: Sequence[Source]) -> str:
    """Return what a run over the same captures of the same sources has in common."""
    found = sha256()
    for source in sources:
        for file in (source.name, *source.files):
            name = file if is_remote(file) else os.path.realpath(file)
            found.update(name.encode("utf-8", "surrogateescape") + b"\0")
    return found.hexdigest()[:_KEY_DIGITS]
