"""What a worker does: inspect a source, part what it shares, inspect what is shared.

A task takes and gives plain values, and raises nothing that a worker cannot send back:
what goes wrong is part of the result.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from inspector.errors import (
    DamagedCaptureError,
    InspectorError,
    UnreadableCaptureError,
    UnwritableOutputError,
)
from inspector.sources.reading import Reading
from inspector.sources.scanning import scan
from inspector.tls.keylog import KeyLog
from inspector.tls.opening import can_decrypt

from .checkpoints import Checkpoint, safe_name, write_whole
from .counting import causes_of, view_of
from .report import Cause, SourceFigures, View
from .resuming import ResumablePipeline
from .sources import Source, natural
from .storage import Identity, identity, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.pipeline import Options

    from .trails import Trail

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

    options: Options
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
        secrets: Key logs of TLS that its captures hold, if TLS is decrypted.
        trails: Where its connections ran.
    """

    figures: SourceFigures
    view: View
    causes: list[Cause]
    damaged: bool = False
    secrets: list[bytes] = msgspec.field(default_factory=list)
    trails: list[Trail] = msgspec.field(default_factory=list)


class _Files(msgspec.Struct):
    """The files of a source, in the order of time.

    Attributes:
        known: Those that can be opened.
        problems: Why others cannot.
        secret: Whether the first begins with secrets of what TLS protects in them.
    """

    known: list[Identity]
    problems: list[str]
    secret: bool = False


def files_of(source: Source) -> _Files:
    """Return the files of a source in the order of their first records."""
    found: list[tuple[int, Identity]] = []
    problems: list[str] = []
    secret: set[str] = set()
    for name in source.files:
        reading = Reading()
        try:
            known = identity(name)
            first = next(read(name, reading), None)
        except DamagedCaptureError:
            found.append((0, known))
        except InspectorError as error:
            problems.append(str(error))
        else:
            found.append((0 if first is None else first.time_ns, known))
        if reading.secrets:
            secret.add(name)
    found.sort(key=lambda each: (each[0], natural(each[1].name)))
    # By the first alone, which a run that goes on later has as well.
    begins = bool(found) and found[0][1].name in secret
    return _Files([known for _, known in found], problems, begins)


def options_of(work: Work, *, secret: bool) -> Options:
    """Return what is asked of one inspection, with a key log of its own.

    What a capture holds of secrets is for those alone who read it, so that it does not
    matter which sources a worker has had before.

    Args:
        work: Of the run.
        secret: Whether captures hold secrets of what TLS protects in them.
    """
    options = work.options
    if options.keylog is not None:
        return replace(options, keylog=options.keylog.apart())
    if secret and can_decrypt():
        return replace(options, keylog=KeyLog())
    return options


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
            pipeline.go_on(work.options.keylog)
    if pipeline is None:
        pipeline = ResumablePipeline(options_of(work, secret=files.secret))
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
    reading.secrets = pipeline.secrets
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
        decrypted=report.decrypted.connections,
        not_decrypted=dict(sorted(report.decrypted.unread.items())),
        problems=list(problems),
        stopped=stopped,
    )
    view = view_of(pipeline, report, (source.name,))
    return Inspected(
        figures,
        view,
        causes_of(report, source.name),
        bool(problems),
        [] if pipeline.takes_batches else pipeline.secrets,
        pipeline.connections.trails.kept,
    )


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
