from __future__ import annotations

from tests.inspector.conversation import SERVER, failure, inspected
from tests.inspector.scenes import (
    Sentences,
    Trace,
    begun,
    group_in,
    replies,
    said_of,
    sentences,
)


def _failed(status: int, text: str = "no database") -> dict[str, object]:
    return {"statusCode": status, "message": text}


TRACE = Trace(replies(failure("1", _failed(500))), replies(failure("1", _failed(499))))


def test_what_it_says() -> None:
    assert said_of(TRACE, "server-error") == Sentences(
        message="sum failed with status 500: “no database”",
        headline="1 failure with status 500",
        cause="sum (#1) on 10.0.0.2:8888: “no database”. Packet 5.",
        hint="look in the log of the service at the times of these calls",
    )


def test_each_status_is_told_apart_and_of_texts_one_is_shown_and_cut() -> None:
    wire, call = begun()
    for number in range(30):  # so that the pattern does not fail as a whole
        call.ask("sum", f"well {number}").answer(f"well {number}", 1)
    errors = (_failed(500, "x" * 61), _failed(500), _failed(599), _failed(499))
    for number, err in enumerate(errors, start=1):
        call.ask("sum", str(number)).send(SERVER, failure(str(number), err))

    said = sentences(group_in(wire, "server-error"))
    assert said.headline == "2 failures with status 500"
    assert f"sum (#31–#32) on 10.0.0.2:8888: “{'x' * 60}…”, for example." in said.cause
    assert said.cause.endswith("Packets 65 67.")


def test_what_failing_pattern_tells_is_not_told_again() -> None:
    wire, call = begun()
    for number in range(3):
        call.ask("sum", str(number)).send(SERVER, failure(str(number), _failed(500)))

    assert inspected(wire.records).codes == ["failing-pattern"]
