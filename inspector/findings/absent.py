"""Who should have had what nobody had subscribed to, by what was subscribed to else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .broker_words import words_of
from .habits import shown

if TYPE_CHECKING:
    from .finding import Finding
    from .groups import FindingGroup


def subscriber(finding: Finding) -> str:
    """Return what to call who subscribes to the subject at other times, or nothing."""
    if finding.habits is None or finding.channel is None:
        return ""
    broker = finding.connection.server_text
    who = finding.habits.subscriptions.subscriber(broker, finding.channel)
    return finding.called(who) if who else ""


def place_of(finding: Finding) -> str:
    """Return where one was sent to, and that it has subscribers at other times."""
    words = words_of(finding.connection.carrier)
    away = ", which has subscribers at other times" * bool(subscriber(finding))
    return f"{words.channel} {shown(finding.channel or '')} of {finding.reached}{away}"


def at_other_times(group: FindingGroup) -> str:
    """Return who subscribes at other times, as a sentence after others, or nothing."""
    who = subscriber(group.first)
    which = "it" if len(group.known_routes) == 1 else "the first of them"
    return f" At other times {who} subscribes to {which}." if who else ""


def meant(finding: Finding) -> str:
    """Return what a subject without subscribers may be meant for, or nothing."""
    if finding.habits is None or finding.channel is None:
        return ""
    known, broker = finding.habits.subscriptions, finding.connection.server_text
    other = known.elsewhere(broker, finding.channel)
    if other:
        return f"the broker {other}, where {shown(finding.channel)} is subscribed to"
    return shown(known.closest(broker, finding.channel))


def remedy(finding: Finding, otherwise: str) -> str:
    """Return what to do about it: look for who was away, or at what was meant.

    Args:
        finding: What nobody had subscribed to.
        otherwise: What to do where neither shows.
    """
    if who := subscriber(finding):
        return (
            f"look at what {who} did at that time: it was not up yet, or had lost "
            "its connection"
        )
    if what := meant(finding):
        return f"did you mean {what}?"
    return otherwise
