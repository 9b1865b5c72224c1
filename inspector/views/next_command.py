"""The command that shows more of what a report has found to be unusual."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from inspector.carriers.registry import NEST_TCP
from inspector.findings.conclusions import (
    BlockedServer,
    SlowCalls,
    SlowPattern,
    SlowServer,
)
from inspector.findings.finding import Severity
from protocol.named_tuple import NamedTuple

from .shell_words import SAVE_IT, from_pipe, program, shell_names, shell_word
from .verdict import judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.figures.health import Health
    from inspector.figures.report import Report
    from inspector.findings.groups import FindingGroup

_UNANSWERED = "unanswered"
Slow = TypeVar("Slow", SlowCalls, SlowServer, SlowPattern, BlockedServer)


class Next(NamedTuple):
    """What to look at next.

    Attributes:
        command: A command that can be pasted into a shell; empty where none can read
            the captures again.
        reason: What it shows, or what to do instead.
    """

    command: str
    reason: str


# decision 47: The report leads on to what is unusual
def next_command(
    report: Report,
    health: Health,
    groups: Sequence[FindingGroup],
    captures: Sequence[str],
    repeated: Sequence[str] = (),
) -> Next:
    """Return what to look at next: the worst exchange, where one is known.

    Args:
        report: What was found.
        health: The state of the services that it is about.
        groups: Its findings, the worst first.
        captures: The captures, as they were given.
        repeated: Words of the command line that it needs as well.
    """
    worst = worst_exchange(health, groups)
    if worst is not None or from_pipe(captures):
        return next_show(worst, report, captures, repeated)
    names = shell_names(captures) + next_options(report, repeated)
    if groups and groups[0].first.severity is Severity.ERROR:
        number = groups[0].first.connection.number
        command, reason = f"follow {names} {number}", "the frames"
    elif groups or not all(verdict.held for verdict in judge(report)):
        command = f"ladder {names}"
        reason = "each frame as an arrow, and what it waited for"
    else:
        command, reason = f"exchanges {names}", "each call on a line"
    return Next(f"{program()} {command}", reason)


def next_show(
    number: int | None,
    report: Report,
    captures: Sequence[str],
    repeated: Sequence[str] = (),
) -> Next:
    """Return the command that shows an exchange, whole.

    Args:
        number: Of the exchange.
        report: What was found.
        captures: The captures, as they were given.
        repeated: Words of the command line that it needs as well.
    """
    if from_pipe(captures):
        return Next("", f"{SAVE_IT} to look further")
    names = shell_names(captures) + next_options(report, repeated)
    return Next(f"{program()} show {names} {number}", "all of it")


def worst_exchange(health: Health, groups: Sequence[FindingGroup]) -> int | None:
    """Return the number of the exchange that a person should look at first.

    That is the first that failed of the pattern that fails most; then the slowest of
    those that stand out; the first that failed, maybe by chance; the one that had no
    reply for longest; and that of what is slow as a whole, or waited. None where
    nothing is about a single one.
    """
    if health.failing:
        return health.failing[0].first
    exchanges = chain(
        _concluded(groups, SlowCalls),
        _first_failed(health),
        _longest_unanswered(groups),
        _concluded(groups, SlowServer),
        _concluded(groups, SlowPattern),
        _concluded(groups, BlockedServer),
    )
    return next(exchanges, None)


def _first_failed(health: Health) -> Iterator[int]:
    failures = (row.failures for row in health.patterns.values())
    yield from sorted(each.first for each in failures if each and each.first)


def _longest_unanswered(groups: Sequence[FindingGroup]) -> Iterator[int]:
    unanswered = [each for each in groups if each.first.code == _UNANSWERED]
    for group in sorted(unanswered, key=lambda each: -each.longest_ns):
        if group.longest_exchange is not None:
            yield group.longest_exchange


def _concluded(groups: Sequence[FindingGroup], kind: type[Slow]) -> Iterator[int]:
    """Yield the exchanges of conclusions of a kind, the longest first."""
    conclusions = (each.first.conclusion for each in groups)
    found = [each for each in conclusions if isinstance(each, kind)]
    for each in sorted(found, key=_took_ns, reverse=True):
        if each.place.exchange is not None:
            yield each.place.exchange


def _took_ns(slow: SlowCalls | SlowServer | SlowPattern | BlockedServer) -> int:
    return slow.time_ns if isinstance(slow, BlockedServer) else slow.longest_ns


def next_options(report: Report, repeated: Sequence[str]) -> str:
    """Return the options without which a command finds less, or names it otherwise."""
    ports = "".join(
        f" --port {port}" if carrier == NEST_TCP else f" --carrier {carrier}:{port}"
        for port, carrier in sorted(report.forced.items())
    )
    return ports + "".join(f" {shell_word(word)}" for word in repeated)
