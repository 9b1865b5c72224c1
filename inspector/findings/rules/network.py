"""Rules about the network, and about the capture of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.words import duration, duration_range, plural, size

from .rule import Rule, Severity, service

if TYPE_CHECKING:
    from inspector.findings.groups import Fold

_ARTICLES = {"reply": "a reply", "request": "a request", "event": "an event"}

_STALL_CAUSES = {
    "reply": "A second small write waits for the ACK of the first (Nagle), and the "
    "client delays that ACK. No handler was slow.",
    "request": "It waits for the ACK of what the client wrote before it (Nagle), and "
    "the server delays that ACK. No handler was slow.",
    "event": "It waits for the delayed ACK of what the client wrote before it (Nagle).",
}


def _stall_headline(fold: Fold) -> str:
    subject = fold.first.subject
    words = plural(fold.count, subject, "replies" if subject == "reply" else None)
    return f"{words} waited {duration_range(fold.shortest_ns, fold.longest_ns)}"


def _stranger_headline(fold: Fold) -> str:
    return f"{fold.first.subject} on a port of Nest"


RULES = {
    "nagle-stall": Rule(
        Severity.WARNING,
        lambda finding: (
            f"{_ARTICLES[finding.subject]} waited {duration(finding.duration_ns)} "
            "for a delayed ACK"
        ),
        _stall_headline,
        lambda fold: f"{_STALL_CAUSES[fold.first.subject]} {fold.packets()}",
        lambda finding: (
            f"a socketClass that calls socket.setNoDelay(true), on the {finding.sender}"
        ),
    ),
    "connection-reset": Rule(
        Severity.WARNING,
        lambda finding: f"the {finding.sender} reset the connection",
        lambda fold: plural(fold.count, "connection") + " reset",
        lambda fold: (
            f"The {fold.first.sender} sent an RST: its process ended, it destroyed the "
            "connection with bytes unread, or nobody listened. What was under way is "
            f"lost. {fold.packets()}"
        ),
        lambda finding: f"the log of the {finding.sender} at that time",
    ),
    "zero-window": Rule(
        Severity.WARNING,
        lambda finding: (
            f"the {finding.sender} had no room for more, {plural(finding.size, 'time')}"
        ),
        lambda fold: f"no room at the {fold.first.sender}, {plural(fold.size, 'time')}",
        lambda fold: (
            f"The {fold.first.sender} does not read as fast as the other side writes: "
            "its process is busy or stopped. Nest 11.2.5 and later drop a peer that "
            f"lets 128 MiB wait. {fold.packets()}"
        ),
        lambda finding: f"look what keeps the event loop of the {finding.sender} busy",
    ),
    "foreign-protocol": Rule(
        Severity.WARNING,
        lambda finding: (
            f"{finding.subject} on {service(finding)}, which speaks Nest's TCP"
        ),
        _stranger_headline,
        lambda fold: (
            f"{plural(fold.count, 'connection')} to {service(fold.first)} spoke "
            f"{fold.first.subject}. Nest waits for a #, answers nothing, and drops "
            f"it after 30 s (11.2.5, 12.0.3 and later). {fold.packets()}"
        ),
        lambda finding: (
            "tlsOptions on both sides or on none"
            if finding.subject == "TLS"
            else "another port for it: a hybrid application has one for each"
        ),
    ),
    "capture-gap": Rule(
        Severity.WARNING,
        lambda finding: (
            f"the capture lacks {size(finding.size)} from the {finding.sender}"
        ),
        lambda fold: f"the capture lacks {size(fold.size)}",
        lambda fold: (
            f"{plural(fold.count, 'hole')}: they were sent and acknowledged, but not "
            f"captured; calls around them are in doubt. {fold.packets()}"
        ),
        lambda _: "a larger buffer for the capture: tcpdump -B 65536",
    ),
    "analysis-limit": Rule(
        Severity.WARNING,
        lambda finding: f"the limit {finding.subject} of the inspection was reached",
        lambda fold: f"limit of the inspection reached: {fold.first.subject}",
        lambda fold: (
            f"{plural(fold.count, 'time')} something was given up to keep memory "
            f"bounded; calls around it are in doubt. {fold.packets()}"
        ),
        lambda _: "a higher limit, or a capture of fewer connections",
    ),
    "retransmissions": Rule(
        Severity.NOTE,
        lambda finding: f"{plural(finding.size, 'segment')} sent again",
        lambda fold: plural(fold.size, "segment") + " sent again",
        lambda fold: (
            f"On {plural(fold.count, 'connection')} bytes were lost, late, or taken "
            f"for lost; a call waits 200 ms or more for them. {fold.packets()}"
        ),
        lambda _: (
            "look at the network between the two, or at a host that is overloaded"
        ),
    ),
    "captured-twice": Rule(
        Severity.NOTE,
        lambda finding: f"{plural(finding.size, 'packet')} captured twice",
        lambda fold: plural(fold.size, "packet") + " captured twice",
        lambda fold: (
            f"On {plural(fold.count, 'connection')} they passed several interfaces of "
            f"the host. The copies count nowhere else. {fold.packets()}"
        ),
        lambda _: "capture on one interface: tcpdump -i eth0 instead of -i any",
    ),
    "empty-connection": Rule(
        Severity.NOTE,
        lambda finding: f"a connection to {service(finding)} that carried nothing",
        lambda fold: plural(fold.count, "connection") + " that carried nothing",
        lambda fold: (
            f"Opened to {service(fold.first)} and closed again: a health probe or a "
            f"port scan. Nest takes no harm from it. {fold.packets()}"
        ),
        lambda _: "nothing, or a probe that sends a message and waits for the reply",
    ),
}
