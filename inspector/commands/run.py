"""One inspection on behalf of a command, from the files to the exit code."""

from __future__ import annotations

import sys
from collections import deque
from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order
from inspector.carriers.foreign import ENGINE_IO_3
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.sources.files import STDIN, size_of
from inspector.sources.reading import Reading
from inspector.views.progress import ProgressBar
from inspector.views.report_view import reasons, shown_name, undecrypted_words
from inspector.views.theme import make_console
from inspector.words import plural
from protocol.on_demand import on_demand

from .interruption import INTERRUPTED, stopped_by_interrupt
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import Console

    from inspector.figures.report import Report
    from inspector.filters.arranging import Arrangement
    from inspector.filters.conditions import Gate
    from inspector.filters.watching import Watch, words_of
    from inspector.findings.finding import Finding
    from inspector.listening import Tap
    from inspector.redaction.patches import PatchTap
    from inspector.sources.omission import omission

    from .choice_options import Choice
    from .run_options import RunOptions
else:  # decision 158
    Watch = on_demand("inspector.filters.watching:Watch")
    words_of = on_demand("inspector.filters.watching:words_of")
    omission = on_demand("inspector.sources.omission:omission")

_CONDITION_HOLDS = 1


class Run:
    """The inspection of some captures.

    Args:
        options: What was asked for.
        taps: What listens between the stages of the inspection.
        exchanges_only: Whether no findings are wanted, and no figures but those that
            a condition needs.

    Attributes:
        captures: Names of files, or ``-``.
        times: What the times of tables say.
        repeated: Words of the command line that a next command needs as well.
    """

    def __init__(
        self,
        options: RunOptions,
        taps: Iterable[Tap] = (),
        *,
        exchanges_only: bool = False,
    ) -> None:
        self.captures = options.captures
        self.times = options.times
        self.repeated = options.repeated
        self._watch = None if options.where is None else Watch(options.where)
        if self._watch is not None:
            options = replace(options, where=self._watch)
        self._options = options
        self._reading = Reading()
        self._parted = False  # whether a command leaves exchanges out besides
        redacted = options.redaction is not None
        self._patches: PatchTap | None = None
        if options.subset:  # else nothing of it is loaded
            from inspector.redaction.patches import PatchTap  # noqa: PLC0415

            from .subset import check_output  # noqa: PLC0415

            check_output(options.subset, options.captures)
            self._patches = PatchTap(redacted=redacted)
        own: list[Tap] = [] if self._patches is None else [self._patches]
        self._pass = Pass(
            Captures(options.captures),
            options.inspection(
                exchanges_only=exchanges_only and options.conditions is None
            ),
            [*own, *taps],
        )
        if self._pass.decrypts and self._patches is not None:
            from .subset import refuse_encrypted  # noqa: PLC0415

            refuse_encrypted()

    def items(
        self, *, quiet: bool = False, written: Choice | None = None
    ) -> Iterator[Exchange | Finding]:
        """Yield what the captures hold; what cannot be read is reported at the end.

        Args:
            quiet: Whether nothing is written before the end, so that a bar may show
                on the same terminal how far reading has come.
            written: Which exchanges a subset has; None for all.
        """
        conditions, patches = self._options.conditions, self._patches
        self._parted = written is not None
        listeners: list[Callable[[Exchange], None]] = []
        if conditions is not None:
            listeners.append(conditions.add)
        if patches is not None:
            listeners.append(
                patches.add if written is None else _if_chosen(written, patches.add)
            )
        return self._read(listeners, quiet=quiet)

    def read(self) -> None:
        """Read the captures for the report alone, and write nothing meanwhile.

        What cannot be read is reported at the end.
        """
        conditions, patches = self._options.conditions, self._patches
        if conditions is None and patches is None:
            deque(self._read((), quiet=True, figures_only=True), maxlen=0)
        else:
            deque(self.items(quiet=True), maxlen=0)

    def exchanges(
        self,
        arrangement: Arrangement[Exchange],
        *,
        parents: bool = False,
        hear: Callable[[Exchange], None] | None = None,
        quiet: bool = False,
    ) -> Iterator[Exchange]:
        """Return exchanges as they are arranged; a subset has those that are shown.

        Args:
            arrangement: Which are shown, and in which order.
            parents: Whether it is sought for whose sake they were made.
            hear: Is given all of them besides, in the order of their requests.
            quiet: Whether nothing is written before the end, as for :meth:`items`.
        """
        conditions, patches = self._options.conditions, self._patches
        self._parted = arrangement.parts
        listeners = [] if conditions is None else [conditions.add]
        items = self._read(listeners, quiet=quiet or arrangement.waits)
        if parents:  # else nothing of it is loaded
            from inspector.calls.chains.sought import (  # noqa: PLC0415
                with_possible_parents,
            )

            items = with_possible_parents(items)
        else:
            items = in_order(items)
        found: Iterator[Exchange]
        found = (item for item in items if isinstance(item, Exchange))
        found = found if hear is None else _noted(found, hear)
        shown = arrangement.arranged(found)
        return shown if patches is None else _noted(shown, patches.add)

    def _read(
        self,
        listeners: Sequence[Callable[[Exchange], None]],
        *,
        quiet: bool,
        figures_only: bool = False,
    ) -> Iterator[Exchange | Finding]:
        bar = ProgressBar(_stderr(quiet=quiet), size_of(self.captures))
        self._reading = Reading(bar.update)
        found = self._pass.items(self._reading, figures_only=figures_only)
        with bar, stopped_by_interrupt(self._reading):
            yield from _heard(found, listeners) if listeners else found

    def report(self) -> Report:
        """Return the totals of what was inspected so far."""
        return self._pass.report()

    def problems(self) -> list[str]:
        """Return why the report is not of all of the captures, a line each."""
        found = [str(problem) for problem in self._pass.problems]
        if self._reading.stopped:
            found.append(self._interruption())
        return found or self._lack()

    def _lack(self) -> list[str]:
        """Return that there is no traffic of Nest, and what may show some."""
        report = self.report()
        if report.connections or report.requests.count:
            return []
        return [no_traffic(report, self.captures)]

    def gates(self) -> list[Gate]:
        """Return what may fail the run, and whether it does."""
        return list(self._options.gates(self.report()))

    def finish(self) -> None:
        """Say what is to be said on stderr, and end with the right code.

        Raises:
            SystemExit: With the code of the first capture that cannot be read, or
                because a condition holds that fails the run, or the user stopped it.
        """
        sys.stdout.flush()
        self._write_subset()
        if self._reading.stopped:
            say(self._interruption(), "warning")
            raise SystemExit(INTERRUPTED)
        problems = self._pass.problems
        for problem in problems:
            say(str(problem), "error")
        for flaw in () if self._options.keylog is None else self._options.keylog.flaws:
            say(flaw, "warning")
        for lack in self._lack() if not problems else ():
            say(lack, "warning")
        self._say_unchosen()
        broken = list(self._options.broken(self.report()))
        for condition in broken:
            say(f"--fail-on: {condition}", "error")
        if problems:
            raise SystemExit(problems[0].exit_code)
        if broken:
            raise SystemExit(_CONDITION_HOLDS)

    def _say_unchosen(self) -> None:
        """Say that the filter chose nothing: an empty table does not tell why."""
        complaint = None if self._watch is None else self._watch.complaint()
        if complaint is not None and not self._options.narrow:
            say(complaint, "warning")

    def _interruption(self) -> str:
        records = self.report().packet_records
        covered = f"1 to {records:,}" if records > 1 else str(records)
        return f"interrupted; the report covers packet {covered}"

    def _write_subset(self) -> None:
        subset, redacted = self._options.subset, self._options.redaction is not None
        if subset and self._patches is not None:
            from .subset import left_out_words, write_subset  # noqa: PLC0415

            left_out = write_subset(
                subset,
                self.captures,
                self._patches,
                redacted=redacted,
                comment=self._omission(),
            )
            if left_out:
                say(left_out_words(left_out), "warning")

    def _omission(self) -> str:
        """Return what a subset says of itself; a filter may name what is redacted."""
        where = self._options.where
        if where is None and not self._parted:
            return ""
        hidden = self._options.redaction is not None
        return omission("" if hidden else " ".join(words_of(where)))


