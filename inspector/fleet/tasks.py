"""What a worker does: inspect a source, part what it shares, inspect what is shared.

A task takes and gives plain values, and raises nothing that a worker cannot send back:
what goes wrong is part of the result.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from inspector.errors import (
    DamagedCaptureError,
    InspectorError,
    UnreadableCaptureError,
)
from inspector.sources.reading import Reading
from inspector.sources.scanning import scan
from inspector.tls.keylog import KeyLog
from inspector.tls.opening import can_decrypt

from .checkpoints import Checkpoint
from .counting import causes_of, view_of
from .following import INSPECT, STOP, Following
from .report import Cause, SourceFigures, View
from .resuming import ResumablePipeline
from .rows import END, RowsAsked, SourceRows, piece_name
from .sources import Source, natural
from .storage import Identity, identity, read
from .stores import store_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from inspector.figures.report import Report
    from inspector.pipeline import Options

    from .rows import Hear
    from .stores import Store
    from .trails import Trail


_MOST_FOREIGN = 20
"""Protocols and ports that a report names, of a source."""


class Work(msgspec.Struct, frozen=True):
    """What is the same for all tasks of a run.

    Attributes:
        options: What is asked of inspections.
        asked: The same as text, for what is kept.
        folder: Where tasks keep what they share: a folder, or a URL.
        keep: Whether states are kept, for a later run.
        states: Where they are; empty for the same folder.
        rows: What exchanges are written with; None where they are not written.
    """

    options: Options
    asked: str
    folder: str
    keep: bool = False
    states: str = ""
    rows: RowsAsked | None = None

    @property
    def store(self) -> Store:
        """What tasks share."""
        return store_at(self.folder)

    @property
    def kept(self) -> Store:
        """What a later run goes on with."""
        return store_at(self.states or self.folder)

    @property
    def is_stopped(self) -> bool:
        """Whether the tasks are to end soon."""
        return self.store.exists(STOP)

    def stop(self) -> None:
        """Let the tasks end soon."""
        self.store.write(STOP, b"")


class Inspected(msgspec.Struct, frozen=True):
    """What a task gives of a source.

    Attributes:
        figures: What was read.
        view: What was seen.
        causes: Which calls caused which.
        damaged: What could not be read, as an error says it.
        secrets: Key logs of TLS that its captures hold, if TLS is decrypted.
        rows: The files that its exchanges are in, if they are written.
        trails: Where its connections ran.
    """

    figures: SourceFigures
    view: View
    causes: list[Cause]
    damaged: bool = False
    secrets: list[bytes] = msgspec.field(default_factory=list)
    rows: list[str] = msgspec.field(default_factory=list)
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
    if work.is_stopped:  # before it has begun
        return _nothing(source)
    files = files_of(source)
    inspection = _Inspection(work, source, files)
    stopped = inspection.go_on()
    return _result(source, inspection, stopped=stopped)


def _nothing(source: Source) -> Inspected:
    """Return what is given of a source of which nothing was read."""
    figures = SourceFigures(source.name, files=len(source.files), stopped=True)
    return Inspected(figures, View((source.name,)), [])


def _is_state(state: object) -> bool:
    """Whether something is what an inspection keeps."""
    kinds = ResumablePipeline, list, SourceRows | None
    return (
        isinstance(state, tuple)
        and len(state) == len(kinds)
        and all(map(isinstance, state, kinds))
    )


class _Inspection:
    """The inspection of a source, from what is kept of it on.

    Args:
        work: Of the run.
        source: The source.
        files: Its files.

    Attributes:
        pipeline: What reads them.
        rows: What writes their exchanges; None where nobody wants them.
        done: How many files were read to their end.
    """

    def __init__(self, work: Work, source: Source, files: _Files) -> None:
        self._work, self._name, self._files = work, source.name, files
        self._kept = Checkpoint(work.kept, source.name, work.asked)
        state, self.done = None, 0
        if work.keep:
            state, self.done = self._kept.load(files.known, _is_state)
        if state is None:
            options = options_of(work, secret=files.secret)
            self.pipeline = ResumablePipeline(options, exchanges=work.rows is not None)
            self._read_problems: list[str] = []  # a state keeps no others
            self.rows = self._new_rows()
        else:
            self.pipeline, self._read_problems, self.rows = state
            self.pipeline.go_on(work.options.keylog)
        sizes = [each.size for each in files.known]
        self._follow = Following(work.folder, source.name, INSPECT, sum(sizes))
        self._follow.skip(sum(sizes[: self.done]))

    @property
    def problems(self) -> list[str]:
        """What could not be read."""
        return [*self._files.problems, *self._read_problems]

    def go_on(self) -> bool:
        """Read the files that are left; return whether somebody stopped it."""
        known = self._files.known
        for place in range(self.done, len(known)):
            with self._hearing(place) as hear:
                stopped = self._read_file(known[place].name, hear)
            if stopped:
                return True
            self.done = place + 1
            if self._work.keep:
                state = self.pipeline, self._read_problems, self.rows
                self._kept.save(state, known[: self.done])
        return False

    def finish(self) -> Report:
        """Return the figures, once nothing more is to be read."""
        with self._hearing(END) as hear:
            report = self.pipeline.finish(hear)
        self._follow.finish()
        return report

    def _new_rows(self) -> SourceRows | None:
        work, traffic = self._work, self.pipeline.traffic
        if work.rows is None:
            return None
        whole = work.options.where is None
        return SourceRows(work.rows, (self._name,), traffic, parents=whole)

    def _hearing(self, place: int) -> AbstractContextManager[Hear | None]:
        """Return the context in which the exchanges of a file are written."""
        if self.rows is None:
            return nullcontext(None)
        name = piece_name(self._name, place)
        return self.rows.hearing(self._work.kept, name, last=place == END)

    def _read_file(self, name: str, hear: Hear | None) -> bool:
        """Read a file; return whether somebody stopped that."""
        pipeline, reading = self.pipeline, self._follow.reading()
        reading.records_before = pipeline.records
        reading.secrets = pipeline.secrets
        if pipeline.takes_batches:
            reading.scan, reading.words = scan, pipeline.words
        try:
            pipeline.read(read(name, reading), hear)
        except UnreadableCaptureError as problem:
            if not reading.stopped:
                self._read_problems.append(str(problem))
        return reading.stopped


def _result(source: Source, inspection: _Inspection, *, stopped: bool) -> Inspected:
    pipeline, report = inspection.pipeline, inspection.finish()
    problems = inspection.problems
    figures = SourceFigures(
        name=source.name,
        addresses=source.addresses,
        files=len(source.files),
        files_read=inspection.done,
        records=report.packet_records,
        first_ns=report.first_ns,
        last_ns=report.last_ns,
        connections=report.connections,
        other_connections=report.other_connections,
        foreign=_most(report.foreign),
        gap_bytes=report.gap_bytes,
        unread_bytes=report.unread_bytes,
        skipped=dict(sorted(report.skipped.items())),
        not_understood=dict(sorted(report.not_understood.items())),
        decrypted=report.decrypted.connections,
        not_decrypted=dict(sorted(report.decrypted.unread.items())),
        problems=problems,
        stopped=stopped,
    )
    return Inspected(
        figures,
        view_of(pipeline, report, (source.name,)),
        causes_of(report, source.name),
        bool(problems),
        [] if pipeline.takes_batches else pipeline.secrets,
        [] if inspection.rows is None else inspection.rows.names,
        pipeline.connections.trails.kept,
    )


def _most(counted: Mapping[str, int]) -> dict[str, int]:
    """Return what is counted most, in order."""
    ranked = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return dict(ranked[:_MOST_FOREIGN])
