"""The verdict on health: what fails, what is slow, what waits, in one sentence.

Of what holds the two worst are said; the tables and findings below it hold the rest.
No verdict is good above a finding of severity ``error``, nor above one that something
is slow, waited or was refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.calls.participants import group_word
from inspector.calls.serving import group_in
from inspector.findings.catalogue import rule_of
from inspector.shorthand import short
from inspector.words import (
    after,
    clock,
    duration,
    duration_range,
    listing,
    nouns,
    one_time,
    plural,
    verb,
)
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.findings.conclusions import (
        BlockedServer,
        SilentPattern,
        SilentServer,
        SlowPattern,
    )
    from inspector.findings.groups import FindingGroup

    from .alarms import Alarms
    from .failing import FailingPattern
    from .health import Health, SlowServer
    from .report import Report

_STALL = "nagle-stall"
_NAMED = 3  # patterns that a sentence names
_SAID = 2  # clauses
_TIMES = 2  # the median, from which on it is worth to compare with it


class HealthVerdict(NamedTuple):
    """The verdict.

    Attributes:
        mark: ``✗`` where something fails, ``!`` where something is slow or waits,
            ``✓`` otherwise.
        style: The role in which the mark is shown.
        sentence: What it says.
    """

    mark: str
    style: str
    sentence: str


def judge_health(report: Report, health: Health) -> HealthVerdict | None:
    """Return the verdict on the health of a report.

    Returns:
        None where nothing can be judged: no call was over when the capture ended, and
        no finding says that something fails or is slow.
    """
    failing = health.failed or health.unanswered or health.alarms.fail
    slowness = list(_slowness(health, report, alone=not failing))
    failures = list(_failures(health, report, alone=not slowness))
    said = [*failures, *slowness][:_SAID]
    if said:
        sentence = ", and ".join(said)
        style = "error" if failures else "warning"
        return HealthVerdict("✗" if failures else "!", style, f"{sentence}.")
    if not health.over:
        return None
    refused = f"; {_were_refused(health)}" if health.refused else ""
    waited = _waited(report)
    if waited:
        return HealthVerdict("!", "warning", f"Nothing failed{refused}; {waited}.")
    return HealthVerdict("✓", "good", _nothing(health, refused))


def clauses(report: Report, health: Health) -> list[str]:
    """Return all that is to be said of the health of a report, as codes, worst first.

    ``failing-pattern`` · ``failed`` (calls of other patterns) · ``unanswered`` ·
    ``refused-connection`` · the codes of findings of severity ``error`` ·
    ``slow-server`` · ``slow-pattern`` · ``blocked-loop`` · ``slow-call`` ·
    ``refused`` · ``waited``
    """
    failing = sum(each.failed for each in health.failing)
    alarms = health.alarms
    holds = {
        "failing-pattern": bool(health.failing),
        "failed": health.failed > failing,
        "unanswered": bool(health.unanswered),
        "refused-connection": bool(alarms.refused),
        **{group.first.code: True for group in alarms.errors},
        "slow-server": health.slow_server is not None,
        "slow-pattern": bool(alarms.slow_patterns),
        "blocked-loop": bool(alarms.blocked),
        "slow-call": bool(health.slow),
        "refused": bool(health.refused),
        "waited": bool(_waited(report)),
    }
    return [code for code, held in holds.items() if held]


def _failures(health: Health, report: Report, *, alone: bool) -> Iterator[str]:
    """Yield what is to be said of what fails, the worst first.

    Args:
        health: The state.
        report: The report, which knows what servers are called.
        alone: Whether there is nothing else to say, so that there is room for names.
    """
    failing = [each for each in health.failing if not each.lacks_handler]
    if failing:
        yield _failing(failing, report)
    if unhandled := [each for each in health.failing if each.lacks_handler]:
        yield _no_handler(unhandled, report)
    rest = health.failed - sum(each.failed for each in health.failing)
    if rest and not health.failing:
        refused = f"{health.refused:,} {verb(health.refused, 'was')} refused"
        more = f", and {refused}" if health.refused else ""
        failed = f"{rest:,} of {_calls(health)} failed"
        yield failed + _how(health, named=alone and not health.unanswered) + more
    elif rest:
        yield f"{plural(rest, 'other call')} failed"
    silent = health.alarms.silent
    if silent:
        yield _silent(silent, report)
    gone = {each.server for each in silent}
    hung = [each for each in health.alarms.silent_patterns if each.server not in gone]
    if hung:
        yield _hung(hung)
    told = sum(each.calls for each in silent) + sum(each.calls for each in hung)
    without = health.unanswered - told
    if without > 0:
        calls = plural(without, "other call" if silent or hung else "call")
        yield f"{calls} {verb(without, 'has')} no reply"
    if health.alarms.refused:
        yield _refused(health.alarms, report)
    elif health.alarms.errors and not (health.failed or health.unanswered):
        yield _error(health.alarms.errors)


def _silent(silent: list[SilentServer], report: Report) -> str:
    """Return which servers answer nothing any more, and since when."""
    first_ns = min(each.first_ns for each in silent)
    calls = plural(sum(each.calls for each in silent), "call")
    name = _host(silent[0].server, report)
    if others := len(silent) - 1:
        name += f" and {plural(others, 'more server')}"
    answers = verb(len(silent), "answers")
    return f"{name} {answers} nothing from {clock(first_ns)} UTC on ({calls})"


def _hung(hung: list[SilentPattern]) -> str:
    """Return which patterns have no reply any more, and since when."""
    first_ns = min(each.first_ns for each in hung)
    name = short(hung[0].place.route or "")
    if others := len(hung) - 1:
        name += f" and {plural(others, 'more pattern')}"
    calls = plural(sum(each.calls for each in hung), "call")
    has = verb(len(hung), "has")
    return f"{name} {has} no reply from {clock(first_ns)} UTC on ({calls})"


def _refused(alarms: Alarms, report: Report) -> str:
    """Return which connections failed: ``2 connections to … were …``."""
    worst = alarms.refused[0]
    servers = list(
        dict.fromkeys(each for group in alarms.refused for each in group.details)
    )
    where = report.names.server(servers[0])
    if others := len(servers) - 1:
        where += f" and {plural(others, 'more server')}"
    count = alarms.refused_connections
    were = verb(count, "was")
    how = f"{were} refused" if worst.first.subject == "refused" else "had no answer"
    if len(alarms.refused) > 1:
        how = "failed"
    return f"{plural(count, 'connection')} to {where} {how}"


def _error(errors: list[FindingGroup]) -> str:
    """Return the headline of the worst finding where no call shows what it says."""
    worst, *others = errors
    headline = rule_of(worst.first.code).headline(worst)
    return (
        f"{headline}, and {plural(len(others), 'more error')}" if others else headline
    )


def _failing(failing: list[FailingPattern], report: Report) -> str:
    worst, *others = failing
    where = _where(failing, report)
    if others:
        more = f"{plural(len(others), 'more pattern')}"
        return f"{short(worst.route)} and {more} fail{where}"
    time = after(worst.shortest_ns, worst.longest_ns, worst.failed)
    when = f", {time}" if one_time(worst.shortest_ns, worst.longest_ns) else ""
    failed = f"failed {worst.failed:,} of {worst.calls:,} times"
    return f"{short(worst.route)} {failed}{where}{when}"


def _where(failing: list[FailingPattern], report: Report) -> str:
    """Return on which servers patterns fail, if it is the same for all, and not all."""
    worst, *others = failing
    alike = all(set(each.servers) == set(worst.servers) for each in others)
    if not alike or not all(each.partly for each in failing):
        return ""
    if len(worst.servers) == 1:
        return f" on {_host(worst.servers[0], report)}"
    return f" on {len(worst.servers):,} of {worst.asked:,} servers"


def _no_handler(unhandled: list[FailingPattern], report: Report) -> str:
    worst, *others = unhandled
    failed = sum(each.unhandled for each in unhandled)
    name = short(worst.route)
    if others:
        name += f" and {plural(len(others), 'more pattern')}"
    calls = sum(each.calls for each in unhandled)
    has = verb(len(unhandled), "has")
    where = _where(unhandled, report)
    return f"{name} {has} no handler{where} in {failed:,} of {plural(calls, 'call')}"


def _calls(health: Health) -> str:
    """Return how many calls there are, as ``of`` is followed by it."""
    if health.selective:
        return f"the {plural(health.calls, 'call')} chosen"
    return plural(health.calls, "call")


def _how(health: Health, *, named: bool) -> str:
    """Return what is known of calls that failed: their status, or few patterns."""
    if health.statuses.total() == health.failed and len(health.statuses) == 1:
        return f" with status {next(iter(health.statuses))}"
    if not named or len(health.unhandled) + len(health.thrown) > _NAMED:
        return ""
    parts = []
    if health.unhandled:
        has = verb(len(health.unhandled), "has")
        parts.append(f"{_listed(health.unhandled)} {has} no handler")
    if health.thrown:
        parts.append(f"{_listed(health.thrown)} threw")
    return f": {', '.join(parts)}"


def _listed(routes: list[str]) -> str:
    return listing(list(map(short, routes)))


def _slowness(health: Health, report: Report, *, alone: bool) -> Iterator[str]:
    """Yield what is to be said of what is slow or waits, the worst first.

    Args:
        health: The state.
        report: The report, which knows what servers are called.
        alone: Whether nothing is said before it, so that it has to say of what it is.
    """
    alarms = health.alarms
    if health.slow_server is not None:
        yield _slow_server(health.slow_server, report)
    if alarms.slow_patterns:
        yield _slow_patterns(alarms.slow_patterns)
    if alarms.blocked:
        yield _blocked(alarms.blocked[0])
    if health.slow_routes and health.slow_server is None:
        alone = alone and not (alarms.slow_patterns or alarms.blocked)
        yield _slow_calls(health, alone=alone)


def _slow_calls(health: Health, *, alone: bool) -> str:
    longest, *others = health.slow_routes
    slow = sum(each.slow for each in health.slow_routes)
    took = f"took {'up to ' * (slow > 1)}{duration(longest.longest_ns)}"
    if not alone:
        return f"{slow:,} {took}"
    if health.calls == 1:
        return f"The call {took}"
    half = ""
    if longest.longest_ns >= _TIMES * longest.median_ns and not others:
        several = sum(kind is Kind.MESSAGE for _, _, kind in health.patterns) > 1
        name = f" of {short(longest.route)}" * several
        half = f", where half{name} take {duration(longest.median_ns)}"
    return f"{slow:,} of {_calls(health)} {took}{half}"


def _slow_patterns(slow: list[SlowPattern]) -> str:
    worst, *others = slow
    name, half = short(worst.place.route or ""), duration(worst.median_ns)
    if others:
        more = plural(len(others), "more pattern")
        return f"{name} and {more} take up to {half} at the median"
    return f"{name} takes {half} at the median"


def _blocked(server: BlockedServer) -> str:
    waited = f"{plural(server.waiting, 'call')} waited up to {duration(server.time_ns)}"
    return f"{waited} until #{server.first} was answered"


def _slow_server(slow: SlowServer, report: Report) -> str:
    took, others = duration(slow.median_ns), duration(slow.others_ns)
    server = _host(slow.server, report)
    return f"{server} takes {took} for what the others do in {others}"


def _host(server: str, report: Report) -> str:
    """Return what to call a server: by its host, if no other server is on that."""
    if group := group_in(server):
        name, broker = group
        known = (each for each, ends in report.ends.items() if broker in ends.servers)
        return f"{group_word(next(known, ''))} {name}"
    named = report.names.server(server)
    if named != server:
        return named
    host = server.rpartition(":")[0]
    others = {pair.serves for pair in report.traffic.tables} - {server}
    shared = any(other.rpartition(":")[0] == host for other in others)
    return server if shared else host or server


def _were_refused(health: Health) -> str:
    return (
        f"{health.refused:,} of {_calls(health)} {verb(health.refused, 'was')} refused"
    )


def _waited(report: Report) -> str:
    """Return how many packets waited for a delayed ACK, and how long."""
    groups = [
        group
        for group in report.findings.values()
        if group.first.code == _STALL and group.first.subject != "event"
    ]
    if not groups:
        return ""
    count = sum(group.count for group in groups)
    subjects = {group.first.subject for group in groups}
    noun = nouns(count, subjects.pop() if len(subjects) == 1 else "packet")
    shortest = min(group.shortest_ns for group in groups)
    longest = max(group.longest_ns for group in groups)
    were = "it was" if count == 1 else "they were"
    took = duration_range(shortest, longest)
    return f"{count:,} {noun} waited {took} before {were} sent"


def _nothing(health: Health, refused: str) -> str:
    failed = "Nothing failed or waited" if not refused else "Nothing failed"
    if not health.slowest_ns:
        return f"{failed}{refused}."
    took = duration(health.slowest_ns)
    if health.calls == 1:
        return f"{failed}{refused}; the call took {took}."
    of_all = "" if refused else f" of {_calls(health)}"
    return f"{failed}{refused}; the slowest{of_all} took {took}."
