"""Rules about calls: requests, replies and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.words import duration, duration_range, plural

from .rule import Rule, Severity, quoted, service

if TYPE_CHECKING:
    from inspector.findings.finding import Finding

_ENDS = {
    "end": "by the end of the capture",
    "close": "when the connection was closed",
    "reset": "when the connection was reset",
    "limit": "when too many connections were open to follow it",
}


def _no_handler_hint(finding: Finding) -> str:
    if finding.detail:
        return f"did you mean {finding.detail}?"
    return (
        f"@MessagePattern({quoted(finding.route)}) there, or the pattern that the "
        "client sends"
    )


RULES = {
    "no-handler": Rule(
        Severity.ERROR,
        lambda finding: f"no handler for {finding.route} on {service(finding)}",
        lambda fold: (
            "a message that nobody handles"
            if fold.count == 1
            else f"{fold.count:,} messages that nobody handles"
        ),
        lambda fold: (
            f"{fold.named_exchanges()} {'has' if fold.count == 1 else 'have'} "
            f"no handler on {service(fold.first)}. {fold.packets()}"
        ),
        _no_handler_hint,
    ),
    "unanswered": Rule(
        Severity.WARNING,
        lambda finding: (
            f"no reply to {finding.route} after {duration(finding.duration_ns)}, "
            f"{_ENDS[finding.subject]}"
        ),
        lambda fold: plural(fold.count, "message") + " without a reply",
        lambda fold: (
            f"{fold.named_exchanges()} had none {_ENDS[fold.first.subject]}, after "
            f"{duration_range(fold.shortest_ns, fold.longest_ns)}. {fold.packets()}"
        ),
        lambda _: "timeout() on the client; Nest waits for ever",
    ),
    "unfinished-stream": Rule(
        Severity.WARNING,
        lambda finding: (
            f"{finding.route} had replies but no end {_ENDS[finding.subject]}"
        ),
        lambda fold: plural(fold.count, "stream") + " without an end",
        lambda fold: (
            f"{fold.named_exchanges()} had none {_ENDS[fold.first.subject]}. "
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
        lambda fold: f"{plural(fold.count, 'time')} “Internal server error”",
        lambda fold: (
            f"{fold.named_routes()}: whatever is no RpcException loses its text on the "
            f"way. The cause is in the log of the service on {service(fold.first)}. "
            f"{fold.packets()}"
        ),
        lambda _: "throw new RpcException(…) where the caller should know",
    ),
    "duplicate-id": Rule(
        Severity.WARNING,
        lambda finding: (
            f"an id is used again while {finding.route} waits for its reply"
        ),
        lambda fold: plural(fold.count, "id") + " used twice at the same time",
        lambda fold: (
            f"{fold.named_exchanges()}: replies are told apart by their id alone, so "
            f"one caller gets the reply of another. {fold.packets()}"
        ),
        lambda _: "an id of its own for every request that waits",
    ),
    "foreign-reply-key": Rule(
        Severity.WARNING,
        lambda finding: f"a reply to {finding.route} with the key {finding.detail}",
        lambda fold: (
            plural(fold.count, "reply", "replies") + " with a key of their own"
        ),
        lambda fold: (
            f"{fold.named_routes()}: {' '.join(fold.details)}. A client of Nest 12 "
            "takes a reply with such a key for the value itself and ends the call, "
            "an error too; older ones pass over the key. " + fold.packets()
        ),
        lambda _: (
            "the value inside response, and no key but id, response, err, isDisposed"
        ),
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
    "in-doubt": Rule(
        Severity.NOTE,
        lambda finding: (
            f"{finding.route or 'a reply'} is not captured whole: bytes are missing "
            "meanwhile"
        ),
        lambda fold: plural(fold.count, "exchange") + " in doubt",
        lambda fold: (
            f"{fold.named_exchanges()}: the capture lacks bytes in between, so what "
            f"seems to be missing may have been there. {fold.packets()}"
        ),
        lambda _: "a larger buffer for the capture: tcpdump -B 65536",
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
    "event-to-message-handler": Rule(
        Severity.NOTE,
        lambda finding: f"an event to {finding.route}, whose handler answers requests",
        lambda fold: plural(fold.count, "pattern") + " sent to and emitted",
        lambda fold: (
            f"{fold.named_exchanges()}: its handler answers requests. For an event it "
            f"runs as well, but its value and its errors reach nobody. {fold.packets()}"
        ),
        lambda _: "send() where the reply counts, @EventPattern where it does not",
    ),
    "request-to-event-handler": Rule(
        Severity.NOTE,
        lambda finding: f"a request to {finding.route}, whose replies say nothing",
        lambda fold: plural(fold.count, "pattern") + " for events that is asked too",
        lambda fold: (
            f"{fold.named_exchanges()}: it is emitted as well, and its replies have no "
            "value: an @EventPattern answers a request all the same. " + fold.packets()
        ),
        lambda _: "emit() for what nobody answers, else @MessagePattern and a value",
    ),
    "mixed-pattern": Rule(
        Severity.NOTE,
        lambda finding: f"{finding.route} is both sent and emitted",
        lambda fold: plural(fold.count, "pattern") + " both sent and emitted",
        lambda fold: (
            f"{fold.named_exchanges()}: a service has one handler for both, the one "
            f"that was registered first. {fold.packets()}"
        ),
        lambda _: "a pattern for requests and another for events",
    ),
    "many-spellings": Rule(
        Severity.NOTE,
        lambda finding: f"{finding.route} is also written {finding.detail}",
        lambda fold: plural(fold.count, "pattern") + " written in several ways",
        lambda fold: (
            f"{fold.named_exchanges()}, also as {' '.join(list(fold.details)[:3])}: "
            "the service reads both alike, but other tools "
            f"and other carriers may not. {fold.packets()}"
        ),
        lambda _: "one constant for the pattern, shared by all callers",
    ),
}
