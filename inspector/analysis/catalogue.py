"""The catalogue of findings: each code with its words.

A rule says what happened in one case (``message``, for JSON lines), what happened in
several (``headline`` and ``cause``, for people), and what to do (``hint``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .words import duration, duration_range, plural, size

if TYPE_CHECKING:
    from collections.abc import Callable

    from .findings import Finding
    from .folds import Fold


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding.

    Attributes:
        severity: How much it matters, unless a finding says otherwise.
        message: What happened in one case, as a sentence.
        headline: What happened in all cases, in a few words.
        cause: Why, and where.
        hint: What to do about it.
    """

    severity: Severity
    message: Callable[[Finding], str]
    headline: Callable[[Fold], str]
    cause: Callable[[Fold], str]
    hint: Callable[[Finding], str]


def _service(finding: Finding) -> str:
    return ":" + finding.connection.server_endpoint.rpartition(":")[2]


_ENDS = {
    "end": "by the end of the capture",
    "close": "when the connection was closed",
    "reset": "when the connection was reset",
}

_STALL_CAUSES = {
    "reply": "A second small write waits for the ACK of the first (Nagle), and the "
    "client delays that ACK. No handler was slow.",
    "request": "It waits for the ACK of what the client wrote before it (Nagle), and "
    "the server delays that ACK. No handler was slow.",
    "event": "It waits for the delayed ACK of what the client wrote before it (Nagle).",
}

_TIMES = "1 time", "{} times"


def _stall_headline(fold: Fold) -> str:
    subject = fold.first.subject
    words = plural(fold.count, subject, "replies" if subject == "reply" else None)
    return f"{words} waited {duration_range(fold.shortest_ns, fold.longest_ns)}"


def _credentials_headline(fold: Fold) -> str:
    parts = [
        plural(count, word, "replies" if word == "reply" else None)
        for word, count in fold.details.items()
    ]
    return f"{fold.first.subject} in " + " and in ".join(parts)


