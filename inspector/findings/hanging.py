"""How far a call came over a broker that has no reply: which hop is the last.

==================  ===============================================================
``undelivered``     the broker had the request, and handed it to nobody
``unseen``          the same, as far as the capture shows: it lacks who serves it
``unreadable``      the broker does not take what is sent to such a channel
``elsewhere``       a handler answered on another channel than the request named
``unhandled``       a handler had it, and did not answer
``unreturned``      a handler answered, and the caller did not get that
``late``            … because it had stopped listening before
``foreign id``      the caller got a reply, with another id than its request
==================  ===============================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.passages import Leg, Way
from inspector.words import duration
from protocol.named_tuple import NamedTuple

from .broker_words import words_of
from .subjects import BLANK, CLOSING

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.passages import Hop, Passage

    from .broker_words import BrokerWords
    from .finding import Finding
    from .groups import FindingGroup

UNDELIVERED, UNSEEN, UNREADABLE = "undelivered", "unseen", "unreadable"
UNHANDLED = "unhandled"
_GONE = {"close", "reset"}
UNRETURNED, LATE, FOREIGN_ID = "unreturned", "late", "foreign id"
ELSEWHERE = "elsewhere"
_FIXES = {
    BLANK: "use a pattern without blanks",
    CLOSING: "send to a channel in full, without wildcards",
}


class Hang(NamedTuple):
    """How far a call came.

    Attributes:
        state: In a word; see the module.
        time_ns: How long after its request its last hop was; 0 where that says nothing.
    """

    state: str
    time_ns: int = 0


def hang_of(call: Exchange) -> Hang | None:
    """Return how far a call without a reply came; None over a direct carrier."""
    passage = call.passage
    if passage is None:
        return None
    if passage.one_sided and not any(passage.of(Leg.REQUEST, Way.OUT)):
        flaw = words_of(call.carrier).flaw(passage.channel, call.route)
        return Hang(UNREADABLE if flaw in _FIXES else UNSEEN)
    got = [hop for hop in passage.of(Leg.REPLY, Way.OUT) if not hop.overheard]
    if got:
        return Hang(FOREIGN_ID, _after(call, got[0]))
    return _past_the_broker(call, passage)


def _past_the_broker(call: Exchange, passage: Passage) -> Hang:
    """Return how far a call came whose caller got nothing."""
    answer = next(passage.of(Leg.REPLY, Way.IN), None)
    if answer is not None:
        left_ns = passage.left_ns
        if answer.elsewhere:
            return Hang(ELSEWHERE, _after(call, answer))
        late = left_ns is not None and left_ns <= answer.time_ns
        late |= call.cause in _GONE and call.ended_ns <= answer.time_ns
        return Hang(LATE if late else UNRETURNED, _after(call, answer))
    asked = next(passage.of(Leg.REQUEST, Way.OUT), None)
    return Hang(UNDELIVERED) if asked is None else Hang(UNHANDLED, _after(call, asked))


def _after(call: Exchange, hop: Hop) -> int:
    """Return how long after its request a hop was."""
    return max(hop.time_ns - call.asked_ns, 0)


def why(group: FindingGroup, state: str) -> str:
    """Return how far the calls of a group came, as a sentence."""
    first = group.first
    service, broker, it = first.service, first.broker, _it(group)
    after = _time_in(first)
    return {
        UNDELIVERED: f"{broker} handed {it} to nobody.",
        UNSEEN: _unseen(first, it),
        UNREADABLE: f"{broker} could not read {it}: see illegal-channel.",
        UNHANDLED: f"{_start(service)} had {it}, and had not answered by then.",
        UNRETURNED: f"{_start(service)} answered {it}{after}, and {broker} did not "
        "hand that on.",
        ELSEWHERE: f"{_start(service)} answered {it}{after} on another "
        f"{_words(first).channel}: see reply-elsewhere.",
        LATE: f"{_start(service)} answered {it}{after}, when nobody listened any more.",
        FOREIGN_ID: f"A reply came{after} with another id than the request; a Nest "
        "client ignores that.",
    }[state]


def _it(group: FindingGroup) -> str:
    return "it" if group.count == 1 else "them"


def _start(name: str) -> str:
    """Return a name as a sentence begins with it: an endpoint as it is."""
    return name[:1].upper() + name[1:]


def _time_in(finding: Finding) -> str:
    """Return the time that the detail of a finding has, as words."""
    return f" after {finding.detail}" if finding.detail else ""


def time_of(hang: Hang) -> str:
    """Return when the last hop was, for the detail of a finding."""
    return duration(hang.time_ns) if hang.time_ns else ""


def _unseen(finding: Finding, it: str) -> str:
    """Return what is said where no handler's connection is captured that had it."""
    habits, channel = finding.habits, finding.channel or ""
    broker = finding.connection.server_text
    words = _words(finding)
    if habits is not None and habits.subscriptions.known(broker):
        who = habits.subscriptions.subscriber(broker, channel)
        if who:
            return (
                f"{finding.broker} handed {it} to nobody that was captured, although "
                f"{finding.called(who)} subscribes to the {words.channel}."
            )
        return words.unheard.format(channel=words.channel, name=channel)
    return (
        "Whether a handler had it, the capture does not show: it lacks who serves it."
    )


def remedy(finding: Finding, state: str) -> str:
    """Return what to do about it."""
    if state == UNREADABLE:  # … for which the server may have closed the connection
        return _FIXES[_flaw_of(finding)]
    if finding.subject.startswith("server"):
        return (
            f"look at {finding.broker}: it ended, or cut this client off; its clients "
            "connect again, and the call waits on"
        )
    service, words = finding.service, _words(finding)
    return {
        UNDELIVERED: "look at the log of the broker, and whether the service was "
        "connected at that time",
        UNSEEN: _find(finding),
        UNHANDLED: f"look at what the handler on {service} waits for; timeout() on the "
        "client bounds the wait",
        UNRETURNED: words.unreturned.format(service=service),
        ELSEWHERE: "send each reply to where the request says",
        LATE: f"let the caller wait longer than {finding.detail or 'that'}, or look at "
        f"what the handler on {service} waits for",
        FOREIGN_ID: "send each reply with the id that is in the request",
    }[state]


def _find(finding: Finding) -> str:
    """Return how to find out who should have had a call."""
    habits, channel = finding.habits, finding.channel or ""
    broker, words = finding.connection.server_text, _words(finding)
    if habits is None or not habits.subscriptions.known(broker):
        return (
            "capture the connections of the services too, at the broker; check that "
            f"one {words.takes.format(channel=words.channel)}"
        )
    if who := habits.subscriptions.subscriber(broker, channel):
        return (
            f"look at whether {finding.called(who)} {words.ready}, and in the log of "
            "the broker"
        )
    meant = habits.subscriptions.closest(broker, channel)
    if meant:
        return f"did you mean {meant}?"
    return (
        f"start a service that {words.serves.format(channel=words.channel)}{words.told}"
    )


def _flaw_of(finding: Finding) -> str:
    """Return why the broker could not read a request."""
    flaw = _words(finding).flaw(finding.channel or "", finding.route)
    return flaw if flaw in _FIXES else BLANK


def _words(finding: Finding) -> BrokerWords:
    return words_of(finding.connection.carrier)
