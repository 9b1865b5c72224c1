from __future__ import annotations

import pytest

from tests.inspector.conversation import CLIENT, SERVER, Wire, failure, inspected
from tests.inspector.scenes import (
    OWN_ERROR,
    Sentences,
    Trace,
    group_in,
    replies,
    said_of,
    sentences,
)

_REFUSED = failure("1", {"statusCode": 404, "message": "no such user"})
TRACE = Trace(replies(OWN_ERROR), replies(_REFUSED))


def test_what_it_says() -> None:
    assert said_of(TRACE, "thrown-error") == Sentences(
        message="1 call failed: “no such user”",
        headline="1 call failed: “no such user”",
        cause="sum (#1) on 10.0.0.2:8888. Packet 5.",
        hint="look in the log of the service at the times of these calls",
    )


def _failing(*errors: object, well: int = 0) -> Wire:
    """Return calls of which the first fail, one each of ``a``, ``b``, ``a`` …"""
    wire = Wire()
    calls = [
        wire.connect(server=f"10.0.0.{n}:8888", client=f"10.0.0.9:4{n}") for n in (2, 3)
    ]
    for number, err in enumerate(errors):
        call = calls[number % 2].ask("ab"[number % 2], str(number))
        call.send(SERVER, failure(str(number), err)).ack(CLIENT)
    for number in range(well):
        calls[0].ask("a", f"w{number}").answer(f"w{number}", 1)
    return wire


def test_calls_with_one_text_are_one_finding_whatever_pattern_and_server() -> None:
    group = group_in(_failing("user 7 gone", "user 12 gone"), "thrown-error")

    assert sentences(group).headline == "2 calls failed: “user … gone”"
    assert sentences(group).cause == (
        "a (#1) and b (#2) on 10.0.0.2:8888 and 10.0.0.3:8888. Packets 8 11."
    )


def test_texts_that_differ_are_told_apart() -> None:
    found = inspected(_failing("down", "late").records).findings

    assert [each.message for each in found] == [
        "1 call failed: “down”",
        "1 call failed: “late”",
    ]


def test_an_error_without_a_text_is_told_too() -> None:
    assert (
        inspected(_failing({"message": ""}).records).findings[0].message
        == "1 call failed"
    )


@pytest.mark.parametrize(
    ("well", "code"), [(27, "failing-pattern"), (28, "thrown-error")]
)
def test_what_failing_pattern_tells_is_not_told_again(well: int, code: str) -> None:
    wire = _failing(*["down", None] * 3, well=well)
    found = [each for each in inspected(wire.records).findings if each.route == "a"]

    assert [each.code for each in found] == [code]
