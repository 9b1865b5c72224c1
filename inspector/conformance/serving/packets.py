"""Checks of servers: ids, keys, patterns and payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.card import FailedError, UntriedError
from inspector.conformance.matching import same
from protocol import UNDEFINED, dumps

from .registry import Checks
from .target import Subject, route_of

if TYPE_CHECKING:
    from protocol import Json

    from .target import Target

CHECKS = Checks()
_ECHOED = "returns the id unchanged, whatever JSON value it is"
_NUMBERS: list[Json] = [0, -1, 0.1, 1.5e300, 2**53 - 1, -(2**53) + 1]
_NESTED: dict[str, Json] = {
    "a": [1, [2, [3, {"b": None}]]],
    "é": {"": ""},
    "quotes": 'say "#" \\ / \n \t \u2028',
}


@CHECKS.add("id-echoed", "3-packets", _ECHOED)
def _(target: Target) -> None:
    """Returns the id of the request, a string."""
    target.ask(target.new_id(), "with spaces", 'quotes " and \\')


@CHECKS.add("id-number", "3-packets", f"{_ECHOED}; 5 is not '5'")
def _(target: Target) -> None:
    """Returns an id that is a number as a number."""
    target.ask(5)


@CHECKS.add("id-falsy", "3-packets", "only a packet without the key id is an event")
def _(target: Target) -> None:
    """Answers requests whose id is 0, null, false or an empty string."""
    target.ask(0, None, False, "")  # noqa: FBT003 — an id


@CHECKS.add("id-object", "3-packets", _ECHOED, advice=True)
def _(target: Target) -> None:
    """Returns an id that is an object or an array."""
    target.ask({"a": 1}, [1, "2"])


@CHECKS.add(
    "id-of-a-call-that-ended", "3-packets", "keeps nothing of a call that ended"
)
def _(target: Target) -> None:
    """Answers a second request with the id of one that has ended."""
    call_id = target.new_id()
    with target.line() as line:
        line.send(target.request(call_id))
        target.check_answered(line, call_id)
        line.send(target.request(call_id))
        if [each.members.get("id") for each in line.first(2)] != [call_id] * 2:
            raise FailedError("a reply has another id")


@CHECKS.add("id-on-two-connections", "3-packets", "keeps the ids of connections apart")
def _(target: Target) -> None:
    """Answers equal ids on two connections, each on its own."""
    call_id = target.new_id()
    with target.line() as one, target.line() as other:
        one.send(target.request(call_id))
        other.send(target.request(call_id))
        for line in (one, other):
            target.check_answered(line, call_id)
            if len(line.listen(0)) > 1:
                raise FailedError("a reply came on the other connection")


@CHECKS.add("key-order", "3-packets", "reads members by name")
def _(target: Target) -> None:
    """Reads a request whose keys come in another order."""
    call_id = target.new_id()
    members = {**target.subject.members(), "id": call_id}
    with target.line() as line:
        line.send(dumps(dict(reversed(members.items()))))
        target.check_answered(line, call_id)


@CHECKS.add("white-space", "3-packets", "reads any JSON text")
def _(target: Target) -> None:
    """Reads a packet with white space around its tokens."""
    call_id = target.new_id()
    body = target.request(call_id)
    spaced = b"{ \n" + body[1:-1].replace(b'"id":', b'\t"id" : ') + b" } "
    with target.line() as line:
        line.send(spaced)
        target.check_answered(line, call_id)


@CHECKS.add("extra-keys", "3-packets", "passes over keys that it does not know")
def _(target: Target) -> None:
    """Passes over a key that it does not know, and metadata of Nest 12."""
    call_id = target.new_id()
    more: dict[str, Json] = {"metadata": {"trace": "a"}, "isDisposed": False, "x": [1]}
    with target.line() as line:
        line.send(dumps({**target.subject.members(), **more, "id": call_id}))
        target.check_answered(line, call_id)


@CHECKS.add("pattern-spelling", "4-patterns", "sorts the keys of a pattern")
def _(target: Target) -> None:
    """Finds the handler of an object with its keys in another order."""
    subject = target.needed("call")
    if not isinstance(subject.pattern, dict) or len(subject.pattern) < 2:  # noqa: PLR2004
        raise UntriedError("needs --pattern with an object of two keys or more")
    other = subject._replace(pattern=dict(reversed(subject.pattern.items())))
    target.ask(target.new_id(), subject=other)


@CHECKS.add("pattern-as-text", "4-patterns", "reads a string that is JSON as JSON")
def _(target: Target) -> None:
    """Finds the handler of an object that is written as a string."""
    subject = target.needed("call")
    if not isinstance(subject.pattern, dict):
        raise UntriedError("needs --pattern with an object")
    target.ask(target.new_id(), subject=subject._replace(pattern=route_of(subject)))


@CHECKS.add(
    "pattern-number", "4-patterns", "takes 1, '1' and '1.0' for one", advice=True
)
def _(target: Target) -> None:
    """Finds the handler of a number that is written as a string."""
    subject = target.needed("call")
    number = subject.pattern
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise UntriedError("needs --pattern with a number")
    target.ask(target.new_id(), subject=subject._replace(pattern=route_of(subject)))


def _replied(target: Target, subject: Subject) -> None:
    call_id = target.new_id()
    with target.line() as line:
        line.send(target.request(call_id, subject))
        line.replies(call_id)


@CHECKS.add("data-absent", "3-packets", "gives the handler undefined")
def _(target: Target) -> None:
    """Answers a request without data, with a value or an error."""
    _replied(target, target.subject._replace(data=UNDEFINED))


@CHECKS.add("data-null", "3-packets", "gives the handler null")
def _(target: Target) -> None:
    """Answers a request whose data is null, with a value or an error."""
    _replied(target, target.subject._replace(data=None))


def _echoed(target: Target, *values: Json) -> None:
    subject = target.needed("echo")
    for value in values:
        call_id = target.new_id()
        with target.line() as line:
            line.send(target.request(call_id, subject._replace(data=value)))
            came = line.replies(call_id)[-1].members.get("response", UNDEFINED)
        if not same(came, value):
            text = "nothing" if came is UNDEFINED else dumps(came).decode()
            raise FailedError(f"{dumps(value).decode()} came back as {text}")


@CHECKS.add("echo-falsy", "3-packets", "gives the handler each value as it is")
def _(target: Target) -> None:
    """Returns 0, false and an empty string, list and object unchanged."""
    _echoed(target, 0, False, "", [], {})  # noqa: FBT003 — a payload


@CHECKS.add("echo-numbers", "3-packets", "reads and writes numbers as doubles")
def _(target: Target) -> None:
    """Returns fractions, exponents and integers up to 2^53 - 1 unchanged."""
    _echoed(target, *_NUMBERS)


@CHECKS.add("echo-nested", "3-packets", "reads and writes any JSON")
def _(target: Target) -> None:
    """Returns nested objects, null and escaped characters unchanged."""
    _echoed(target, _NESTED, [None, "\x00", "求和", "é😀"])
