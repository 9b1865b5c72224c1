"""A request that has no reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import has_sessions
from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.findings.evidence import misread
from inspector.findings.finding import Severity
from inspector.findings.hanging import hang_of, remedy, time_of, why
from inspector.findings.phrases import end_in_words, end_of
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import duration_range, plural, size
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from inspector.calls.deadlines import is_past
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.hanging import Hang
    from inspector.findings.rule import Context
else:  # decision 158
    is_past = on_demand("inspector.calls.deadlines:is_past")


_LARGE = 2_000
"""Bytes of a request from which on its size is a reason to name.

``maxBufferSize`` of a server is some thousand at least where it is set.
"""
_AT_ONCE_NS = 1_000_000_000
_ANSWERED, _BULKY = "later ones answered", "a large request"
_UNREAD = "never read: "  # and the code of what says why
_PASSED = "passed: "  # and how far it came over a broker


@finding("unanswered", Severity.WARNING, about=Exchange, needs=FAILED, rank=20)
class Unanswered(Rule[Exchange]):
    """A request that has no reply."""

    see = "exchanges --where 'outcome == \"unanswered\"'"

    def applies(self, call: Exchange) -> bool:
        return (
            call.outcome is Outcome.UNANSWERED
            and call.kind is not Kind.ORPHAN
            and not (call.gapped or call.in_flight or has_sessions(call.carrier))
            and not misread(call.connection)
            and not is_past(call)
        )

    def details(self, call: Exchange, context: Context) -> Details:
        ending = call.connection.ending
        waited_ns = call.waited_ns(ending.time_ns if ending else call.ended_ns) or 0
        subject = end_of(call)
        if hang := hang_of(call):
            return _over_broker(call, subject, hang)
        unread = context.unread.cause(call)
        if unread:
            subject += f", {_UNREAD}{unread}"
        elif call.overtaken:
            subject += f", {_ANSWERED}"
        elif subject.startswith("server") and _closed_for_size(call, waited_ns):
            subject += f", {_BULKY}"
        named = ending is not None and subject.startswith(("client", "server"))
        return Details(
            subject=subject,
            duration_ns=waited_ns,
            size=call.request_bytes,
            ended_in=ending.packet if ending and named else 0,
        )

    def message(self, finding: Finding) -> str:
        waited_ns = finding.duration_ns
        unread = f": Nest never read it, see {why}" if (why := _unread(finding)) else ""
        later = _later(waited_ns)
        return f"no reply to {finding.name} {_end(finding)}{later}{unread}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "message") + " without a reply"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        flag = "RST" if "reset" in first.subject else "FIN"
        sign = f" ({flag} in {group.ended_in()})" if first.ended_in else ""
        later = _later(group.shortest_ns, group.longest_ns)
        named = group.named_exchanges()
        words = [f"{named} had no reply {_end(first)}{sign}{later}."]
        if state := _state(first):
            words.append(why(group, state))
            return " ".join([*words, group.packets()])
        if _ANSWERED in first.subject:
            words.append(
                "Later requests of the connection were answered in the meantime."
            )
        if unread := _unread(first):
            them = "it" if group.count == 1 else "them"
            words.append(f"Nest never read {them}: see {unread}.")
        elif first.subject.startswith("server"):
            words.append("A Nest client then fails with “Connection closed” at once.")
        return " ".join([*words, group.packets()])

    def hint(self, finding: Finding) -> str:
        if state := _state(finding):
            return remedy(finding, state)
        return _remedy(finding)


def _remedy(finding: Finding) -> str:
    """Return what to do about a request over a direct carrier."""
    if unread := _unread(finding):
        return f"correct what {unread} reports; Nest then reads such requests"
    if _ANSWERED in finding.subject:
        return (
            f"look at this handler on {finding.service}: it never completes, or "
            "JSON cannot hold its result (a BigInt, a circular object)"
        )
    if _BULKY in finding.subject:
        return (
            f"compare maxBufferSize of {finding.service} with this request of "
            f"{size(finding.size)}, and look in the log of that service"
        )
    if finding.subject.startswith("server"):
        other = "it closed the connection itself"
        if finding.duration_ns >= _AT_ONCE_NS:
            other = "a load balancer in front of it closes idle connections"
        return f"look at {finding.service}: its process has ended, or {other}"
    return (
        f"look at what the handler on {finding.service} waits for; timeout() on "
        "the client bounds the wait"
    )


def _over_broker(call: Exchange, subject: str, hang: Hang) -> Details:
    """Return what the words of a call over a broker need."""
    ending, passage = call.connection.ending, call.passage
    named = ending is not None and subject.startswith(("client", "server"))
    ended_ns = ending.time_ns if ending and named else call.ended_ns
    if passage is not None and passage.left_ns is not None:
        ended_ns = passage.left_ns
    return Details(
        subject=f"{subject}, {_PASSED}{hang.state}",
        detail=time_of(hang),
        duration_ns=call.waited_ns(ended_ns) or 0,
        size=call.request_bytes,
        ended_in=ending.packet if ending and named else 0,
    )


def _state(finding: Finding) -> str:
    """Return how far a call came over a broker; nothing over a direct carrier."""
    return finding.subject.partition(_PASSED)[2]


def _end(finding: Finding) -> str:
    return end_in_words(finding, finding.subject.partition(", ")[0])


def _unread(finding: Finding) -> str:
    """Return the code of what says why Nest never read a request; else nothing."""
    return finding.subject.partition(_UNREAD)[2]


def _later(shortest_ns: int, longest_ns: int | None = None) -> str:
    """Return how much later that was, unless it was at once."""
    longest_ns = shortest_ns if longest_ns is None else longest_ns
    return f", {duration_range(shortest_ns, longest_ns)} later" if longest_ns else ""


def _closed_for_size(call: Exchange, waited_ns: int) -> bool:
    """Whether a server closed right after a request that is large."""
    return call.request_bytes >= _LARGE and waited_ns < _AT_ONCE_NS
