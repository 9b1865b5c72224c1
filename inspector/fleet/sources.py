"""What a fleet consists of: its sources, each with its files in order.

====================  ================================================================
``SOURCES.toml``      a table ``[[source]]`` for each: ``name``, ``files`` (paths or
                      patterns, from the folder of the file on, or URLs) and, if
                      known, ``addresses`` of its host
a folder              each folder in it that holds captures is a source, by its name;
                      of captures in the folder itself, see below
captures, by pattern  those in several folders are a source for each folder; those in
                      one are a source for each name without its number and date
====================  ================================================================

The names of ring buffers are those that tcpdump (``-C``, ``-G``, ``-W``) and dumpcap
(``-b``) give: ``eth0.pcap3``, ``eth0-20261130-0200.pcap``,
``eth0_00003_20261130020000.pcap``.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from inspector.errors import InspectorError, UnreadableCaptureError
from inspector.streams.names import check_name
from protocol.lazy_regex import lazy_regex

from .storage import expand, is_remote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_CAPTURE = lazy_regex(r"\.(pcap(ng)?|cap)\d*(\.(gz|zst|xz|bz2))?$")
_DIGITS = lazy_regex(r"(\d+)")
_PARTING, _DATED = "-_.", frozenset("0123456789:TZ")
_KEYS = {"name", "files", "addresses"}
MAX_SOURCES = 10_000


class Source(msgspec.Struct, frozen=True):
    """A host and an interface of it, where packets were captured.

    Attributes:
        name: What it is called, which no other is.
        files: Its captures, in the order of their names; numbers count as numbers.
        addresses: Those of its host, and networks that are behind it; empty where
            nobody says.
    """

    name: str
    files: tuple[str, ...]
    addresses: tuple[str, ...] = ()

    def absolute(self) -> Source:
        """Return the same, whose files are named by whole paths or URLs."""
        names = [
            each if is_remote(each) else str(Path.cwd() / each) for each in self.files
        ]
        return replace(self, files=tuple(names))


def find_sources(given: Sequence[str]) -> list[Source]:
    """Return the sources that arguments name, in the order of their names.

    Args:
        given: Files of sources (``.toml``), folders, patterns and captures.

    Raises:
        InspectorError: One is malformed, or two have one name.
        UnreadableCaptureError: There are none, or a folder is not there.
    """
    found: list[Source] = []
    captures: list[str] = []
    for each in given:
        if each.endswith(".toml"):
            found += read_sources(Path(each))
        elif not is_remote(each) and Path(each).is_dir():
            found += _in_folder(Path(each))
        elif each.endswith("/"):
            raise UnreadableCaptureError(each, "no such folder")
        else:
            captures += expand(each)
    found += _by_name(captures)
    _check(found, given)
    return sorted(found, key=lambda source: natural(source.name))


def read_sources(file: Path) -> list[Source]:
    """Return the sources that a file describes.

    Raises:
        InspectorError: It cannot be read, or is malformed.
    """
    try:
        text = file.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise InspectorError(str(file), problem) from None
    except ValueError as error:  # of TOML, and of UTF-8
        raise InspectorError(str(file), f"not TOML: {error}") from None
    tables = content.pop("source", [])
    if content or not isinstance(tables, list) or not tables:
        what = f"no key {next(iter(content))!r}" if content else "there is no source"
        raise InspectorError(str(file), f"{what}; a fleet is tables [[source]]")
    return [_read_source(file, number, each) for number, each in enumerate(tables, 1)]


def _read_source(file: Path, number: int, table: Mapping[str, Any]) -> Source:
    def wrong(problem: str) -> InspectorError:
        return InspectorError(f"{file}, source {number}", problem)

    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise wrong("it has no name")
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise wrong(f"no key {unknown[0]!r}; there are addresses, files and name")
    patterns, addresses = (_texts(table.get(key, [])) for key in ("files", "addresses"))
    if not patterns:
        raise wrong("it has no files")
    if addresses is None:
        raise wrong("addresses is no list of texts")
    try:
        check_name(name)
        known = tuple(_address(each) for each in addresses)
    except ValueError as error:
        raise wrong(str(error)) from None
    meant = [_beside(file, each) for each in patterns]
    # What matches nothing is missed as a file of that name is, and not passed over.
    files = [found for each in meant for found in expand(each) or [each]]
    return Source(name, tuple(sorted(dict.fromkeys(files), key=natural)), known)


def _texts(value: object) -> list[str] | None:
    """Return a text, or a list of texts, as a list; None for anything else."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    return None


def _address(text: str) -> str:
    """Return an address, or a network, as it is written elsewhere."""
    if "/" in text:
        return str(ip_network(text, strict=False))
    return str(ip_address(text))


def _beside(file: Path, pattern: str) -> str:
    return pattern if is_remote(pattern) else str(file.parent / pattern)


def _in_folder(folder: Path) -> list[Source]:
    """Return the sources of a folder: its folders, or what its captures are called."""
    found = []
    for inner in sorted(each for each in folder.iterdir() if each.is_dir()):
        files = _captures(inner)
        if files:
            found.append(Source(inner.name, files))
    return found + _by_name(_captures(folder))


def _captures(folder: Path) -> tuple[str, ...]:
    found = [str(each) for each in folder.iterdir() if _CAPTURE.search(each.name)]
    return tuple(sorted(found, key=natural))


def _by_name(captures: Iterable[str]) -> list[Source]:
    """Return the sources of some captures: by folder if there are several."""
    files = sorted(dict.fromkeys(captures), key=natural)
    folders = {each.rpartition("/")[0] for each in files}
    groups: dict[str, list[str]] = {}
    for each in files:
        folder, _, name = each.rpartition("/")
        called = folder.rpartition("/")[2] if len(folders) > 1 else _stem(name)
        groups.setdefault(called, []).append(each)
    return [Source(name, tuple(group)) for name, group in groups.items()]


def _stem(name: str) -> str:
    """Return what the files of a ring buffer have in common."""
    bare = _CAPTURE.sub("", name)
    end = len(bare)
    while (place := max(bare.rfind(each, 0, end) for each in _PARTING)) > 0:
        if not _DATED.issuperset(bare[place + 1 : end]):
            break
        end = place
    return bare[:end]


def _check(found: Sequence[Source], given: Sequence[str]) -> None:
    names = Counter(source.name for source in found)
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:
        raise InspectorError(twice, "two sources have this name")
    if not found or len(found) > MAX_SOURCES:
        many = f"more than {MAX_SOURCES:,} sources" if found else "no captures"
        raise UnreadableCaptureError(" ".join(given), many)


def natural(text: str) -> list[tuple[int, int, str]]:
    """Return what texts are sorted by, so that numbers in them rise."""
    parts = _DIGITS.split(text)
    return [
        (1, int(part), "") if place % 2 else (0, 0, part)
        for place, part in enumerate(parts)
        if part
    ]
