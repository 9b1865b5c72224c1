"""What a caller may give to be inspected, to records.

=====================================  ==============================================
given                                  read
=====================================  ==============================================
a path                                 as often as asked, unless it is a pipe
several paths                          together, in time order; the same
an open binary file                    once, from its position; it is not closed
an iterable of ``PacketRecord``        as often as it can be iterated over
=====================================  ==============================================
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from inspector.errors import InspectorError, UnreadableCaptureError
from inspector.sources.files import (
    STDIN,
    hold_secrets,
    is_read_once,
    read_captures,
    read_stream,
)
from inspector.sources.records import PacketRecord
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.sources.blocks import Readable
    from inspector.sources.reading import Reading
    from inspector.streams.clocks import Clock

    PathLike: TypeAlias = str | os.PathLike[str]
    Source: TypeAlias = (
        PathLike | Readable | Iterable[PathLike] | Iterable[PacketRecord]
    )
    from inspector.tcp.taps import read_taps

    from .reprs import kind_of
else:  # decision 158
    kind_of = on_demand("inspector.library.reprs:kind_of")
    read_taps = on_demand("inspector.tcp.taps:read_taps")

_OPEN_FILE = "the open file"
_RECORDS = "the records"
_NOTHING = object()
_WANTED = "a path, several, an open binary file, or an iterable of PacketRecord"


class Given(Protocol):
    """What was given, and how to read it."""

    @property
    def name(self) -> str:
        """What to call it."""

    @property
    def again(self) -> bool:
        """Whether it can be read more than once."""

    @property
    def holds_secrets(self) -> bool:
        """Whether it is known to begin with the secrets of what TLS protects in it."""

    @property
    def clocks(self) -> list[Clock]:
        """Those of several captures, where some saw the same packets; else nothing."""

    def records(
        self, problems: list[InspectorError], reading: Reading
    ) -> Iterator[PacketRecord]:
        """Return what can be read of it; ``problems`` takes what keeps the rest back.

        Raises:
            TypeError: What it holds cannot be inspected.
        """


class Captures:
    """Capture files by name; ``-`` is stdin."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self.clocks: list[Clock] = []

    @property
    def name(self) -> str:
        """Their names."""
        return ", ".join(self.names)

    @property
    def again(self) -> bool:
        """Whether none of them is a pipe or a device."""
        return not any(map(is_read_once, self.names))

    @property
    def holds_secrets(self) -> bool:
        """Whether one of them begins with the secrets of what TLS protects in it."""
        return hold_secrets(self.names)

    def records(
        self, problems: list[InspectorError], reading: Reading
    ) -> Iterator[PacketRecord]:
        """Return their records in time order; of several, each by itself."""
        if len(self.names) == 1:  # taps need not be loaded
            return read_captures(self.names, problems, reading)
        reading.scan = None
        return read_taps(self.names, problems, reading, self.clocks)


class OpenFile:
    """A capture that is open already, and is left open."""

    again = False
    holds_secrets = False  # it would have to be read for that

    def __init__(self, file: Readable) -> None:
        named = getattr(file, "name", None)
        self.name = named if isinstance(named, str) else _OPEN_FILE
        self.clocks: list[Clock] = []
        self._file = file

    def records(
        self, problems: list[InspectorError], reading: Reading
    ) -> Iterator[PacketRecord]:
        """Return its records, from its position."""
        return _until_problem(
            lambda: read_stream(self._file, self.name, reading), problems, reading
        )


class Records:
    """What an iterable yields: records, or the paths of captures."""

    holds_secrets = False

    def __init__(self, items: Iterable[object]) -> None:
        self.name = _RECORDS
        self.again = not isinstance(items, Iterator)
        self.clocks: list[Clock] = []
        self._items = items
        self._captures: Captures | None = None

    def records(
        self, problems: list[InspectorError], reading: Reading
    ) -> Iterator[PacketRecord]:
        """Return them, or the records of the captures that it names.

        Raises:
            TypeError: It yields something else.
        """
        if self._captures is not None:
            return self._captures.records(problems, reading)
        items = iter(self._items)
        first = next(items, _NOTHING)
        if isinstance(first, str | os.PathLike):
            self._captures = captures = _captures(chain([first], items))
            self.name, self.again = captures.name, captures.again
            self.clocks = captures.clocks
            return captures.records(problems, reading)
        return _until_problem(lambda: self._checked(first, items), problems, reading)

    def _checked(
        self, first: object, following: Iterator[object]
    ) -> Iterator[PacketRecord]:
        if first is _NOTHING:  # as of a pattern of file names that no file matches
            raise UnreadableCaptureError(self.name, "none; what was given is empty")
        for record in chain([first], following):
            if not isinstance(record, PacketRecord):
                raise TypeError(f"a record is a PacketRecord, not {kind_of(record)}")
            _check_part("data", record.data, bytes)  # of which pieces are hashable
            _check_part("time_ns", record.time_ns, int)
            yield record


def _check_part(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind):
        wanted = kind.__name__
        raise TypeError(f"{name} of a record is {wanted}, not {kind_of(value)}")


def given(source: Source) -> Given:
    """Return what reads a source.

    Raises:
        TypeError: It is of no kind that can be read.
        ValueError: It is a file that is closed.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        raise TypeError(f"{kind_of(source)} is not a capture; wrap it: io.BytesIO(…)")
    if isinstance(source, str | os.PathLike):
        return _captures([source])
    if callable(getattr(source, "read", None)):
        return _open_file(cast("Readable", source))
    if not isinstance(source, Iterable):
        raise TypeError(f"a capture is {_WANTED}, not {kind_of(source)}")
    if isinstance(source, Collection):
        return _collected(source)
    return Records(source)


def _open_file(file: Readable) -> OpenFile:
    nothing: object = file.read(0)
    if not isinstance(nothing, bytes):
        raise TypeError('a capture is read as bytes: open it with open(path, "rb")')
    return OpenFile(file)


def _collected(items: Collection[object]) -> Given:
    """Return what reads a list, whose first item says already what is in it."""
    first = next(iter(items), None)
    if isinstance(first, str | os.PathLike):
        return _captures(items)
    if items and not isinstance(first, PacketRecord):
        raise TypeError(f"a capture is {_WANTED}, not {kind_of(first)}s")
    return Records(items)


def _captures(paths: Iterable[object]) -> Captures:
    return Captures(map(_name_of, paths))


def _name_of(path: object) -> str:
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"a path is a str or a PathLike, not {kind_of(path)}")
    name = os.fsdecode(path)
    # A file of that name, and not stdin, which sys.stdin.buffer stands for.
    return f"{os.curdir}/{name}" if name == STDIN else name


def _until_problem(
    read: Callable[[], Iterator[PacketRecord]],
    problems: list[InspectorError],
    reading: Reading,
) -> Iterator[PacketRecord]:
    try:
        yield from read()
    except InspectorError as problem:
        if not reading.stopped:
            problems.append(problem)