RULES = {
    "no-handler": Rule(
        Severity.ERROR,
        lambda finding: f"no handler for {finding.route} on {_service(finding)}",
        lambda fold: (
            "a message that nobody handles"
            if fold.count == 1
            else f"{fold.count:,} messages that nobody handles"
        ),
        lambda fold: (
            f"{fold.named_exchanges()} {'has' if fold.count == 1 else 'have'} "
            f"no handler on {_service(fold.first)}. {fold.packets()}"
        ),
        lambda finding: (
            f"@MessagePattern({_pattern(finding.route)}) there, or the pattern that "
            "the client sends"
        ),
    ),
    "corrupted-length": Rule(
        Severity.ERROR,
        lambda finding: f"{finding.detail} from the {finding.sender}",
        lambda fold: plural(fold.count, "frame") + " with a corrupted length",
        lambda fold: (
            f"The {fold.first.sender} sent a {fold.first.detail}. Nest drops what it "
            f"has read and closes the connection. {fold.packets()}"
        ),
        lambda _: (
            "the length in UTF-16 code units as a decimal number, then # and the JSON"
        ),
    ),
    "invalid-json": Rule(
        Severity.ERROR,
        lambda finding: f"{finding.detail} from the {finding.sender}",
        lambda fold: plural(fold.count, "frame") + " whose body is not JSON",
        lambda fold: (
            f"{fold.first.detail.capitalize()}. Nest drops what it has read and closes "
            f"the connection. {fold.packets()}"
        ),
        lambda _: (
            "the length in UTF-16 code units; it is often the length that is wrong"
        ),
    ),
    "buffer-limit": Rule(
        Severity.ERROR,
        lambda finding: f"{finding.detail} from the {finding.sender}",
        lambda fold: plural(fold.count, "frame") + " above Nest's buffer limit",
        lambda fold: (
            f"{fold.first.detail}. Nest drops them and closes the connection. "
            f"{fold.packets()}"
        ),
        lambda _: "smaller messages, or the option maxBufferSize",
    ),
    "unanswered": Rule(
        Severity.WARNING,
        lambda finding: (
            f"no reply to {finding.route} after {duration(finding.duration_ns)}, "
            f"{_ENDS[finding.detail]}"
        ),
        lambda fold: plural(fold.count, "message") + " without a reply",
        lambda fold: (
            f"{fold.named_exchanges()} had none {_ENDS[fold.first.detail]}, after "
            f"{duration_range(fold.shortest_ns, fold.longest_ns)}. {fold.packets()}"
        ),
        lambda _: "timeout() on the client; Nest waits for ever",
    ),
    "unfinished-stream": Rule(
        Severity.WARNING,
        lambda finding: (
            f"{finding.route} had replies but no end {_ENDS[finding.detail]}"
        ),
        lambda fold: plural(fold.count, "stream") + " without an end",
        lambda fold: (
            f"{fold.named_exchanges()} had none {_ENDS[fold.first.detail]}. "
            f"{fold.packets()}"
        ),
        lambda _: "complete the Observable on the server",
    ),
    "value-after-end": Rule(
        Severity.WARNING,
        lambda finding: f"a reply to {finding.route} after its last one",
        lambda fold: plural(fold.count, "reply", "replies") + " after the last one",
        lambda fold: (
            f"{fold.named_exchanges()} was over already; Nest ignores what follows. "
            f"{fold.packets()}"
        ),
        lambda _: "isDisposed on the last reply only, and every id only once",
    ),
    "masked-error": Rule(
        Severity.WARNING,
        lambda finding: (
            f"“Internal server error” in place of what {finding.route} threw"
        ),
        lambda fold: (
            f"{_TIMES[0] if fold.count == 1 else _TIMES[1].format(f'{fold.count:,}')} "
            "“Internal server error”"
        ),
        lambda fold: (
            f"{fold.named_routes()}: whatever is no RpcException loses its text on the "
            f"way. The cause is in the log of the service on {_service(fold.first)}. "
            f"{fold.packets()}"
        ),
        lambda _: "throw new RpcException(…) where the caller should know",
    ),
    "nagle-stall": Rule(
        Severity.WARNING,
        lambda finding: (
            f"a {finding.subject} waited {duration(finding.duration_ns)} for a delayed "
            "ACK"
        ),
        _stall_headline,
        lambda fold: f"{_STALL_CAUSES[fold.first.subject]} {fold.packets()}",
        lambda finding: (
            f"a socketClass that calls socket.setNoDelay(true), on the {finding.sender}"
        ),
    ),
    "credentials": Rule(
        Severity.WARNING,
        lambda finding: f"{finding.subject} in a {finding.detail} in clear text",
        _credentials_headline,
        lambda fold: (
            f"{fold.named_routes()}: whoever can capture this connection can read it. "
            f"{fold.packets()}"
        ),
        lambda _: "tlsOptions on both sides, and replies without what nobody needs",
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
    "orphan-reply": Rule(
        Severity.NOTE,
        lambda _: "a reply whose request the capture lacks",
        lambda fold: (
            plural(fold.count, "reply", "replies") + " whose request is not captured"
        ),
        lambda fold: (
            f"The capture began after it was sent, or lost it. {fold.packets()}"
        ),
        lambda _: "begin the capture before the client connects",
    ),
    "unknown-packet": Rule(
        Severity.NOTE,
        lambda finding: f"JSON that is no packet of Nest's: {finding.detail}",
        lambda fold: plural(fold.count, "frame") + " with JSON that is no packet",
        lambda fold: (
            f"The {fold.first.sender} sent {fold.first.detail}. Nest passes over it. "
            f"{fold.packets()}"
        ),
        lambda _: "an object with pattern and data, or id and response",
    ),
    "undefined-in-stream": Rule(
        Severity.NOTE,
        lambda finding: f"a reply to {finding.route} of nothing but its id",
        lambda fold: (
            "a reply of nothing but its id"
            if fold.count == 1
            else f"{fold.count:,} replies of nothing but their id"
        ),
        lambda fold: (
            f"{fold.named_exchanges()} emitted undefined. Nest 11 and older take the "
            f"packet itself for the value and end the stream there. {fold.packets()}"
        ),
        lambda _: "emit null, or clients of Nest 12.0.2 and later",
    ),
    "answer-without-value": Rule(
        Severity.NOTE,
        lambda finding: f"{finding.route} answered without a value",
        lambda fold: f"{fold.named_routes()} answered without a value",
        lambda fold: (
            f"The handler returned undefined ({fold.exchanges(4)}), as it does not "
            "otherwise: lastValueFrom() and firstValueFrom() throw EmptyError for it. "
            f"{fold.packets()}"
        ),
        lambda _: "return null, or lastValueFrom(…, { defaultValue: null })",
    ),
}
"""Code → rule, in the order in which equal severities are shown."""


def _pattern(route: str | None) -> str:
    """Return a route as it stands in a decorator: an object as it is, else quoted."""
    return route if route and route.startswith("{") else f"'{route}'"
