"""What a worker does: inspect a source, part what it shares, inspect what is shared.

A task takes and gives plain values, and raises nothing that a worker cannot send back:
what goes wrong is part of the result.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.errors import (
    DamagedCaptureError,
    InspectorError,
    UnreadableCaptureError,
    UnwritableOutputError,
)
from inspector.sources.reading import Reading
from inspector.sources.scanning import scan

from .checkpoints import Checkpoint, safe_name, write_whole
from .counting import causes_of, view_of
from .report import Cause, SourceFigures, View
from .resuming import ResumablePipeline
from .sources import Source, natural
from .storage import Identity, identity, read

if TYPE_CHECKING:
    from collections.abc import Callable


STOP = "stop"
"""The file in the folder of a run that ends its tasks."""
_EVERY = 0.5  # seconds between what is said of progress


class Work(msgspec.Struct, frozen=True):
    """What is the same for all tasks of a run.

    Attributes:
        options: What is asked of inspections.
        asked: The same as text, for what is kept.
        folder: Where tasks keep what they share.
        keep: Whether states are kept there.
    """

    options: Any
    asked: str
    folder: str
    keep: bool = False


class Inspected(msgspec.Struct, frozen=True):
    """What a task gives of a source.

    Attributes:
        figures: What was read.
        view: What was seen.
        causes: Which calls caused which.
        damaged: What could not be read, as an error says it.
    """

    figures: SourceFigures
    view: View
    causes: list[Cause]
    damaged: bool = False


class _Files(msgspec.Struct):
    """The files of a source, in the order of time.

    Attributes:
        known: Those that can be opened.
        problems: Why others cannot.
    """

    known: list[Identity]
    problems: list[str]


def files_of(source: Source) -> _Files:
    """Return the files of a source in the order of their first records."""
    found: list[tuple[int, Identity]] = []
    problems = []
    for name in source.files:
        try:
            known = identity(name)
            first = next(read(name, Reading()), None)
        except DamagedCaptureError:
            found.append((0, known))
        except InspectorError as error:
            problems.append(str(error))
        else:
            found.append((0 if first is None else first.time_ns, known))
    found.sort(key=lambda each: (each[0], natural(each[1].name)))
    return _Files([known for _, known in found], problems)


def inspect_source(work: Work, source: Source) -> Inspected:
    """Inspect a source, all its files in order.

    Raises:
        InspectorError: Never across processes; a state that was kept was checked.
    """
    files = files_of(source)
    checkpoint = Checkpoint(work.folder, source.name, work.asked)
    pipeline: ResumablePipeline | None = None
    done = 0
    problems: list[str] = []  # of reading; a state keeps no others
    if work.keep:
        kept, done = checkpoint.load(files.known)
        if kept is not None:
            pipeline, problems = kept
    pipeline = pipeline or ResumablePipeline(work.options)
    follow = Following(work.folder, source.name)
    stopped = False
    for place in range(done, len(files.known)):
        stopped = not _read_file(pipeline, files.known[place].name, follow, problems)
        if stopped:
            break
        done = place + 1
        if work.keep:
            checkpoint.save((pipeline, problems), files.known[:done])
    problems = [*files.problems, *problems]
    return _result(source, pipeline, done, problems, stopped=stopped)


def _read_file(
    pipeline: ResumablePipeline, name: str, follow: Following, problems: list[str]
) -> bool:
    """Read a file; return whether that went on to its end."""
    reading = follow.reading()
    reading.records_before = pipeline.records
    if pipeline.takes_batches:
        reading.scan, reading.words = scan, pipeline.words
    try:
        pipeline.read(read(name, reading))
    except UnreadableCaptureError as problem:
        if not reading.stopped:
            problems.append(str(problem))
    return not reading.stopped


def _result(
    source: Source,
    pipeline: ResumablePipeline,
    done: int,
    problems: list[str],
    *,
    stopped: bool,
) -> Inspected:
    report = pipeline.finish()
    figures = SourceFigures(
        name=source.name,
        addresses=source.addresses,
        files=len(source.files),
        files_read=done,
        records=report.packet_records,
        first_ns=report.first_ns,
        last_ns=report.last_ns,
        other_connections=report.other_connections,
        gap_bytes=report.gap_bytes,
        unread_bytes=report.unread_bytes,
        skipped=dict(sorted(report.skipped.items())),
        not_understood=dict(sorted(report.not_understood.items())),
        problems=list(problems),
        stopped=stopped,
    )
    view = view_of(pipeline, report, (source.name,))
    return Inspected(figures, view, causes_of(report, source.name), bool(problems))


class Following:
    """What follows a task: it is told how far that is, and says when it is to stop.

    Args:
        folder: The folder of the run.
        name: Of the source.
    """

    def __init__(self, folder: str, name: str) -> None:
        self._stop = Path(folder) / STOP
        self._place = Path(folder) / f"{safe_name(name)}.progress"
        self._before = self._current = 0
        self._said = 0.0

    def reading(self) -> Reading:
        """Return the reading of the next file."""
        self._before, self._current = self._before + self._current, 0
        reading = Reading(self._note)
        self._end: Callable[[], None] = reading.stop
        return reading

    def _note(self, size: int) -> None:
        self._current = size
        if self._stop.exists():
            self._end()
        now = monotonic()
        if now - self._said >= _EVERY:
            self._said = now
            with suppress(UnwritableOutputError):  # it is of no figure
                write_whole(self._place, b"%d" % (self._before + size))
