"""Checks of clients that are about everything they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.conformance.card import Check, Outcome, Result
from inspector.words import plural
from protocol import dumps
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.conformance.reading import Frame
    from protocol import Json

_KEYS = {"pattern", "data", "id", "metadata"}
_SPARE = 10  # connections: a pool, or some that mistakes have ended


class Seen(NamedTuple):
    """What was seen of a client besides its steps.

    Attributes:
        frames: All frames.
        broken: Why a connection could not be read on; empty if all could.
        reused: Ids that a request had while another with it was pending.
        nameless: Requests without an id.
        left: Connections that the client closed, or half-closed, with calls pending.
        opened: Connections that it opened.
        ended: Those that we ended.
    """

    frames: Sequence[Frame]
    broken: str
    reused: Sequence[Json]
    nameless: int
    left: int
    opened: int
    ended: int


if TYPE_CHECKING:
    Judge: TypeAlias = Callable[[Seen], str]
    """Returns what is wrong; nothing if nothing is."""


def _frames(seen: Seen) -> str:
    return seen.broken


def _lengths(seen: Seen) -> str:
    """Return a length that counts in no unit: those in another have checks."""
    problems = (each.length_problem() for each in seen.frames)
    return next((each for each in problems if each and "counts" not in each), "")


def _spelling(seen: Seen) -> str:
    return next(filter(None, (each.spelling_problem() for each in seen.frames)), "")


def _json(seen: Seen) -> str:
    return next((each.problem for each in seen.frames if each.problem), "")


def _ids(seen: Seen) -> str:
    return f"{plural(seen.nameless, 'request')} without an id" if seen.nameless else ""


def _unique(seen: Seen) -> str:
    if not seen.reused:
        return ""
    return f"id {dumps(seen.reused[0]).decode()} is that of another pending request"


def _strings(seen: Seen) -> str:
    ids = (each.members.get("id", "") for each in seen.frames)
    odd = [each for each in ids if not isinstance(each, str)]
    return f"id {dumps(odd[0]).decode()} is not a string" if odd else ""


def _keys(seen: Seen) -> str:
    others = {key for each in seen.frames for key in each.members} - _KEYS
    return f"packets have {', '.join(sorted(map(repr, others)))}" if others else ""


def _waits(seen: Seen) -> str:
    words = plural(seen.left, "connection")
    return f"{words} ended with calls pending" if seen.left else ""


def _connections(seen: Seen) -> str:
    more = seen.opened - seen.ended
    return f"opened {more} connections" if more > _SPARE else ""


CHECKS: list[tuple[Check, Judge]] = [
    (
        Check(
            "frames", "Writes frames: a length, # and a JSON text", "2-framing",
            "drops what it has read, and closes the connection",
        ),
        _frames,
    ),
    (
        Check(
            "length", "Writes the length of each body exactly", "2-framing",
            "waits for what is missing, or finds invalid JSON",
        ),
        _lengths,
    ),
    (
        Check(
            "nothing-between-frames",
            "Writes lengths in plain digits, and nothing between frames", "2-framing",
            "since 11.2.5, drops the connection after 30 s",
        ),
        _spelling,
    ),
    (
        Check(
            "strict-json", "Writes JSON that every parser reads: no NaN, valid UTF-8",
            "2-framing", "drops what it has read, and closes the connection",
        ),
        _json,
    ),
    (
        Check(
            "request-has-id", "Gives each request an id", "3-packets",
            "takes a packet without an id for an event, and answers nothing",
        ),
        _ids,
    ),
    (
        Check(
            "id-unique", "Gives pending requests of a connection different ids",
            "3-packets", "generates 21 hexadecimal digits",
        ),
        _unique,
    ),
    (
        Check(
            "id-string", "Gives requests ids that are strings", "3-packets",
            "generates strings, and returns any JSON value", advice=True,
        ),
        _strings,
    ),
    (
        Check(
            "known-keys", "Sends pattern, data, id and metadata alone", "3-packets",
            "ignores other keys", advice=True,
        ),
        _keys,
    ),
    (
        Check(
            "waits-for-replies", "Ends no side of a connection with calls pending",
            "7-lifecycle", "closes too, and the replies are lost",
        ),
        _waits,
    ),
    (
        Check(
            "one-connection", "Makes many calls on one connection", "1-in-one-minute",
            "has one connection for each client", advice=True,
        ),
        _connections,
    ),
]  # fmt: skip


def judge_habits(seen: Seen) -> list[Result]:
    """Return how each check came out; none was tried if the client sent nothing."""
    return [_judged(check, judge, seen) for check, judge in CHECKS]


def _judged(check: Check, judge: Judge, seen: Seen) -> Result:
    if not seen.frames and not seen.broken:
        return Result(check, Outcome.UNTRIED, "no frame came")
    problem = judge(seen)
    if not problem:
        return Result(check, Outcome.PASSED)
    return Result(check, Outcome.ADVISED if check.advice else Outcome.FAILED, problem)
