"""Checks of servers: replies, streams, errors and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.card import FailedError, UntriedError
from inspector.conformance.matching import ends_call, same
from protocol import NO_MESSAGE_HANDLER, dumps, truthy

from .registry import Checks
from .target import UNKNOWN, Subject

if TYPE_CHECKING:
    from inspector.conformance.reading import Frame
    from protocol import Json

    from .line import Line
    from .target import Target

CHECKS = Checks()
_KEYS = {"id", "response", "err", "isDisposed", "status"}
_ENDS = "sends isDisposed: true with the last value, or in a packet of its own"


@CHECKS.add("no-greeting", "1-in-one-minute", "writes nothing before a request")
def _(target: Target) -> None:
    """Writes nothing before it is asked."""
    with target.line() as line:
        if line.listen(target.pause_s) or line.rest:
            raise FailedError("wrote before it was asked")
        if target.answers:  # what was written late comes before the reply
            line.send(target.request(target.new_id()))
            if line.first(1)[0].lead:
                raise FailedError("wrote before it was asked")


@CHECKS.add("call-ends", "5-replies", _ENDS)
def _(target: Target) -> None:
    """Ends a call with isDisposed, which is true."""
    subject = target.needed("call")
    with target.line() as line:
        call_id = target.new_id()
        line.send(target.request(call_id, subject))
        last = line.replies(call_id)[-1].members
        if last.get("isDisposed") is not True:
            raise FailedError(f"isDisposed is {_member(last, 'isDisposed')}, not true")
        if truthy(last.get("err")):
            raise FailedError(f"is answered with an error: {_member(last, 'err')}")


@CHECKS.add("nothing-after-the-end", "5-replies", "sends nothing after the end")
def _(target: Target) -> None:
    """Writes nothing more about a call that has ended."""
    _one_end(target, target.subject)


def _one_end(target: Target, subject: Subject) -> list[Frame]:
    """Return all replies to a request, of which the last alone ends it."""
    with target.line() as line:
        call_id = target.new_id()
        line.send(target.request(call_id, subject))
        line.replies(call_id)
        line.listen(target.pause_s)
        replies = line.replies_so_far(call_id)
    ends = [at for at, each in enumerate(replies) if ends_call(each.members)]
    if ends[0] < len(replies) - 1:
        raise FailedError("a packet came after the end of the call")
    return replies


@CHECKS.add("stream-values", "5-replies", "sends each value in a packet of its own")
def _(target: Target) -> None:
    """Sends the values of a stream one by one, and its end once."""
    replies = _one_end(target, target.needed("stream"))
    values = [each for each in replies if "response" in each.members]
    if len(values) < 2:  # noqa: PLR2004
        raise FailedError(f"{len(values)} packets with a value; a stream has several")


@CHECKS.add("streams-together", "5-replies", "matches replies by id alone")
def _(target: Target) -> None:
    """Serves two streams and a call at once on one connection."""
    stream = target.needed("stream")
    ids = [target.new_id() for _ in range(3)]
    with target.line() as line:
        packets = [target.request(each, stream) for each in ids[:2]]
        line.send(*packets, target.request(ids[2]))
        one, other = (_values(line.replies(each)) for each in ids[:2])
        target.check_answered(line, ids[2])
    if len(one) != len(other):
        raise FailedError(f"one stream has {len(one)} values, the other {len(other)}")


def _values(replies: list[Frame]) -> list[Json]:
    return [each.members["response"] for each in replies if "response" in each.members]


@CHECKS.add("slow-does-not-block", "5-replies", "sends replies as they become ready")
def _(target: Target) -> None:
    """Answers a call while a slower one is pending on the connection."""
    slow = target.needed("slow")
    ids = [target.new_id() for _ in range(2)]
    with target.line() as line:
        line.send(target.request(ids[0], slow), target.request(ids[1]))
        line.replies(ids[0])
        order = [
            each.members.get("id") for each in line.frames if ends_call(each.members)
        ]
    if order[:1] != [ids[1]]:
        raise FailedError("the slow call was answered first")


@CHECKS.add("no-handler", "3-packets", "answers with err and the id")
def _(target: Target) -> None:
    """Answers a request that no handler takes with an error."""
    _unhandled(target)


def _unhandled(target: Target) -> dict[str, Json]:
    with target.line() as line:
        call_id = target.new_id()
        line.send(target.request(call_id, Subject(UNKNOWN, 1)))
        last = line.replies(call_id)[-1].members
    if not truthy(last.get("err")):
        raise FailedError("an unknown pattern is answered without an error")
    return last


@CHECKS.add(
    "no-handler-message", "3-packets", f'"err":"{NO_MESSAGE_HANDLER}"', advice=True
)
def _(target: Target) -> None:
    """Says that there is no handler in Nest's own words."""
    last = _unhandled(target)
    if last.get("err") != NO_MESSAGE_HANDLER:
        raise FailedError(f"err is {_member(last, 'err')}")


