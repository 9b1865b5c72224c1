from __future__ import annotations

from tests.inspector.conversation import SERVER, failure
from tests.inspector.scenes import (
    Sentences,
    Trace,
    begun,
    group_in,
    replies,
    said_of,
    sentences,
)

TRACE = Trace(
    replies(failure("1", {"statusCode": 404})),
    replies(failure("1", {"statusCode": 399})),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "refused") == Sentences(
        message="sum was refused with status 404",
        headline="1 call was refused: 404 once",
        cause=("sum (#1): the status code says that the caller is at fault. Packet 5."),
        hint="look at what the callers send",
    )


def test_the_commonest_codes_are_named_and_the_rest_is_counted() -> None:
    wire, call = begun()
    for number, status in enumerate((400, 499, 404, 404, 401, 403, 500)):
        err = failure(str(number), {"status": status})
        call.ask("sum", str(number)).send(SERVER, err)

    assert sentences(group_in(wire, "refused")).headline == (
        "6 calls were refused: "
        "404 2 times, 400 once, 499 once, 401 once and others once"
    )
