"""The report of a fleet as a file: JSON, of a version, described in docs/fleet.md."""

from __future__ import annotations

from ipaddress import ip_network
from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.streams.names import check_name

from .placing import write_whole
from .report import FORMAT, VERSION, FleetReport

if TYPE_CHECKING:
    from collections.abc import Sequence


_LARGEST = 256 << 20  # bytes of a report that are read


def save(file: str, report: FleetReport) -> None:
    """Write a report; the same report gives the same bytes.

    A file is complete or not there; a pipe or a device is written to, and stays.

    Raises:
        UnwritableOutputError: The file cannot be written.
    """
    path = Path(realpath(file))
    if not path.exists() or path.is_file():
        write_whole(path, encoded(report), private=False)
        return
    try:
        path.write_bytes(encoded(report))
    except OSError as error:
        raise UnwritableOutputError.of(file, error) from None


def encoded(report: FleetReport) -> bytes:
    """Return a report as it is written; what is in it is in order already."""
    return msgspec.json.encode(report) + b"\n"


def load(files: Sequence[str]) -> list[tuple[str, FleetReport]]:
    """Return the reports in some files, each with its name.

    Raises:
        InspectorError: A file is no report, or of another version.
    """
    return [(file, _load(file)) for file in files]


def _load(file: str) -> FleetReport:
    try:
        with Path(file).open("rb") as opened:  # a pipe or a device is one as well
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise InspectorError(file, (error.strerror or str(error)).lower()) from None
    if len(data) > _LARGEST:
        raise InspectorError(file, "not the report of a fleet: more than 256 MB")
    try:
        about = msgspec.json.decode(data, type=_About)
        if about.format != FORMAT:
            raise InspectorError(file, "not the report of a fleet")
        if about.version != VERSION:
            words = f"a report of version {about.version}; this program reads {VERSION}"
            raise InspectorError(file, words)
        report = msgspec.json.decode(data, type=FleetReport)
        _check_names(report)
    except msgspec.ValidationError as error:
        raise InspectorError(file, f"a malformed report: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InspectorError(file, "not the report of a fleet") from None
    except ValueError as error:  # of a name
        raise InspectorError(file, f"a malformed report: {error}") from None
    return report


def _check_names(report: FleetReport) -> None:
    """Make sure that hosts of sources have addresses that are some, and names.

    Raises:
        ValueError: One is not.
    """
    for source in report.sources:
        for address in source.addresses:
            check_name(source.name)
            ip_network(address)


class _About(msgspec.Struct):
    format: str = ""
    version: int = 0
