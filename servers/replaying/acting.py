"""``protocol-call replay``, from its options to the exit code."""

from __future__ import annotations

import asyncio
import shutil
import sys
from typing import TYPE_CHECKING

import click
import msgspec

from protocol import UNDEFINED
from servers.calling.asking import DONE, REFUSED, UNREACHABLE, USAGE, client_of
from servers.calling.options import configuration_of, question_at
from servers.calling.output import say, write_lines
from servers.errors import CallError, UsageError
from servers.recorded.inputs import called, lines_of
from servers.recorded.recordings import recordings
from servers.running import run

from .pacing import Schedule
from .planning import asked
from .preview import Preview
from .running import Run
from .words import answer_members, planned, refusal, report, summary_members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json
    from servers.calling.question import Question
    from servers.recorded.recordings import Recording

    from .planning import Asked
    from .sending import Answer

_OF_CAPTURE = ("exchanges", "--json")
_INTERRUPTED = 130  # as a shell reports SIGINT
_encode = msgspec.json.Encoder().encode


def replay(given: dict[str, Json]) -> None:
    """Send what was recorded again.

    Args:
        given: The options as they were given.

    Raises:
        click.UsageError: The options contradict each other, or there is no such server.
        SystemExit: With the exit code.
    """
    given["metadata"] = UNDEFINED  # each recording has its own
    wanted = asked(given)
    question = question_at(given, configuration_of(given), str(given["address"]))
    raise SystemExit(_replay(wanted, question))


def _replay(wanted: Asked, question: Question) -> int:
    try:
        with lines_of(wanted.file, _OF_CAPTURE, more=wanted.of_capture) as lines:
            recorded = recordings(lines, called(wanted.file), say)
            if wanted.dry:
                return _show_plan(wanted, recorded, str(question.server))
            return run(_send(wanted, question, recorded))
    except UsageError as error:
        say(str(error))
        return USAGE


def _show_plan(wanted: Asked, recorded: Iterator[Recording], target: str) -> int:
    choice, schedule = wanted.plan.choice, Schedule(wanted.plan.pace)
    preview = Preview()
    try:
        for recording in recorded:
            if not choice.is_meant(recording):
                preview.skip()
                continue
            due_s, reason = 0.0, choice.refusal(recording)
            if reason is None:
                due_s = schedule.due(recording.time_ns)
                preview.add(recording, due_s)
            else:
                preview.refuse(recording, reason)
            if wanted.as_json:
                _write_plan(recording, planned(recording, due_s, reason))
    except (KeyboardInterrupt, UsageError):  # what was read until then counts
        if preview.count or preview.figures.refused:
            _end_plan(preview, target, as_json=wanted.as_json)
        raise
    _end_plan(preview, target, as_json=wanted.as_json)
    return DONE


def _write_plan(recording: Recording, words: str) -> None:
    members = {"type": "planned", "recording": recording.name, "words": words}
    click.echo(_encode(members).decode())


def _end_plan(preview: Preview, target: str, *, as_json: bool) -> None:
    if not as_json:
        for line in preview.report(target, _columns()):
            click.echo(line)
        return
    say(f"{preview.count:,} would be sent")
    for reason, routes in preview.figures.refused.items():
        say(refusal(reason, routes.total()))
    if preview.figures.skipped:
        say(f"left out by the filters: {preview.figures.skipped:,}")


def _columns() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


async def _send(
    wanted: Asked, question: Question, recorded: Iterator[Recording]
) -> int:
    client = client_of(question)
    lines = _Lines()
    made = Run(recorded, wanted.plan, client, lines.add if wanted.as_json else _hide)
    async with client:
        try:
            await client.connect()
        except CallError as error:
            say(str(error))
            return UNREACHABLE
        try:
            await made.run()
        finally:
            lines.flush()
            _report(made, wanted, str(question.server))
    return _code(made)


def _hide(_: Answer) -> None:
    """Show nothing; the report at the end says it all."""


class _Lines:
    """JSON lines of answers: those of one turn of the loop are written together.

    A thousand answers may come at once, and the output may have no buffer of its own.
    """

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._failure: OSError | None = None

    def add(self, answer: Answer) -> None:
        """Write a line at the end of this turn.

        Raises:
            OSError: The lines before it could not be written.
        """
        if self._failure is not None:
            raise self._failure
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._end_turn)
        self._waiting += _encode(answer_members(answer))
        self._waiting += b"\n"

    def flush(self) -> None:
        """Write the lines that wait.

        Raises:
            OSError: The output cannot be written.
        """
        if self._failure is not None:
            raise self._failure
        lines = bytes(self._waiting)
        self._waiting.clear()
        write_lines(lines)

    def _end_turn(self) -> None:
        try:
            self.flush()
        except OSError as error:  # raised where the next line comes
            self._failure = error


def _report(made: Run, wanted: Asked, target: str) -> None:
    if wanted.as_json:
        write_lines(_encode(summary_members(made.figures)) + b"\n")
        return
    for line in report(made.figures, target, _columns()):
        click.echo(line)


def _code(made: Run) -> int:
    figures = made.figures
    if made.interrupted:
        return _INTERRUPTED
    if not figures.sent:
        say("nothing was sent")
        return USAGE
    return REFUSED if figures.differ else DONE