@CHECKS.add("goes-on-after-no-handler", "6-errors", "keeps the connection")
def _(target: Target) -> None:
    """Keeps the connection after a request that no handler takes."""
    _goes_on(target, Subject(UNKNOWN, 1))


def _goes_on(target: Target, subject: Subject) -> None:
    with target.line() as line:
        ids = [target.new_id() for _ in range(2)]
        line.send(target.request(ids[0], subject))
        line.replies(ids[0])
        line.send(target.request(ids[1]))
        target.check_answered(line, ids[1])


@CHECKS.add("error-has-err", "6-errors", "sends err and isDisposed: true, no response")
def _(target: Target) -> None:
    """Reports the failure of a handler as err, and ends the call."""
    replies = _one_end(target, target.needed("error"))
    last = replies[-1].members
    if not truthy(last.get("err")):
        raise FailedError(f"err is {_member(last, 'err')}")
    if last.get("isDisposed") is not True:
        raise FailedError(f"isDisposed is {_member(last, 'isDisposed')}, not true")
    if "response" in last:
        raise FailedError("has response beside err")


@CHECKS.add("goes-on-after-an-error", "6-errors", "keeps the connection")
def _(target: Target) -> None:
    """Keeps the connection after the failure of a handler."""
    _goes_on(target, target.needed("error"))


def _silent(target: Target, body: bytes) -> None:
    with target.line() as line:
        call_id = target.new_id()
        line.send(body)
        line.send(target.request(call_id))
        target.check_answered(line, call_id)
        _no_other(line, call_id, target)


def _no_other(line: Line, call_id: Json, target: Target) -> None:
    others = [
        each
        for each in line.listen(target.pause_s)
        if not same(each.members.get("id"), call_id)
    ]
    if others:
        raise FailedError(f"is answered with {others[0].body[:80]}")


@CHECKS.add("event-is-silent", "3-packets", "answers no event")
def _(target: Target) -> None:
    """Answers no event, and goes on."""
    subject = target.subjects.event or target.subjects.call
    if subject is None:
        raise UntriedError("needs --event-pattern or --pattern")
    _silent(target, dumps(subject.members()))


@CHECKS.add("unknown-event-is-silent", "3-packets", "logs it, and answers nothing")
def _(target: Target) -> None:
    """Answers no event that no handler takes, and goes on."""
    _silent(target, dumps(Subject(UNKNOWN, 1).members()))


@CHECKS.add(
    "request-to-event-handler", "4-patterns", "runs it, and answers", advice=True
)
def _(target: Target) -> None:
    """Answers a request that reaches the handler of an event."""
    subject = target.needed("event")
    with target.line() as line:
        call_id = target.new_id()
        line.send(target.request(call_id, subject))
        line.replies(call_id)


@CHECKS.add("not-a-request", "3-packets", "takes it for an event without a handler")
def _(target: Target) -> None:
    """Answers no packet without pattern and data, even with an id, and goes on."""
    _silent(target, b'{"id":"1"}')


@CHECKS.add(
    "not-an-object", "reading", "takes it for an event without a handler", advice=True
)
def _(target: Target) -> None:
    """Passes over bodies that are JSON and no objects, and goes on."""
    for body in (b"null", b"5", b'"abc"', b"[1,2]"):
        _silent(target, body)


def _member(members: dict[str, Json], key: str) -> str:
    return dumps(members[key]).decode()[:80] if key in members else "absent"


@CHECKS.add(
    "reply-keys",
    "3-packets",
    "from 12.0.2 on, takes a reply with another key for a value",
)
def _(target: Target) -> None:
    """Writes no other keys in replies than Nest does."""
    for frame in _all(target):
        others = frame.members.keys() - _KEYS
        if others:
            raise FailedError(f"replies have {', '.join(sorted(map(repr, others)))}")


@CHECKS.add(
    "nothing-between-frames",
    "2-framing",
    "since 11.2.5, drops the connection after 30 s",
)
def _(target: Target) -> None:
    """Writes lengths in plain digits, and nothing between frames."""
    for frame in _all(target):
        if problem := frame.spelling_problem():
            raise FailedError(problem)
    for line in target.lines:
        if line.frames and line.rest and not line.rest[:1].isdigit():
            raise FailedError(f"{line.rest[:20]!r} follows a frame")


@CHECKS.add("strict-json", "2-framing", "drops everything, and closes the connection")
def _(target: Target) -> None:
    """Writes JSON that every parser reads: no NaN, valid UTF-8."""
    for frame in _all(target):
        if frame.problem:
            raise FailedError(frame.problem)


def _all(target: Target) -> list[Frame]:
    frames = [frame for line in target.lines for frame in line.frames]
    if not frames:
        raise UntriedError("no frame came")
    return frames