def _if_chosen(
    chosen: Choice, listen: Callable[[Exchange], None]
) -> Callable[[Exchange], None]:
    """Return what listens to the exchanges that are chosen alone."""

    def listen_to(exchange: Exchange) -> None:
        if chosen(exchange):
            listen(exchange)

    return listen_to


def _heard(
    items: Iterator[Exchange | Finding], listeners: Sequence[Callable[[Exchange], None]]
) -> Iterator[Exchange | Finding]:
    """Pass on what is found, and give every exchange to the listeners."""
    for item in items:
        if isinstance(item, Exchange):
            for listen in listeners:
                listen(item)
        yield item


def _noted(
    exchanges: Iterable[Exchange], note: Callable[[Exchange], None]
) -> Iterator[Exchange]:
    """Pass on exchanges, and note each."""
    for exchange in exchanges:
        note(exchange)
        yield exchange


def _stderr(*, quiet: bool) -> Console:
    """Return stderr, as no terminal where something else is written on it."""
    alone = quiet or not sys.stdout.isatty()
    return make_console(sys.stderr, None if alone else False)


def _advice(report: Report) -> str:
    """Return what may show more: whole packets, or what TLS carries."""
    if "cut short" in report.not_understood:
        return "packets were truncated inside their headers: capture with tcpdump -s 0"
    if report.decrypted:
        return "; ".join(undecrypted_words(report)) or "TLS carried something else"
    if any(each.startswith("TLS ") for each in report.foreign):
        return "TLS is read with the key log of a side (--keylog), see docs/tls.md"
    old = next((each for each in report.foreign if each.startswith(ENGINE_IO_3)), None)
    if old is not None:
        port = old.rpartition(":")[2]
        return (
            "clients of Socket.IO 2 speak it; what they say over WebSocket, "
            f"--carrier socketio:{port} reads"
        )
    return "use --port to treat a port as Nest anyway"


def no_traffic(report: Report, captures: Sequence[str]) -> str:
    """Return what to say of captures without Nest traffic: what they have instead."""
    names = " ".join(
        "stdin" if name == STDIN else shown_name(name) for name in captures
    )
    connections = plural(report.other_connections, "TCP connection")
    advice = _advice(report)
    if report.findings:
        advice = f"the report has {plural(len(report.findings), 'finding')}"
    foreign = f" ({', '.join(report.foreign)})" if report.foreign else ""
    skipped = reasons({**report.skipped, **report.not_understood})
    passed = f"; {skipped}" if skipped else ""
    return (
        f"{names}: no Nest traffic in {plural(report.packet_records, 'packet')} of "
        f"{connections}{foreign}{passed}; {advice}"
    )
